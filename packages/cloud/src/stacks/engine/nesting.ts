/** How a nested stack's CreateStack call knows its parent: by the identity of the input, which no client can forge. */
const parents = new WeakMap<object, string>();

/** Marks the input of a CreateStack call as made for a resource of the stack `parentId`. */
export function markNested<T extends object>(input: T, parentId: string): T {
  parents.set(input, parentId);
  return input;
}

/** Id of the stack that the call is made for, if it is made for one. */
export function nestedParent(input: object): string | undefined {
  return parents.get(input);
}
