/** Finds members anywhere in an input. SageMaker's inputs nest the same members at many depths. */
import type { Fields } from "../engine/model.ts";

/** Values of every member that `wanted` admits, in the order met. Tags and environments are not searched. */
export function collect(
  value: unknown,
  wanted: (member: string, path: readonly string[]) => boolean,
): unknown[] {
  const found: unknown[] = [];
  visit(value, [], wanted, found);
  return found;
}

const OPAQUE = new Set([
  "Tags",
  "Environment",
  "HyperParameters",
  "MetadataProperties",
  "PipelineDefinition",
]);

function visit(
  value: unknown,
  path: string[],
  wanted: (member: string, path: readonly string[]) => boolean,
  found: unknown[],
): void {
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array)
    return;
  if (Array.isArray(value)) {
    for (const one of value) visit(one, path, wanted, found);
    return;
  }
  for (const [member, one] of Object.entries(value as Fields)) {
    if (one === undefined || OPAQUE.has(member)) continue;
    if (wanted(member, path)) found.push(one);
    path.push(member);
    visit(one, path, wanted, found);
    path.pop();
  }
}

/** Strings among `values`, lists flattened, each once. */
export function strings(values: unknown[]): string[] {
  return [...new Set(values.flat().filter((one): one is string => typeof one === "string"))];
}
