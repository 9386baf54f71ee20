/**
 * One resource as stored, and what it has become since: a resource carries the moves that are ahead of it
 * (`Pending` now, `InService` at a given time), so that states advance with the clock without anybody writing,
 * and a restart changes nothing.
 */
import type { Fields } from "./model.ts";

export interface Resource {
  /** Identifying values, in the order of `Kind.id`. */
  id: string[];
  name: string;
  arn: string;
  /** Epoch ms. */
  created: number;
  modified: number;
  status?: string;
  /** Since when it has that status. */
  since: number;
  /** Moves ahead, in order of time. */
  moves?: Move[];
  /** What create and updates asked for, without tags and tokens. */
  input: Fields;
  /** Members that the service computed. */
  fields: Fields;
  tags: Record<string, string>;
  by: Actor;
  changedBy?: Actor;
}

export interface Move {
  /** Epoch ms. */
  at: number;
  /** The status it gets; `GONE` ends it. */
  status: string;
  fields?: Fields;
}

/** Who did something, as SageMaker's `UserContext` prints it. */
export interface Actor {
  arn: string;
  id: string;
  sourceIdentity?: string;
  domainId?: string;
  userProfileName?: string;
  userProfileArn?: string;
  spaceArn?: string;
}

/** Status of what is no longer there. */
export const GONE = "\0gone";

/** The resource as it is at `now`. */
export function at(resource: Readonly<Resource>, now: number): Readonly<Resource> {
  const first = resource.moves?.[0];
  if (!first || first.at > now) return resource;
  const { moves = [], ...rest } = resource;
  const current: Resource = { ...rest };
  let index = 0;
  for (const move of moves) {
    if (move.at > now) break;
    index++;
    current.status = move.status;
    current.since = move.at;
    current.modified = move.at;
    if (move.fields) current.fields = { ...current.fields, ...move.fields };
  }
  if (index < moves.length) current.moves = moves.slice(index);
  return current;
}
