/**
 * Checks an input against the service's model: required members, number kinds, lengths, ranges, patterns and enums,
 * in the sentences of AWS's own validation ("1 validation error detected: Value … failed to satisfy constraint: …").
 */
import type { Shape, StructureShape, Use } from "./shape.ts";

/** A constrained type of generated/constraints; tools/extract-constraints.ts explains the letters. */
export interface Constraint {
  readonly n?: number;
  readonly x?: number;
  readonly p?: string;
  readonly e?: readonly string[];
  readonly k?: string;
  readonly i?: number;
  readonly y?: number;
  readonly v?: number;
}
export interface ConstraintData {
  readonly types: readonly Constraint[];
  readonly members: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** One broken constraint. */
export interface Violation {
  readonly kind: "required" | "length" | "range" | "pattern" | "enum" | "integer" | "size";
  /** `tags.1.member.key` */
  readonly path: string;
  /** The outermost member's name as the API spells it. */
  readonly member: string;
  /** The value as AWS prints it, absent for a sensitive one. */
  readonly value: string | undefined;
  /** `Member must not be null` */
  readonly constraint: string;
}

const mostViolations = 10;
const notNull = "Member must not be null";

/** All broken constraints of an input, at most ten. */
export function violationsOf(
  shape: StructureShape,
  input: Record<string, unknown>,
  data: ConstraintData,
): Violation[] {
  const found: Violation[] = [];
  checkStructure(shape, input, "", "", data, found);
  return found;
}

/** AWS's sentence for a list of violations. */
export function violationMessage(violations: readonly Violation[]): string {
  const parts = violations.map(({ value, path, constraint }) => {
    const shown = value === undefined ? "Value" : `Value ${value}`;
    return `${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
  });
  return `${parts.length} validation error${parts.length === 1 ? "" : "s"} detected: ${parts.join("; ")}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function checkStructure(
  shape: StructureShape,
  value: Record<string, unknown>,
  path: string,
  top: string,
  data: ConstraintData,
  found: Violation[],
): void {
  const constrained = Object.hasOwn(data.members, shape.name) ? data.members[shape.name] : undefined;
  for (const use of shape.members) {
    const item = value[use.name];
    const absent = item === undefined || item === null;
    if (absent && !use.required) continue;
    const here = path === "" ? lowerFirst(use.name) : `${path}.${lowerFirst(use.name)}`;
    const member = top || use.name;
    if (absent) {
      if (found.length < mostViolations) {
        found.push({
          kind: "required",
          path: here,
          member,
          value: "null",
          constraint: notNull,
        });
      }
      continue;
    }
    const index = constrained && Object.hasOwn(constrained, use.name) ? constrained[use.name] : undefined;
    checkUse(use, item, here, member, index === undefined ? undefined : data.types[index], data, found);
  }
}

function checkUse(
  use: Use,
  value: unknown,
  path: string,
  member: string,
  constraint: Constraint | undefined,
  data: ConstraintData,
  found: Violation[],
): void {
  if (found.length >= mostViolations) return;
  const { shape } = use;
  if (shape.type === "structure") {
    checkStructure(shape, value as Record<string, unknown>, path, member, data, found);
    return;
  }
  const report = (kind: Violation["kind"], text: string): void => {
    if (found.length < mostViolations) {
      found.push({
        kind,
        path,
        member,
        value: use.traits.sensitive ? undefined : shown(value, shape),
        constraint: text,
      });
    }
  };
  if (constraint) for (const [kind, text] of broken(value, constraint)) report(kind, text);
  if (shape.type === "list") {
    const items = value as unknown[];
    const inner = constraint?.i === undefined ? undefined : data.types[constraint.i];
    const itemShape = shape.item.shape;
    const sparse = shape.traits.sparse !== undefined;
    if (itemShape.type === "structure" || itemShape.type === "list" || itemShape.type === "map") {
      items.forEach((item, i) => {
        const here = `${path}.${i + 1}.member`;
        if (item !== null && item !== undefined) checkUse(shape.item, item, here, member, inner, data, found);
        else if (!sparse && found.length < mostViolations)
          found.push({ kind: "required", path: here, member, value: "null", constraint: notNull });
      });
    } else if (!sparse && items.some((item) => item === null || item === undefined)) {
      report(
        "required",
        `Member must satisfy constraint: [${[...(inner ? [allOf(inner)] : []), notNull].filter(Boolean).join(", ")}]`,
      );
    } else if (inner && items.some((item) => item !== null && broken(item, inner).length > 0)) {
      report(
        broken(
          items.find((item) => item !== null && broken(item, inner).length > 0),
          inner,
        )[0]?.[0] ?? "pattern",
        `Member must satisfy constraint: [${allOf(inner)}]`,
      );
    }
  } else if (shape.type === "map") {
    const keys = constraint?.y === undefined ? undefined : data.types[constraint.y];
    const values = constraint?.v === undefined ? undefined : data.types[constraint.v];
    for (const [key, item] of Object.entries(value as object)) {
      const badKey = keys ? broken(key, keys)[0] : undefined;
      if (keys && badKey) report(badKey[0], `Map keys must satisfy constraint: [${allOf(keys)}]`);
      const inner = shape.value.shape;
      if (item === null || item === undefined) {
        // botocore and the SDKs leave such entries out: what is left is a caller's own JSON
        if (shape.traits.sparse === undefined)
          report(
            "required",
            `Map value must satisfy constraint: [${[...(values ? [allOf(values)] : []), notNull].filter(Boolean).join(", ")}]`,
          );
        continue;
      }
      if (inner.type === "structure" || inner.type === "list" || inner.type === "map") {
        checkUse(shape.value, item, `${path}.${key}.member`, member, values, data, found);
      } else if (values) {
        const bad = broken(item, values)[0];
        if (bad) report(bad[0], `Map value must satisfy constraint: [${allOf(values)}]`);
      }
      if (badKey) break;
    }
  }
}

/** The constraints of one simple value (or of a collection's size) that it breaks. */
function broken(value: unknown, constraint: Constraint): [Violation["kind"], string][] {
  const out: [Violation["kind"], string][] = [];
  const { n, x, p, e, k } = constraint;
  if (typeof value === "number") {
    if (k && (k === "i" || k === "l") && !Number.isInteger(value))
      out.push(["integer", "Member must be an integer"]);
    if (n !== undefined && value < n)
      out.push(["range", `Member must have value greater than or equal to ${n}`]);
    if (x !== undefined && value > x)
      out.push(["range", `Member must have value less than or equal to ${x}`]);
    return out;
  }
  const size = sizeOf(value);
  if (size === undefined) return out;
  const kind = typeof value === "string" || value instanceof Uint8Array ? "length" : "size";
  const tooLong = x !== undefined && size > x;
  if (tooLong) out.push([kind, `Member must have length less than or equal to ${x}`]);
  if (n !== undefined && size < n) out.push([kind, `Member must have length greater than or equal to ${n}`]);
  if (typeof value !== "string") return out;
  // A text beyond its length is not matched against the pattern: patterns may be slow on long texts.
  if (p !== undefined && !tooLong && size <= 100_000 && !matches(p, value)) {
    out.push(["pattern", `Member must satisfy regular expression pattern: ${p}`]);
  }
  if (e && !e.includes(value)) out.push(["enum", `Member must satisfy enum value set: [${e.join(", ")}]`]);
  return out;
}

/** Every constraint of a type, as AWS lists them for the items of a collection. */
function allOf({ n, x, p, e }: Constraint): string {
  const parts: string[] = [];
  if (x !== undefined) parts.push(`Member must have length less than or equal to ${x}`);
  if (n !== undefined) parts.push(`Member must have length greater than or equal to ${n}`);
  if (p !== undefined) parts.push(`Member must satisfy regular expression pattern: ${p}`);
  if (e) parts.push(`Member must satisfy enum value set: [${e.join(", ")}]`);
  return parts.join(", ");
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === "string") return isAscii(value) ? value.length : [...value].length;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    return Symbol.asyncIterator in value ? undefined : Object.keys(value).length;
  }
  return undefined;
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  return /^[\x00-\x7f]*$/.test(text);
}

function shown(value: unknown, shape: Shape): string {
  const text = plain(value, shape);
  return `'${text.length > 2000 ? `${text.slice(0, 2000)}…` : text}'`;
}

/**
 * Values print as Java prints them: `[a, b]`, `{k=v}`, and a structure with all its members, as CloudWatch Logs was
 * recorded: `MetricTransformation(metricName=a, unit=null)`.
 */
function plain(value: unknown, shape: Shape | undefined): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) {
    const item = shape?.type === "list" ? shape.item.shape : undefined;
    return `[${value
      .slice(0, 100)
      .map((one) => plain(one, item))
      .join(", ")}]`;
  }
  if (value instanceof Uint8Array)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return String(value);
  if (shape?.type === "structure") {
    const given = value as Record<string, unknown>;
    const members = shape.members.map(
      (use) => `${lowerFirst(use.name)}=${plain(given[use.name], use.shape)}`,
    );
    return `${shape.name}(${members.join(", ")})`;
  }
  const item = shape?.type === "map" ? shape.value.shape : undefined;
  const entries = Object.entries(value).slice(0, 100);
  return `{${entries.map(([key, one]) => `${key}=${plain(one, item)}`).join(", ")}}`;
}

const patterns = new Map<string, RegExp | undefined>();

/** Whether the whole text matches a model's pattern; one that this engine cannot compile matches everything. */
export function matches(pattern: string, text: string): boolean {
  if (!patterns.has(pattern)) patterns.set(pattern, compilePattern(pattern));
  return patterns.get(pattern)?.test(text) ?? true;
}

/** Java's POSIX classes, as ranges. */
const CLASSES: Record<string, string> = {
  Alnum: "a-zA-Z0-9",
  Alpha: "a-zA-Z",
  Punct: "!-\\/:-@\\[-`{-~",
  ASCII: "\\x00-\\x7f",
  Print: "\\x20-\\x7e",
};

/** Writes `\p{Alnum}` and its like out: within brackets as they are, outside with brackets of their own. */
function spellClasses(pattern: string): string {
  const inside = (text: string) =>
    text.replace(/\\p\{(\w+)\}/g, (whole, name: string) => CLASSES[name] ?? whole);
  return pattern.replace(/\[(?:\\.|[^\]\\])*\]|\\p\{(\w+)\}/g, (whole, name?: string) =>
    name === undefined ? inside(whole) : CLASSES[name] ? `[${CLASSES[name]}]` : whole,
  );
}

/** Java patterns, anchored; inline flags and a few spellings differ from JavaScript's. */
export function compilePattern(pattern: string): RegExp | undefined {
  let source = spellClasses(pattern.replaceAll("${1,", "{1,"))
    .replace(/\\z|\\Z/g, "$")
    .replace(/\\A/g, "^")
    // possessive quantifiers; the brace of `\p{L}` ends none
    .replace(/((?<!\\)[*+?]|\{\d+(?:,\d*)?\})\+/g, "$1");
  let flags = "";
  const inline = /^\^?\(\?([is]+)\)/.exec(source);
  if (inline) {
    flags = inline[1] as string;
    source = source.replace(/\(\?[is]+\)/, "");
  }
  for (const mode of ["u", ""]) {
    try {
      return new RegExp(`^(?:${source})$`, flags + mode);
    } catch {
      // not valid in this mode: try the laxer one
    }
  }
  return undefined;
}
