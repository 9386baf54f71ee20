/** Create, update, delete, stop and start: the writing half of the generic engine. */
import type { CallContext } from "../../../context.ts";
import { validation } from "../errors.ts";
import { checkQuota } from "../quotas.ts";
import { actorOf, automaticTags } from "./actor.ts";
import { membersOf } from "./describe.ts";
import { arnField, arnOf, type Kind, keyOf, nameField } from "./kind.ts";
import { find, idsIn, require } from "./locate.ts";
import { type Fields, factsOf, pick } from "./model.ts";
import { GONE, type Resource } from "./resource.ts";
import { shelf } from "./shelf.ts";
import { take } from "./steps.ts";
import { encode } from "./stored.ts";
import { checkTagCount, tagsOf } from "./tags.ts";
import { existsError, spoken } from "./words.ts";

/** Input members that are not kept. */
const NOT_KEPT = new Set(["Tags", "ClientToken", "ClientRequestToken"]);

/** Makes and stores a resource. @throws the kind's error when the name is taken, or a quota's */
export function create(kind: Kind, input: Fields, context: CallContext): Readonly<Resource> {
  const id = kind.newId?.(input, context) ?? idsIn(kind, input) ?? [];
  const arn = arnOf(kind, id, context);
  const name = String(input[nameField(kind)] ?? id[id.length - 1] ?? "");
  if (find(kind, id, context)) throw existsError(kind, arn, name);
  const by = actorOf(context);
  const resource: Resource = {
    id,
    name,
    arn,
    created: context.now,
    modified: context.now,
    since: context.now,
    input: kept(input),
    fields: {},
    tags: withAutomatic(tagsOf(input.Tags), automaticTags(by, context)),
    by,
  };
  checkTagCount(resource.tags);
  if (kind.life) take(resource, kind.life.create, context);
  kind.hooks?.create?.(resource, input, context);
  checkQuota(kind, resource, context);
  return shelf(kind, context).put(resource, context);
}

/** SageMaker's own tags cannot be overridden; propagated ones yield to the request's. */
function withAutomatic(
  asked: Record<string, string>,
  automatic: Record<string, string>,
): Record<string, string> {
  const tags = { ...asked };
  for (const [key, value] of Object.entries(automatic)) {
    if (key.startsWith("sagemaker:") || tags[key] === undefined) tags[key] = value;
  }
  return tags;
}

function kept(input: Fields): Fields {
  const rest: Fields = {};
  for (const [name, value] of Object.entries(input))
    if (!NOT_KEPT.has(name) && value !== undefined) rest[name] = value;
  return encode(rest) as Fields;
}

/** Create…: answers the ARN and what else the output has; waits for `hooks.created`. */
export function createOperation(kind: Kind, operation: string) {
  const { out } = factsOf(operation);
  return (input: Fields, context: CallContext): Fields | Promise<Fields> => {
    const resource = create(kind, input, context);
    const answer = () =>
      out.length === 1 && out[0] === arnField(kind)
        ? { [arnField(kind)]: resource.arn }
        : pick(membersOf(kind, resource, context, input), out);
    const more = kind.hooks?.created?.(resource, input, context);
    if (more instanceof Promise) return more.then((fields) => ({ ...answer(), ...fields }));
    return { ...answer(), ...more };
  };
}

/** Writes a changed resource. */
export function save(kind: Kind, resource: Resource, context: CallContext): Readonly<Resource> {
  return shelf(kind, context).put(resource, context);
}

/** A copy of a stored resource that may be changed. */
export function draft(resource: Readonly<Resource>): Resource {
  return structuredClone(resource) as Resource;
}

export function updateOperation(kind: Kind, operation: string) {
  const { out } = factsOf(operation);
  return (input: Fields, context: CallContext): Fields => {
    const found = require(kind, input, context, operation);
    checkState(kind, "update", found);
    const resource = draft(found);
    if (kind.life?.update) take(resource, kind.life.update, context);
    resource.modified = context.now;
    resource.changedBy = actorOf(context);
    (kind.hooks?.update ?? mergeUpdate(kind))(resource, input, context);
    const saved = save(kind, resource, context);
    const members = membersOf(kind, saved, context, input);
    return kind.wrap && out.includes(kind.wrap) ? { [kind.wrap]: members } : pick(members, out);
  };
}

/** What an update does by default: its members replace those there; `…ToRemove` removes keys of a map. */
export function mergeUpdate(kind: Kind): (resource: Resource, input: Fields) => void {
  return (resource, input) => {
    for (const [member, value] of Object.entries(kept(input))) {
      const removed = /^(.+)ToRemove$/.exec(member)?.[1];
      if (removed && Array.isArray(value)) {
        const map = { ...((resource.input[removed] ?? {}) as Fields) };
        for (const key of value) delete map[String(key)];
        resource.input[removed] = map;
      } else if (!kind.id.includes(member) && member !== kind.byArn) {
        const old = resource.input[member];
        const isMap = isMapMember(member) && old !== undefined;
        resource.input[member] = isMap ? { ...(old as Fields), ...(value as Fields) } : value;
      }
    }
  };
}

/** Members whose keys are merged, not replaced. */
const isMapMember = (member: string) =>
  ["Properties", "Parameters", "InputArtifacts", "OutputArtifacts", "CustomerMetadataProperties"].includes(
    member,
  );

function checkState(
  kind: Kind,
  verb: "update" | "delete" | "stop" | "start",
  resource: Readonly<Resource>,
): void {
  const states = kind.life?.when?.[verb];
  if (!states || states.includes(resource.status ?? "")) return;
  throw validation(
    `Unable to transition to ${verb === "start" ? "start" : verb} the ${spoken(kind.name)} ${resource.name}: the ${spoken(kind.name)} is in status ${resource.status}`,
  );
}

export function deleteOperation(kind: Kind, operation: string) {
  const { out } = factsOf(operation);
  return (input: Fields, context: CallContext): Fields | Promise<Fields> => {
    const found = require(kind, input, context, operation);
    checkState(kind, "delete", found);
    kind.hooks?.delete?.(found, input, context);
    remove(kind, found, context);
    const answer = {
      ...pick({ [arnField(kind)]: found.arn }, out),
      ...(out.includes("Success") && { Success: true }),
    };
    const after = kind.hooks?.deleted?.(found, input, context);
    return after instanceof Promise ? after.then(() => answer) : answer;
  };
}

/** Deletes a resource, through `Deleting` where its life has such a state. */
export function remove(kind: Kind, found: Readonly<Resource>, context: CallContext): void {
  const one = shelf(kind, context);
  if (!kind.life?.delete) {
    one.delete(found, context);
    return;
  }
  const resource = draft(found);
  take(resource, [...kind.life.delete, [GONE, 1]], context);
  const gone = resource.moves?.[resource.moves.length - 1];
  if (gone && kind.life.linger) gone.at += kind.life.linger;
  one.put(resource, context);
  const end = gone?.at ?? context.now;
  // the row is of no use once it is gone; until somebody clears it, it is not told
  context.clock.at(end + 1, () => {
    const row = one.table.get(keyOf(found.id));
    if (row?.moves?.some((move) => move.status === GONE && move.at <= end)) one.delete(row, context);
  });
}

export function stopOrStart(kind: Kind, operation: string, verb: "stop" | "start") {
  const { out } = factsOf(operation);
  return (input: Fields, context: CallContext): Fields => {
    const found = require(kind, input, context, operation);
    checkState(kind, verb, found);
    const resource = draft(found);
    const steps = kind.life?.[verb];
    if (steps) take(resource, steps, context);
    kind.hooks?.[verb]?.(resource, input, context);
    const saved = save(kind, resource, context);
    return pick(membersOf(kind, saved, context, input), out);
  };
}
