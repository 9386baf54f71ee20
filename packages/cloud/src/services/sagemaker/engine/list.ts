/**
 * List operations: filters by the names that AWS gives them, sorts, and pages. Filters on name, times and status
 * work on the index alone; any other reads the resource.
 */
import type { ReadContext } from "../../../context.ts";
import { membersOf } from "./describe.ts";
import { type Kind, statusField } from "./kind.ts";
import { type Fields, factsOf, pick } from "./model.ts";
import { type Position, positionOf, tokenOf } from "./page.ts";
import { GONE, type Resource } from "./resource.ts";
import { compare, type Entry, modifiedAt, type Shelf, shelf, statusAt } from "./shelf.ts";

type Light = (entry: Entry) => boolean;
type Heavy = (resource: Readonly<Resource>) => boolean;

/** Input members of a list that are no filters. */
const CONTROL = new Set(["MaxResults", "NextToken", "SortBy", "SortOrder", "CrossAccountFilterOption"]);

const DEFAULT_PAGE = 10;

export function list(kind: Kind, operation: string, input: Fields, context: ReadContext): Fields {
  const facts = factsOf(operation);
  const { now } = context;
  const one = shelf(kind, context);
  const { light, heavy } = filters(kind, input, context);
  const admitted = (entry: Entry) => statusAt(entry, now) !== GONE && light.every((admits) => admits(entry));
  const sort = sorting(kind, input, context, one, admitted);
  const after = positionOf(input.NextToken);
  const most = typeof input.MaxResults === "number" ? input.MaxResults : DEFAULT_PAGE;
  const items: Fields[] = [];
  let last: Position | undefined;
  let next: string | undefined;
  for (const entry of sort.entries) {
    if (after && !sort.isAfter(entry, after)) continue;
    if (!admitted(entry)) continue;
    const resource = one.byKey(entry.key, now);
    if (!resource || !heavy.every((admits) => admits(resource))) continue;
    if (items.length === most) {
      if (last) next = tokenOf(last);
      break;
    }
    items.push(pick(membersOf(kind, resource, context, input), facts.item ?? []));
    last = [sort.value(entry), entry.key];
  }
  return { [facts.list ?? "Items"]: items, ...(next !== undefined && { NextToken: next }) };
}

interface Sorting {
  entries: Iterable<Entry>;
  value: (entry: Entry) => string | number;
  isAfter: (entry: Entry, position: Position) => boolean;
}

function sorting(
  kind: Kind,
  input: Fields,
  context: ReadContext,
  one: Shelf,
  admitted: (entry: Entry) => boolean,
): Sorting {
  const by = String(input.SortBy ?? kind.sortBy ?? "CreationTime");
  const ascending = /^asc/i.test(String(input.SortOrder ?? kind.order ?? "Descending"));
  const value = sortValue(kind, by, context, one);
  const sign = ascending ? 1 : -1;
  const order = (entry: Entry, [wanted, key]: Position) =>
    sign * (compare(value(entry), wanted) || compare(entry.key, key));
  const isAfter = (entry: Entry, position: Position) => order(entry, position) > 0;
  const kept = isCreation(by) ? one.entries("created") : isName(kind, by) ? one.entries("name") : undefined;
  if (kept) return { entries: ascending ? kept : backwards(kept), value, isAfter };
  const sorted = one
    .entries("created")
    .filter(admitted)
    .map((entry) => ({ entry, at: value(entry) }))
    .sort((a, b) => sign * (compare(a.at, b.at) || compare(a.entry.key, b.entry.key)));
  return { entries: sorted.map(({ entry }) => entry), value, isAfter };
}

const isCreation = (by: string) => /^(creat(ion|ed)_?time|created?_?(date|at))$/i.test(by);
const isName = (kind: Kind, by: string) =>
  /^name$/i.test(by) || by === `${kind.name}Name` || by === kind.nameField || by === `${kind.name}Arn`;

/** Sort values by column; a column that is none of the index's is read from the resource. */
function sortValue(
  kind: Kind,
  by: string,
  context: ReadContext,
  one: Shelf,
): (entry: Entry) => string | number {
  const { now } = context;
  if (isCreation(by)) return (entry) => entry.created;
  if (isName(kind, by)) return (entry) => entry.key;
  if (/status$/i.test(by)) return (entry) => statusAt(entry, now) ?? "";
  if (/modified|updated/i.test(by)) return (entry) => modifiedAt(entry, now);
  const member = /_|^[A-Z]+$/.test(by) ? pascal(by) : by;
  return (entry) => {
    const resource = one.byKey(entry.key, now);
    const value = resource && membersOf(kind, resource, context)[member];
    return value instanceof Date ? value.getTime() : typeof value === "number" ? value : String(value ?? "");
  };
}

const pascal = (name: string) =>
  name.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

function* backwards<T>(list: readonly T[]): Iterable<T> {
  for (let index = list.length - 1; index >= 0; index--) yield list[index] as T;
}

/** Filters of the input: those that the index answers, and those that need the resource. */
function filters(kind: Kind, input: Fields, context: ReadContext): { light: Light[]; heavy: Heavy[] } {
  const light: Light[] = [];
  const heavy: Heavy[] = [];
  const { now } = context;
  for (const [member, wanted] of Object.entries(input)) {
    if (CONTROL.has(member) || wanted === undefined) continue;
    const own = kind.hooks?.filters?.[member];
    if (own) heavy.push((resource) => own(resource, wanted, context));
    else light.push(...lightFilter(kind, member, wanted, now));
    if (!own && !isLight(kind, member)) heavy.push(memberFilter(kind, member, wanted, context));
  }
  return { light, heavy };
}

const TIME = /^(Creation|Created|LastModified|Modified)(Time)?(After|Before)$/;

function isLight(kind: Kind, member: string): boolean {
  return (
    TIME.test(member) || isNameContains(kind, member) || isStatus(kind, member) || /NamePrefix$/.test(member)
  );
}
const isNameContains = (kind: Kind, member: string) =>
  member === "NameContains" ||
  member === `${kind.name}NameContains` ||
  member === `${kind.nameField}Contains`;
const isStatus = (kind: Kind, member: string) =>
  member === "StatusEquals" || member === `${statusField(kind)}Equals` || member === statusField(kind);

function lightFilter(kind: Kind, member: string, wanted: unknown, now: number): Light[] {
  const time = TIME.exec(member);
  if (time) {
    const limit = timeOf(wanted);
    const read = time[1]?.startsWith("Creat")
      ? (entry: Entry) => entry.created
      : (entry: Entry) => modifiedAt(entry, now);
    return [time[3] === "After" ? (entry) => read(entry) > limit : (entry) => read(entry) < limit];
  }
  if (isNameContains(kind, member)) {
    const part = String(wanted).toLowerCase();
    return [(entry) => entry.name.toLowerCase().includes(part)];
  }
  if (/NamePrefix$/.test(member)) {
    const start = String(wanted).toLowerCase();
    return [(entry) => entry.name.toLowerCase().startsWith(start)];
  }
  if (isStatus(kind, member)) return [(entry) => statusAt(entry, now) === wanted];
  return [];
}

/** `…Equals`, `…Contains`, `…After`, `…Before`, or the member itself. */
function memberFilter(kind: Kind, member: string, wanted: unknown, context: ReadContext): Heavy {
  const [, stem = member, test] = /^(.+?)(Equals|Contains|After|Before)?$/.exec(member) ?? [];
  return (resource) => {
    const members = membersOf(kind, resource, context);
    const value = stem === "SourceUri" ? (members.Source as Fields | undefined)?.SourceUri : members[stem];
    if (test === "Contains")
      return JSON.stringify(value ?? "")
        .toLowerCase()
        .includes(String(wanted).toLowerCase());
    if (test === "After") return timeOf(value) > timeOf(wanted);
    if (test === "Before") return timeOf(value) < timeOf(wanted);
    return Array.isArray(value) ? value.includes(wanted) : value === wanted;
  };
}

const timeOf = (value: unknown) => (value instanceof Date ? value.getTime() : Number(value ?? Number.NaN));
