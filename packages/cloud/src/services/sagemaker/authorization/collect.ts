/** Finds members anywhere in an input. SageMaker's inputs nest the same members at many depths. */
import type { Fields } from "../engine/model.ts";

type Wanted = (member: string, path: readonly string[]) => boolean;

interface Member {
  name: string;
  /** Members around it, outermost first. */
  path: readonly string[];
  value: unknown;
}

/** Members of inputs that were searched before: one request asks for a dozen of them. */
const flattened = new WeakMap<object, readonly Member[]>();

const TOP: readonly string[] = [];

/** Values of every member that `wanted` admits, in the order met. Tags and environments are not searched. */
export function collect(value: unknown, wanted: Wanted): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  let members = flattened.get(value);
  if (!members) {
    const all: Member[] = [];
    visit(value, TOP, all);
    members = all;
    flattened.set(value, members);
  }
  const found: unknown[] = [];
  for (const { name, path, value: one } of members) if (wanted(name, path)) found.push(one);
  return found;
}

const OPAQUE = new Set([
  "Tags",
  "Environment",
  "HyperParameters",
  "MetadataProperties",
  "PipelineDefinition",
]);

function visit(value: object, path: readonly string[], found: Member[]): void {
  if (value instanceof Date || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === "object" && one !== null) visit(one, path, found);
    return;
  }
  for (const name in value) {
    const one = (value as Fields)[name];
    if (one === undefined || OPAQUE.has(name)) continue;
    found.push({ name, path, value: one });
    if (typeof one === "object" && one !== null) visit(one, [...path, name], found);
  }
}

/** Strings among `values`, lists flattened, each once. */
export function strings(values: unknown[]): string[] {
  if (values.length === 0) return [];
  return [...new Set(values.flat().filter((one): one is string => typeof one === "string"))];
}
