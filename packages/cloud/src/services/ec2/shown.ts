/** Gateways and attachments that were deleted are described as `deleted` for an hour, as on AWS. */
import type { CallContext, ReadContext } from "../../context.ts";
import { absentError, all, find, type Kind, remove } from "./kind.ts";
import type { Malformed } from "./malformed.ts";
import type { Entity } from "./records.ts";

const SHOWN = 3_600_000;

type Deletable = Entity & { deleted?: number };

/** Forgets those whose hour is over. */
export function forget<R extends Deletable>(context: CallContext, kind: Kind<R>): void {
  for (const one of all(context, kind)) {
    if (one.deleted !== undefined && one.deleted + SHOWN < context.now) remove(context, kind, one.id);
  }
}

/** One that is not deleted. @throws AwsError as for one that is not there */
export function live<R extends Deletable>(
  context: ReadContext,
  kind: Kind<R>,
  id: string,
  malformed?: Malformed,
): Readonly<R> {
  const one = find(context, kind, id, malformed);
  if (one.deleted !== undefined) throw absentError(kind, id);
  return one;
}

export const allLive = <R extends Deletable>(context: ReadContext, kind: Kind<R>): Readonly<R>[] =>
  all(context, kind).filter((one) => one.deleted === undefined);
