/**
 * Replicas in other regions: rows of their own under a key there, kept like the original.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
 */
import type { ReplicaRegionType, ReplicationStatusType } from "@aws-sdk/client-secrets-manager";
import type { CallContext, ReadContext } from "../../context.ts";
import { isAwsError } from "../../wire/errors.ts";
import { describeRegions } from "../ec2/zones.ts";
import { isDefaultKey, resealed } from "./encryption.ts";
import { invalidParameter } from "./errors.ts";
import { type Found, isPast, isReplica, type Replica, type Secret, secrets } from "./state.ts";

export const replicationStatus = (secret: Readonly<Secret>, at: ReadContext): ReplicationStatusType[] =>
  (secret.replicas ?? []).map(({ region, kmsKeyId, status, message }) => {
    const there = secrets(at.in(at.account, region)).get(secret.name);
    return {
      Region: region,
      KmsKeyId: kmsKeyId ?? "alias/aws/secretsmanager",
      Status: status,
      StatusMessage: message,
      ...(there?.accessed !== undefined && { LastAccessedDate: new Date(there.accessed) }),
    };
  });

/** Adds regions to a secret's replicas. @throws InvalidParameterException */
export async function addRegions(
  at: CallContext,
  name: string,
  regions: readonly ReplicaRegionType[],
  force: boolean,
  context: CallContext,
): Promise<void> {
  const known = new Set(describeRegions({ AllRegions: true }, context).map((one) => one.RegionName));
  const seen = new Set<string>();
  for (const { Region = "" } of regions) {
    if (Region === at.region || !known.has(Region)) throw invalidParameter("Invalid replica region.");
    if (seen.has(Region)) throw invalidParameter(`Duplicate replica region: ${Region}.`);
    seen.add(Region);
  }
  secrets(at).update(name, (draft) => {
    const replicas = new Map((draft.replicas ?? []).map((one) => [one.region, one]));
    for (const { Region = "", KmsKeyId } of regions) {
      replicas.set(Region, {
        region: Region,
        ...(KmsKeyId && !isDefaultKey(KmsKeyId) && { kmsKeyId: KmsKeyId }),
        status: "InSync",
        message: "",
      });
    }
    draft.replicas = [...replicas.values()];
    draft.primaryRegion = at.region;
  });
  await replicate(at, name, context, force ? seen : new Set());
}

/** Makes the replicas like the original. One that cannot be says why, and the others go on. */
export async function replicate(
  at: CallContext,
  name: string,
  context: CallContext,
  overwrite: ReadonlySet<string> = new Set(),
): Promise<void> {
  const secret = secrets(at).get(name);
  if (!secret?.replicas?.length) return;
  const replicas: Replica[] = [];
  for (const replica of secret.replicas) {
    const message = await copy({ secret, at }, replica, context, overwrite.has(replica.region));
    replicas.push({
      ...replica,
      status: message === undefined ? "InSync" : "Failed",
      message: message ?? "",
    });
  }
  secrets(at).update(name, (draft) => {
    draft.replicas = replicas;
  });
}

/** @returns what went wrong */
async function copy(
  from: Found<CallContext>,
  replica: Readonly<Replica>,
  context: CallContext,
  overwrite: boolean,
): Promise<string | undefined> {
  const { secret, at } = from;
  const there = at.in(at.account, replica.region);
  const old = secrets(there).get(secret.name);
  if (old && !isPast(old, at.now) && old.primaryRegion !== at.region && !overwrite) {
    return `Replication failed: Secret name simple conflict in region ${replica.region}.`;
  }
  const { kmsKeyId: _, replicas: __, accessed: ___, ...same } = secret;
  const made: Secret = {
    ...structuredClone(same),
    ...(replica.kmsKeyId && { kmsKeyId: replica.kmsKeyId }),
    ...(old?.accessed !== undefined && { accessed: old.accessed }),
    versions: [],
    primaryRegion: at.region,
  };
  const to = { secret: made, at: there };
  try {
    for (const version of secret.versions) {
      const kept =
        old?.suffix === secret.suffix ? old.versions.find((one) => one.id === version.id) : undefined;
      made.versions.push(
        kept
          ? { ...structuredClone(kept), stages: [...version.stages] }
          : await resealed(from, to, version, context),
      );
    }
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return `Replication failed: ${error.message}`;
  }
  secrets(there).put(secret.name, made);
  return undefined;
}

/** Takes replicas away. @throws InvalidParameterException for a region without one */
export function removeRegions(at: ReadContext, name: string, regions: readonly string[]): void {
  const secret = secrets(at).get(name);
  const has = new Set((secret?.replicas ?? []).map((one) => one.region));
  const missing = regions.find((region) => !has.has(region));
  if (missing !== undefined) throw invalidParameter(`The secret is not replicated to region ${missing}.`);
  for (const region of regions) {
    const there = at.in(at.account, region);
    const copy = secrets(there).get(name);
    if (copy && copy.primaryRegion === at.region) secrets(there).delete(name);
  }
  secrets(at).update(name, (draft) => {
    draft.replicas = (draft.replicas ?? []).filter((one) => !regions.includes(one.region));
    if (draft.replicas.length === 0) {
      delete draft.replicas;
      delete draft.primaryRegion;
    }
  });
}

/** Makes a replica a secret of its own. @throws InvalidParameterException for one that is none */
export function promote(found: Found): void {
  const { secret, at } = found;
  if (!isReplica(found))
    throw invalidParameter(
      "Operation not permitted on a primary secret. Call must be made on a replica secret.",
    );
  const home = at.in(at.account, secret.primaryRegion);
  if (secrets(home).has(secret.name)) {
    secrets(home).update(secret.name, (draft) => {
      draft.replicas = (draft.replicas ?? []).filter((one) => one.region !== at.region);
      if (draft.replicas.length === 0) {
        delete draft.replicas;
        delete draft.primaryRegion;
      }
    });
  }
  secrets(at).update(secret.name, (draft) => {
    delete draft.primaryRegion;
  });
}
