/** A kind of EC2 resource: how it is named, found, filtered and listed. The kinds themselves are in kinds.ts. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { AwsError } from "../../wire/errors.ts";
import { type Filter, type Filters, predicate } from "./filters.ts";
import type { Malformed } from "./malformed.ts";
import { type PageInput, type PageLimits, page } from "./pages.ts";
import type { Entity, Tags } from "./records.ts";

export interface Kind<R extends Entity> {
  /** Resource type as in ARNs and tag specifications, e.g. `vpc`. */
  type: string;
  /** Prefix of its ids, without the hyphen. */
  prefix: string;
  /** Code of the error for an id that is not there. */
  notFoundCode: string;
  /** Sentence of that error; of several ids only where AWS names all of them. */
  notFound: (...ids: string[]) => string;
  /** Error for an id of the wrong form. @default as for one that is not there */
  malformed?: Malformed;
  filters: Filters<R>;
  /** VPC that it belongs to, for `ec2:Vpc`. */
  vpcOf?: (record: Readonly<R>) => string | undefined;
  /** Service-specific condition keys of an existing one. */
  conditions?: (record: Readonly<R>, context: ReadContext) => Record<string, string | undefined>;
}

export const tableOf = <R extends Entity>(context: ReadContext, kind: Kind<R>): Table<R> =>
  context.table<R>(`ec2.${kind.type}`);

/**
 * @param malformed the operation's own answer to an id of the wrong form
 * @throws AwsError when there is none
 */
export function find<R extends Entity>(
  context: ReadContext,
  kind: Kind<R>,
  id: string,
  malformed: Malformed | undefined = kind.malformed,
): Readonly<R> {
  const record = tableOf(context, kind).get(id);
  if (!record) throw malformed?.(id) ?? absentError(kind, id);
  return record;
}

export const absentError = <R extends Entity>(kind: Kind<R>, ...ids: string[]): AwsError =>
  new AwsError(kind.notFoundCode, kind.notFound(...ids));

export const all = <R extends Entity>(context: ReadContext, kind: Kind<R>): Readonly<R>[] =>
  tableOf(context, kind).list();

/** Stores a new one. */
export function add<R extends Entity>(context: ReadContext, kind: Kind<R>, record: R): Readonly<R> {
  return tableOf(context, kind).put(record.id, record);
}

/** @throws AwsError when there is none */
export function change<R extends Entity>(
  context: ReadContext,
  kind: Kind<R>,
  id: string,
  how: (draft: R) => void,
): Readonly<R> {
  find(context, kind, id);
  return tableOf(context, kind).update(id, (draft) => {
    how(draft);
  }) as Readonly<R>;
}

export function remove<R extends Entity>(context: ReadContext, kind: Kind<R>, id: string): void {
  tableOf(context, kind).delete(id);
}

export interface Selection extends PageInput {
  Filters?: Filter[] | undefined;
}

interface Known<R> {
  /** Besides those of the table. */
  extra?: readonly Readonly<R>[];
  /** Instead of the table. */
  from?: readonly Readonly<R>[];
}

const knownOf = <R extends Entity>(context: ReadContext, kind: Kind<R>, { from, extra = [] }: Known<R>) =>
  from ?? [...all(context, kind), ...extra];

/** Those of the ids that there are, in the order of the ids. The table is asked for each, not read whole. */
function byIds<R extends Entity>(
  context: ReadContext,
  kind: Kind<R>,
  ids: ReadonlySet<string>,
  { from, extra }: Known<R>,
): Readonly<R>[] {
  const given = new Map([...(from ?? []), ...(extra ?? [])].map((one) => [one.id, one]));
  const table = tableOf(context, kind);
  return [...ids].flatMap((id) => given.get(id) ?? (from ? undefined : table.get(id)) ?? []);
}

/** Answers a Describe: by ids (each must exist), filters and page. */
export function describe<R extends Entity>(
  context: ReadContext,
  kind: Kind<R>,
  input: Selection,
  ids?: readonly string[],
  options: PageLimits & Known<R> = {},
): { items: Readonly<R>[]; next?: string } {
  const wanted = ids?.length ? new Set(ids) : undefined;
  const chosen = wanted ? byIds(context, kind, wanted, options) : knownOf(context, kind, options);
  if (wanted) {
    const found = new Set(chosen.map((one) => one.id));
    const gone = [...wanted].filter((id) => !found.has(id));
    for (const id of gone) {
      const error = kind.malformed?.(id);
      if (error) throw error;
    }
    if (gone.length) throw absentError(kind, ...gone);
  }
  const holds = predicate(input.Filters, kind.filters, (record: Readonly<R>) => record.tags, context);
  return page(chosen.filter(holds), input, { ...options, ids });
}

/** IPAM's ARNs are of no region. */
export const arnOf = (context: ReadContext, type: string, id: string): string => {
  const arn = context.arn("ec2", `${type}/${id}`);
  return type.startsWith("ipam") ? arn.replace(`:${context.region}:`, "::") : arn;
};

/** `Name=a, Team=b` as the list of the API, by key. */
export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
