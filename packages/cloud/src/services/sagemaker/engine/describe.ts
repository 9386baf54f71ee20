/** What a resource looks like from outside: every member that Describe or a list may tell, to be picked from. */
import type { ReadContext } from "../../../context.ts";
import { userContext } from "./actor.ts";
import { arnField, type Kind, nameField, statusField } from "./kind.ts";
import { type Fields, factsOf, pick } from "./model.ts";
import type { Resource } from "./resource.ts";
import { decode } from "./stored.ts";

/** States in which a job has ended. */
const ENDED = new Set(["completed", "failed", "stopped"]);

/** All members known of a resource. */
export function membersOf(
  kind: Kind,
  resource: Readonly<Resource>,
  context: ReadContext,
  input: Fields = {},
): Fields {
  const created = new Date(resource.created);
  const modified = new Date(resource.modified);
  const members: Fields = {
    ...(decode(resource.input) as Fields),
    [nameField(kind)]: resource.name,
    [arnField(kind)]: resource.arn,
    CreationTime: created,
    CreatedAt: created,
    CreateDate: created,
    LastModifiedTime: modified,
    LastModifiedAt: modified,
    LastUpdatedDate: modified,
    CreatedBy: userContext(resource.by),
    LastModifiedBy: userContext(resource.changedBy ?? resource.by),
  };
  kind.id.forEach((name, index) => {
    members[name] ??= resource.id[index];
  });
  if (resource.status !== undefined) members[statusField(kind)] = resource.status;
  if (kind.life?.job) addTimes(kind, members, resource);
  Object.assign(members, decode(resource.fields));
  if (kind.hooks?.describe) Object.assign(members, kind.hooks.describe(resource, context, input));
  return members;
}

/** Start and end under the names that the kinds of jobs give them. */
function addTimes(kind: Kind, members: Fields, resource: Readonly<Resource>): void {
  const stem = kind.name.replace(/Job(V2)?$/, "");
  const started = new Date(resource.created);
  members.StartTime = members[`${stem}StartTime`] = started;
  if (!ENDED.has((resource.status ?? "").toLowerCase())) return;
  const ended = new Date(resource.since);
  members.EndTime = members.CompletionTime = members[`${stem}EndTime`] = ended;
}

/** The answer of Describe. */
export function describe(
  kind: Kind,
  operation: string,
  resource: Readonly<Resource>,
  context: ReadContext,
  input: Fields,
): Fields {
  const members = membersOf(kind, resource, context, input);
  return kind.wrap ? { [kind.wrap]: members } : pick(members, factsOf(operation).out);
}
