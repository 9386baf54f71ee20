/** The operations that a kind gets from the generic engine. */
import type { CallContext } from "../../../context.ts";
import { createOperation, deleteOperation, stopOrStart, updateOperation } from "./change.ts";
import { describe } from "./describe.ts";
import { type Kind, listOperation } from "./kind.ts";
import { list } from "./list.ts";
import { require } from "./locate.ts";
import { type Fields, operations as known } from "./model.ts";

export type Operation = (input: Fields, context: CallContext) => Fields | Promise<Fields>;
export type Operations = Record<string, Operation>;

export function operationsOf(kind: Kind): Operations {
  const made: Operations = {};
  const add = (verb: NonNullable<Kind["without"]>[number], name: string, make: () => Operation) => {
    if (known[name] && !kind.without?.includes(verb)) made[name] = make();
  };
  const named = (verb: string) => `${verb}${kind.name}`;
  add("Create", named("Create"), () => createOperation(kind, named("Create")));
  add("Describe", named("Describe"), () => (input, context) => {
    const operation = named("Describe");
    return describe(kind, operation, require(kind, input, context, operation), context, input);
  });
  add("List", listOperation(kind), () => (input, context) => list(kind, listOperation(kind), input, context));
  add("Update", named("Update"), () => updateOperation(kind, named("Update")));
  add("Delete", named("Delete"), () => deleteOperation(kind, named("Delete")));
  add("Stop", named("Stop"), () => stopOrStart(kind, named("Stop"), "stop"));
  add("Start", named("Start"), () => stopOrStart(kind, named("Start"), "start"));
  return made;
}
