/**
 * Inputs and outputs as CloudTrail prints them: member names start in lower case, secrets are left out or hidden,
 * byte strings are left out, EC2 lists are `…Set: { items }`. Bounded: what is huge is cut, as CloudTrail does.
 */
import { ec2RequestList, ec2ResponseName } from "./ec2.ts";
import known from "./generated/members.json" with { type: "json" };

const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";
/** Services that leave secrets out where others write HIDDEN. */
const OMITTING = new Set(["iam", "sts", "kms", "secrets-manager"]);
const MAX_DEPTH = 24;
const MAX_TEXT = 10_000;
/** Members that a list of events must not carry: bodies of any kind. */
const BODIES = new Set(["Body", "Payload"]);

const hiddenMembers = new Map<string, ReadonlySet<string>>();
function hiddenOf(service: string, operation: string): ReadonlySet<string> {
  const id = `${service}.${operation}`;
  let found = hiddenMembers.get(id);
  if (!found) {
    const table = (known.sensitive as Record<string, Record<string, string[]>>)[service];
    hiddenMembers.set(id, (found = new Set(table?.[operation] ?? [])));
  }
  return found;
}

const mapMembers = new Map<string, ReadonlySet<string>>();
function mapsOf(service: string): ReadonlySet<string> {
  let found = mapMembers.get(service);
  if (!found) {
    mapMembers.set(service, (found = new Set((known.maps as Record<string, string[]>)[service] ?? [])));
  }
  return found;
}

interface Style {
  maps: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
  omit: boolean;
  /** Operation whose answer it is, in EC2's style; `""` for a request. */
  ec2?: string;
}

/** `requestParameters` or `responseElements` of a call; `null` when there is nothing to say. */
export function recordParameters(
  service: string,
  operation: string,
  value: unknown,
  output = false,
): Record<string, unknown> | null {
  if (typeof value !== "object" || value === null) return null;
  const style: Style = {
    hidden: hiddenOf(service, operation),
    maps: mapsOf(service),
    omit: OMITTING.has(service),
    ...(service === "ec2" && { ec2: output ? operation : "" }),
  };
  const record = members(value as Record<string, unknown>, style, 0);
  if (style.ec2 && Object.keys(record).length === 0) return { _return: true };
  for (const _ in record) return record;
  return null;
}

function members(
  value: Record<string, unknown>,
  style: Style,
  depth: number,
  within = "",
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name in value) {
    const member = value[name];
    if (member === undefined || name === "$metadata" || typeof member === "function") continue;
    if (style.hidden.has(name)) {
      if (!style.omit) record[memberName(name, style)] = HIDDEN;
      continue;
    }
    if (depth === 0 && BODIES.has(name)) continue;
    const shown = style.maps.has(name)
      ? entries(member, style, depth + 1)
      : shape(member, style, depth + 1, name);
    if (shown === undefined) continue;
    if (style.ec2 === "" && Array.isArray(shown)) {
      const [key, list] = ec2RequestList(name, shown, within);
      record[key] = list;
    } else if (style.ec2 && Array.isArray(shown)) {
      record[memberName(name, style)] = shown.length ? { items: shown } : {};
    } else record[memberName(name, style)] = shown;
  }
  return record;
}

/** The keys of a map are data (a tag's name), so they stay as they are. */
function entries(value: unknown, style: Style, depth: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return shape(value, style, depth);
  const record: Record<string, unknown> = Object.create(null);
  for (const key in value) {
    const shown = shape((value as Record<string, unknown>)[key], style, depth + 1);
    if (shown !== undefined) record[key] = shown;
  }
  return record;
}

function memberName(name: string, style: Style): string {
  return style.ec2 ? ec2ResponseName(style.ec2, name) : name.charAt(0).toLowerCase() + name.slice(1);
}

function shape(value: unknown, style: Style, depth: number, within = ""): unknown {
  switch (typeof value) {
    case "string":
      return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}...` : value;
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number(value);
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) {
    return value.slice(0, 500).map((one) => shape(one, style, depth + 1, within) ?? null);
  }
  if (value instanceof Date) return eventDate(value);
  if (value instanceof Uint8Array || Symbol.asyncIterator in value) return undefined;
  return members(value as Record<string, unknown>, style, depth, within);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Dates inside events: `Nov 23, 2026, 7:06:07 PM` (UTC). */
export function eventDate(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const two = (n: number) => String(n).padStart(2, "0");
  const hour = date.getUTCHours();
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
}
