/** Which resources of a template exist under its conditions, what each needs first, and the order that follows. */
import { formatError, validationError } from "./template/errors.ts";
import { visit } from "./template/references.ts";
import type { ResourceDefinition, Template } from "./template/template.ts";

export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/** Resources whose condition holds, with the resources that each one needs. @throws AwsError on a cycle or a reference to a resource that is not made */
export function dependenciesOf(template: Template, condition: (name: string) => boolean): Dependencies {
  const active = new Map<string, ResourceDefinition>();
  for (const [name, resource] of Object.entries(template.resources)) {
    if (resource.condition === undefined || condition(resource.condition)) active.set(name, resource);
  }
  const graph = new Map<string, ReadonlySet<string>>();
  const missing = new Set<string>();
  for (const [name, resource] of active) {
    const needs = new Set<string>();
    for (const one of resource.dependsOn) if (active.has(one)) needs.add(one);
    for (const value of [resource.properties, resource.metadata ?? {}]) {
      visit(value, {
        branch: condition,
        reference: (one) => note(one),
        attribute: (one) => note(one),
      });
    }
    graph.set(name, needs);
    function note(one: string): void {
      if (active.has(one)) needs.add(one);
      else if (Object.hasOwn(template.resources, one)) missing.add(one);
    }
  }
  if (missing.size > 0) {
    throw formatError(
      `Unresolved resource dependencies [${[...missing].join(", ")}] in the Resources block of the template`,
    );
  }
  const cycle = cycleIn(graph);
  if (cycle) throw validationError(`Circular dependency between resources: [${cycle.join(", ")}]`);
  return graph;
}

/** The resources on or between cycles, in the graph's order; `undefined` when there is none. */
function cycleIn(graph: Dependencies): string[] | undefined {
  const order = topologicalOrder(graph);
  if (order.length === graph.size) return undefined;
  const left = new Set([...graph.keys()].filter((name) => !order.includes(name)));
  // drop what only depends on a cycle
  for (let changed = true; changed; ) {
    changed = false;
    for (const name of left) {
      const needed = [...left].some((other) => graph.get(other)?.has(name));
      if (!needed) {
        left.delete(name);
        changed = true;
      }
    }
  }
  return [...left];
}

/** Names so that each comes after what it needs; names on a cycle are left out. */
export function topologicalOrder(graph: Dependencies): string[] {
  const waiting = new Map(
    [...graph].map(([name, needs]) => [name, [...needs].filter((one) => graph.has(one)).length]),
  );
  const dependents = dependentsOf(graph);
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  const order: string[] = [];
  for (let name = ready.shift(); name !== undefined; name = ready.shift()) {
    order.push(name);
    for (const one of dependents.get(name) ?? []) {
      const count = (waiting.get(one) ?? 0) - 1;
      waiting.set(one, count);
      if (count === 0) ready.push(one);
    }
  }
  return order;
}

/** The graph turned around: who needs each resource. */
export function dependentsOf(graph: Dependencies): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  for (const name of graph.keys()) result.set(name, new Set());
  for (const [name, needs] of graph) for (const one of needs) result.get(one)?.add(name);
  return result;
}
