/** Making, describing, changing, deleting and restoring secrets. */
import { createHash } from "node:crypto";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { checkKey, isDefaultKey, resealed } from "../encryption.ts";
import { exists, invalidParameter, invalidRequest, markedForDeletion, onReplica } from "../errors.ts";
import type { Operations } from "../operation.ts";
import { addRegions, replicate, replicationStatus } from "../replication.ts";
import {
  checkName,
  find,
  findOwn,
  isPast,
  isReplica,
  lookUp,
  type Secret,
  secretArn,
  secrets,
} from "../state.ts";
import { addVersion, givenValue, isThere, tokenOf } from "../store-value.ts";
import { tagsOf } from "../tags.ts";
import { CURRENT, PENDING, PREVIOUS } from "../versions.ts";
import { view } from "../view.ts";

const DAY = 86_400_000;
const DEFAULT_WINDOW = 30;

/**
 * The end of a new secret's ARN. It comes from the request, so that the decision before and the making after speak of
 * the same ARN.
 */
export function suffixOf(
  input: { Name?: string; ClientRequestToken?: string },
  context: ReadContext,
): string {
  const seed = [context.account, context.region, input.Name, input.ClientRequestToken, context.now];
  const text = createHash("sha256").update(JSON.stringify(seed)).digest("base64");
  return text.replace(/[^a-zA-Z0-9]/g, "").slice(0, 6);
}

const noExternal = (type: string | undefined) => {
  if (!type) return;
  throw new AwsError(
    "NotImplemented",
    "Managed external secrets (Type) are not supported by the Sagekeep local cloud.",
    { status: 501 },
  );
};

const keyOf = (keyId: string | undefined) => (isDefaultKey(keyId) ? {} : { kmsKeyId: keyId as string });

export const secretOperations: Operations = {
  async CreateSecret(input, context) {
    checkName(input.Name);
    noExternal(input.Type);
    const value = givenValue(input);
    const token = tokenOf(input);
    const there = secrets(context).get(input.Name);
    if (there && !isPast(there, context.now)) {
      if (there.deletion) {
        throw invalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      const old = { secret: there, at: context };
      if (value && (await isThere(old, token, value, context))) {
        return { ARN: secretArn(context, there), Name: there.name, VersionId: token };
      }
      throw exists(`The operation failed because the secret ${input.Name} already exists.`);
    }
    const secret: Secret = {
      name: input.Name,
      suffix: suffixOf(input, context),
      created: context.now,
      changed: context.now,
      ...(input.Description && { description: input.Description }),
      ...keyOf(input.KmsKeyId),
      ...(input.Tags?.length && { tags: tagsOf({}, input.Tags) }),
      versions: [],
    };
    const found = { secret, at: context };
    await checkKey(found, context);
    if (secrets(context).get(input.Name) !== there)
      throw exists(`The operation failed because the secret ${input.Name} already exists.`);
    secrets(context).put(input.Name, secret);
    try {
      if (value) await addVersion(found, token, value, [CURRENT], context);
    } catch (error) {
      secrets(context).delete(input.Name);
      throw error;
    }
    if (input.AddReplicaRegions?.length) {
      const force = input.ForceOverwriteReplicaSecret === true;
      await addRegions(context, input.Name, input.AddReplicaRegions, force, context);
    }
    return {
      ARN: secretArn(context, secret),
      Name: input.Name,
      VersionId: value && token,
      ReplicationStatus: input.AddReplicaRegions?.length
        ? replicationStatus(secrets(context).get(input.Name)!, context)
        : undefined,
    };
  },

  DescribeSecret({ SecretId }, context) {
    const found = find(SecretId, context);
    const { common, stages } = view(found);
    return {
      ...common,
      VersionIdsToStages: stages,
      ReplicationStatus: found.secret.replicas && replicationStatus(found.secret, found.at),
    };
  },

  async UpdateSecret(input, context) {
    noExternal(input.Type);
    const value = givenValue(input);
    const token = tokenOf(input);
    const found = findOwn(input.SecretId, context);
    const { at } = found;
    const { name } = found.secret;
    if (input.KmsKeyId !== undefined) {
      const { kmsKeyId: _, ...rest } = found.secret;
      const secret: Secret = { ...structuredClone(rest), ...keyOf(input.KmsKeyId) };
      const changed = { secret, at };
      await checkKey(changed, context);
      // what is in use goes under the new key; deprecated versions stay as they are
      const used = found.secret.versions.filter((one) =>
        one.stages.some((stage) => [CURRENT, PREVIOUS, PENDING].includes(stage)),
      );
      if (found.secret.kmsKeyId !== secret.kmsKeyId) {
        const made = await Promise.all(used.map((one) => resealed(found, changed, one, context)));
        secret.versions = secret.versions.map((one) => made.find(({ id }) => id === one.id) ?? one);
      }
      secrets(at).put(name, secret);
    }
    const secret = secrets(at).get(name)!;
    const put = value && !(await isThere({ secret, at }, token, value, context));
    secrets(at).update(name, (draft) => {
      if (input.Description !== undefined) draft.description = input.Description;
      draft.changed = at.now;
    });
    if (put) await addVersion({ secret, at }, token, value, [CURRENT], context);
    else await replicate(at, name, context);
    return { ARN: secretArn(at, secret), Name: name, VersionId: value && token };
  },

  DeleteSecret(input, context) {
    const { SecretId, ForceDeleteWithoutRecovery: force, RecoveryWindowInDays: window } = input;
    const days = window === undefined ? DEFAULT_WINDOW : Number(window);
    if (!(days >= 7 && days <= 30)) {
      throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    if (force && window !== undefined) {
      throw invalidParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    const found = force ? lookUp(SecretId, context) : find(SecretId, context);
    // one that is not there is deleted as well
    if (!found) {
      const name = SecretId.split(":").at(-1)!;
      const ARN = SecretId.startsWith("arn:")
        ? SecretId
        : secretArn(context, { name, suffix: suffixOf({ Name: name }, context) });
      return { ARN, Name: name, DeletionDate: new Date(context.now) };
    }
    const { secret, at } = found;
    if (isReplica(found)) throw onReplica();
    if (secret.replicas?.length) {
      throw invalidParameter(
        `You can't delete secret ${secret.name} that still has replica regions [${secret.replicas.map((one) => one.region).join(", ")}]`,
      );
    }
    if (secret.deletion && !force) throw markedForDeletion();
    const due = force ? at.now : at.now + days * DAY;
    if (force) secrets(at).delete(secret.name);
    else {
      secrets(at).update(secret.name, (draft) => {
        draft.deletion = { asked: at.now, due };
      });
      scheduleRemoval(at, secret.name, due);
    }
    return { ARN: secretArn(at, secret), Name: secret.name, DeletionDate: new Date(due) };
  },

  RestoreSecret({ SecretId }, context) {
    const found = find(SecretId, context);
    const { secret, at } = found;
    if (isReplica(found)) throw onReplica();
    secrets(at).update(secret.name, (draft) => {
      delete draft.deletion;
    });
    return { ARN: secretArn(at, secret), Name: secret.name };
  },
};

/** Takes a secret away once its recovery window is over. */
export function scheduleRemoval(at: ReadContext, name: string, due: number): void {
  at.clock.at(due, () => {
    const now = secrets(at).get(name);
    if (now && isPast(now, at.clock.now())) secrets(at).delete(name);
  });
}
