/**
 * Versions and their staging labels.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
import { invalidParameter, limitExceeded, noValue } from "./errors.ts";
import type { Secret, Version } from "./state.ts";

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";
export const PENDING = "AWSPENDING";

const MOST_VERSIONS = 100;
const MOST_LABELS = 20;
const DAY = 86_400_000;

export const versionOf = (secret: Readonly<Secret>, id: string): Readonly<Version> | undefined =>
  secret.versions.find((one) => one.id === id);

export const labelled = (secret: Readonly<Secret>, stage: string): Readonly<Version> | undefined =>
  secret.versions.find((one) => one.stages.includes(stage));

/** Labels as AWS lists them. */
export const sorted = (stages: readonly string[]): string[] => [...stages].sort();

/** `VersionIdsToStages`: versions without a label are deprecated and left out. */
export function stagesById(secret: Readonly<Secret>): Record<string, string[]> | undefined {
  const used = secret.versions.filter((one) => one.stages.length > 0);
  if (used.length === 0) return undefined;
  return Object.fromEntries(used.map((one) => [one.id, sorted(one.stages)]));
}

function take(secret: Secret, stage: string): void {
  for (const one of secret.versions) one.stages = one.stages.filter((label) => label !== stage);
}

/** Moves a label to a version; what was current becomes the previous one. */
export function attach(secret: Secret, stage: string, to: Version): void {
  const before = stage === CURRENT ? secret.versions.find((one) => one.stages.includes(CURRENT)) : undefined;
  take(secret, stage);
  if (before && before !== to) {
    take(secret, PREVIOUS);
    // a version that was current and pending is pending no longer (LocalStack, recorded)
    before.stages = [...before.stages.filter((label) => label !== PENDING), PREVIOUS];
  }
  if (stage === CURRENT) to.stages = to.stages.filter((label) => label !== PREVIOUS);
  to.stages.push(stage);
  if (to.stages.length > MOST_LABELS) throw limitExceeded();
}

/** Takes up a new version with its labels; the first one is current, whatever it is called. */
export function add(secret: Secret, version: Omit<Version, "stages">, stages: readonly string[]): Version {
  const made: Version = { ...version, stages: [] };
  secret.versions.push(made);
  const wanted = new Set(stages);
  if (!secret.versions.some((one) => one.stages.includes(CURRENT))) wanted.add(CURRENT);
  for (const stage of wanted) attach(secret, stage, made);
  prune(secret, version.created);
  return made;
}

/** Deprecated versions go once there are too many, but none of the last day. */
function prune(secret: Secret, now: number): void {
  while (secret.versions.length > MOST_VERSIONS) {
    const at = secret.versions.findIndex((one) => one.stages.length === 0 && one.created < now - DAY);
    if (at < 0) throw limitExceeded();
    secret.versions.splice(at, 1);
  }
}

/** UpdateSecretVersionStage. @throws AwsError when the label is not where the request says */
export function moveStage(
  secret: Secret,
  { stage, from, to }: { stage: string; from: string | undefined; to: string | undefined },
): void {
  for (const id of [from, to]) {
    if (id !== undefined && !versionOf(secret, id)) throw noValue(`VersionId: ${id}`);
  }
  const holder = labelled(secret, stage);
  if (holder && holder.id !== to) {
    if (from === undefined) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (from !== holder.id) throw notAttached(stage, from);
  }
  if (!holder && from !== undefined) throw notAttached(stage, from);
  if (to === undefined) {
    if (stage === CURRENT) {
      throw invalidParameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
      );
    }
    take(secret, stage);
    return;
  }
  if (holder?.id !== to) attach(secret, stage, secret.versions.find((one) => one.id === to)!);
}

const notAttached = (stage: string, id: string) =>
  invalidParameter(`Staging label ${stage} is not currently attached to version ${id}.`);
