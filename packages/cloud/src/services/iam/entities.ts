/** Finding entities, and what every kind of entity shares: who they are, their times, who uses which policy. */
import type { CallContext, ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { type Kind, noSuch, validationError } from "./errors.ts";
import { attachments, type Group, groups, keyOf, type Role, roles, type User, users } from "./state.ts";

export interface EntityOf {
  user: User;
  group: Group;
  role: Role;
}

/** Table of a kind of entity. */
export function tableOf<K extends Kind>(kind: K, context: ReadContext): Table<EntityOf[K]> {
  const table = kind === "user" ? users(context) : kind === "group" ? groups(context) : roles(context);
  return table as unknown as Table<EntityOf[K]>;
}

/** @throws NoSuchEntity */
export function find<K extends Kind>(kind: K, name: string, context: ReadContext): Readonly<EntityOf[K]> {
  const found = tableOf(kind, context).get(keyOf(name));
  if (!found) throw noSuch(kind, name);
  return found;
}

/** Changes an entity that exists. @throws NoSuchEntity */
export function change<K extends Kind>(
  kind: K,
  name: string,
  context: CallContext,
  edit: (draft: EntityOf[K]) => void,
): Readonly<EntityOf[K]> {
  const changed = tableOf(kind, context).update(keyOf(name), (draft) => edit(draft));
  if (!changed) throw noSuch(kind, name);
  return changed;
}

/** IAM's times are whole seconds. */
export function stamp(context: ReadContext): number {
  return Math.floor(context.now / 1000) * 1000;
}

/** The user an operation is about: the one named, or the caller. @throws ValidationError for callers that are no user */
export function userName(given: string | undefined, context: ReadContext): string {
  if (given !== undefined) return given;
  const { principal } = context.caller;
  if (principal.kind === "user") return principal.arn.slice(principal.arn.lastIndexOf("/") + 1);
  throw validationError("Must specify userName when calling with non-User credentials");
}

const LABEL = { user: "User", group: "Group", role: "Role" } as const;

/** Notes that an entity uses a managed policy, or no more. */
export function noteUse(
  context: CallContext,
  arn: string,
  use: "attached" | "boundary",
  kind: Kind,
  name: string,
  used: boolean,
): void {
  const key = `${arn}|${use}|${kind}|${keyOf(name)}`;
  if (used) attachments(context).put(key, { kind: LABEL[kind], use, name });
  else attachments(context).delete(key);
}

/** How many entities have a policy attached, or as their boundary. */
export function countUses(context: ReadContext, arn: string, use: "attached" | "boundary"): number {
  return attachments(context).entries({ prefix: `${arn}|${use}|` }).length;
}
