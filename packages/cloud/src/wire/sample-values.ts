/** Values for every shape, for the tests that send each operation through a client and back. */

import type { Shape, StructureShape, Use } from "./shape.ts";
import type { ConstraintData } from "./validate.ts";

/** Makes values: deterministic, different at each call. */
export class Samples {
  #count = 0;
  readonly #depth: number;
  readonly #data: ConstraintData | undefined;
  constructor(depth = 4, data?: ConstraintData) {
    this.#depth = depth;
    this.#data = data;
  }

  structure(shape: StructureShape, depth = 0): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const members = shape.union
      ? shape.members.slice(this.#count++ % shape.members.length).slice(0, 1)
      : shape.members;
    for (const use of members) {
      if (isEventStream(use) || (depth >= this.#depth && !isSimple(use.shape) && !shape.union)) continue;
      const value = this.use(use, depth + 1, shape);
      if (value !== undefined) out[use.name] = value;
    }
    return out;
  }

  use(use: Use, depth: number, parent?: StructureShape): unknown {
    const { traits } = use;
    if (traits.httpResponseCode) return 200;
    if (traits.httpPrefixHeaders !== undefined) return { one: "1", two: "zwei" };
    if (traits.httpLabel || traits.hostLabel)
      return use.shape.type === "string" ? "123456789012" : this.value(use.shape, depth);
    const index = parent && this.#data?.members[parent.name]?.[use.name];
    const constraint = index === undefined ? undefined : this.#data?.types[index];
    if (constraint?.e) return constraint.e[this.#count++ % constraint.e.length];
    if (use.shape.type === "string" && traits.httpHeader) return `h${this.#count++}`;
    if (use.shape.type === "string" && traits.mediaType) return '{"a":1}';
    if (use.shape.type === "number")
      return constraint?.k === "f" || constraint?.k === "d" ? this.#count++ + 0.5 : this.#count++;
    return this.value(use.shape, depth);
  }

  value(shape: Shape, depth: number): unknown {
    const n = this.#count++;
    switch (shape.type) {
      case "string":
        return n % 7 === 0 ? `värde <&> "${n}" 日本` : `text-${n}`;
      case "number":
        return n;
      case "boolean":
        return n % 2 === 0;
      case "blob":
        return new Uint8Array([n & 255, 0, 255]);
      case "timestamp":
        return new Date((1_600_000_000 + n) * 1000);
      case "document":
        return { a: [1, "b", null] };
      case "big-integer":
      case "big-decimal":
        return n;
      case "list":
        return isSimple(shape.item.shape) || depth < this.#depth
          ? [this.use(shape.item, depth + 1), this.use(shape.item, depth + 1)].filter(notEmpty)
          : [];
      case "map":
        return isSimple(shape.value.shape) || depth < this.#depth
          ? { [`k${n}`]: this.use(shape.value, depth + 1), "k <&> é": this.use(shape.value, depth + 1) }
          : {};
      case "structure":
        return this.structure(shape, depth);
    }
  }
}

function notEmpty(value: unknown): boolean {
  return value !== undefined;
}

function isSimple(shape: Shape): boolean {
  return shape.type !== "structure" && shape.type !== "list" && shape.type !== "map";
}

/** Event streams are unions that stream. */
export function isEventStream(use: Use): boolean {
  return (
    use.shape.type === "structure" &&
    (use.traits.streaming !== undefined || use.shape.traits.streaming !== undefined)
  );
}

/** Removes what a wire cannot carry: empty structures, lists and maps (recursively), `undefined`. */
export function prune(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(prune).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof String) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .map(([key, item]) => [key, prune(item)] as const)
      .filter(([, item]) => item !== undefined);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  return value ?? undefined;
}
