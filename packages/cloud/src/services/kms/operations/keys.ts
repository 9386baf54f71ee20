/** Keys: create, describe, list, change, disable, delete. */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { usagesOf } from "../algorithms.ts";
import { removeKey, scheduleRemoval } from "../deletion.ts";
import { invalidState, unsupported, validation } from "../errors.ts";
import { findByKeyId, findKey } from "../find-key.ts";
import { checkKeyPolicy, checkLockout, defaultPolicy } from "../key-policy.ts";
import { ensureManagedKey } from "../managed-keys.ts";
import { type Fresh, generate, newKeyId, sealed } from "../material.ts";
import { metadataOf } from "../metadata.ts";
import { page } from "../paging.ts";
import { principalExists } from "../principals.ts";
import { type Key, keyArn, keys } from "../state.ts";
import { mergeTags } from "../tags.ts";
import { checkNotDeleting } from "../usable.ts";

const DAY = 86_400_000;

/** A customer managed key for changing it. @throws UnsupportedOperationException for AWS managed keys */
export function changeable(identifier: string, context: CallContext): Readonly<Key> {
  const { key } = findByKeyId(identifier, context);
  if (key.manager === "AWS") {
    throw unsupported(`You cannot perform this operation on AWS managed keys: ${keyArn(key)}`);
  }
  noteKey(key, context);
  return key;
}

export function noteKey(key: Readonly<Key>, context: CallContext): void {
  context.note({ resources: [{ ARN: keyArn(key), accountId: key.account, type: "AWS::KMS::Key" }] });
}

export const update = (
  key: Readonly<Key>,
  context: CallContext,
  change: (draft: Key) => void,
): Readonly<Key> => keys(context.in(key.account, key.region)).update(key.id, change) as Readonly<Key>;

export const keyOperations: Handlers<typeof Kms, CallContext> = {
  CreateKey(input, context) {
    if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
      throw validation(
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
      );
    }
    const origin = input.Origin ?? "AWS_KMS";
    if (origin !== "AWS_KMS" && origin !== "EXTERNAL") {
      throw unsupported(`Keys with the origin ${origin} are not supported by the Sagekeep local cloud`);
    }
    if (input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined) {
      throw unsupported("Custom key stores are not supported by the Sagekeep local cloud");
    }
    const spec = (input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT") as Kms.KeySpec;
    const usages = usagesOf(spec);
    if (spec === "SM2" || spec.startsWith("ML_DSA")) {
      throw unsupported(`The key spec ${spec} is not supported by the Sagekeep local cloud`);
    }
    if (input.KeyUsage === undefined && spec !== "SYMMETRIC_DEFAULT") {
      throw validation(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
      );
    }
    const usage = input.KeyUsage ?? "ENCRYPT_DECRYPT";
    if (!usages.includes(usage)) throw validation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
    const multiRegion = input.MultiRegion === true;
    const id = newKeyId(multiRegion);
    const { account, region, now } = context;
    const arn = keyArn({ id, account, region });
    const policy = input.Policy ?? defaultPolicy(account);
    if (input.Policy !== undefined) {
      checkKeyPolicy(policy, principalExists(context));
      if (!input.BypassPolicyLockoutSafetyCheck) checkLockout(policy, arn, context);
    }
    const tags = mergeTags({}, input.Tags ?? []);
    const finish = (made: Fresh | undefined) => {
      const key: Key = {
        id,
        account,
        region,
        created: now,
        description: input.Description ?? "",
        spec,
        usage,
        state: made ? "Enabled" : "PendingImport",
        origin,
        manager: "CUSTOMER",
        policy,
        tags,
        materials: made ? [sealed(context, id, made.secret, now, "generated")] : [],
        ...(made?.publicKey && { publicKey: made.publicKey.toString("base64") }),
        ...(multiRegion && { multiRegion: { primary: { arn, region }, replicas: [] } }),
      };
      keys(context).put(id, key);
      noteKey(key, context);
      return { KeyMetadata: metadataOf(key) };
    };
    const made = origin === "AWS_KMS" ? generate(spec) : undefined;
    return made instanceof Promise ? made.then(finish) : finish(made);
  },

  DescribeKey(input, context) {
    ensureManagedKey(input.KeyId, context);
    const { key } = findKey(input.KeyId, context);
    noteKey(key, context);
    return { KeyMetadata: metadataOf(key) };
  },

  ListKeys(input, context) {
    const { items, ...rest } = page(keys(context).list(), (one) => one.id, input);
    return { Keys: items.map((one) => ({ KeyId: one.id, KeyArn: keyArn(one) })), ...rest };
  },

  UpdateKeyDescription(input, context) {
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    update(key, context, (draft) => {
      draft.description = input.Description;
    });
    return {};
  },

  EnableKey(input, context) {
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    if (key.state === "PendingImport") throw invalidState(`${keyArn(key)} is pending import.`);
    update(key, context, (draft) => {
      draft.state = "Enabled";
    });
    return {};
  },

  DisableKey(input, context) {
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    if (key.state === "PendingImport") throw invalidState(`${keyArn(key)} is pending import.`);
    update(key, context, (draft) => {
      draft.state = "Disabled";
    });
    return {};
  },

  ScheduleKeyDeletion(input, context) {
    const key = changeable(input.KeyId, context);
    const days = input.PendingWindowInDays ?? 30;
    if (days < 7 || days > 30) {
      throw validation(
        `1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${days < 7 ? "greater than or equal to 7" : "less than or equal to 30"}`,
      );
    }
    checkNotDeleting(key);
    const replicas =
      key.multiRegion && key.multiRegion.primary.region === key.region && key.multiRegion.replicas.length > 0;
    if (replicas) {
      // the waiting period begins when the last replica is gone
      update(key, context, (draft) => {
        draft.state = "PendingReplicaDeletion";
        draft.deletionWindow = days;
      });
      return { KeyId: keyArn(key), KeyState: "PendingReplicaDeletion", PendingWindowInDays: days };
    }
    const deletion = context.now + days * DAY;
    update(key, context, (draft) => {
      draft.state = "PendingDeletion";
      draft.deletion = deletion;
    });
    scheduleRemoval(key, deletion, context);
    return {
      KeyId: keyArn(key),
      DeletionDate: new Date(deletion),
      KeyState: "PendingDeletion",
      PendingWindowInDays: days,
    };
  },

  CancelKeyDeletion(input, context) {
    const key = changeable(input.KeyId, context);
    if (!/^Pending(?:Replica)?Deletion$/.test(key.state))
      throw invalidState(`${keyArn(key)} is not pending deletion.`);
    if (key.deletion !== undefined && key.deletion <= context.now) {
      removeKey(key, context);
      return findKey(input.KeyId, context) as never;
    }
    update(key, context, (draft) => {
      draft.state = draft.materials[0]?.sealed ? "Disabled" : "PendingImport";
      delete draft.deletion;
      delete draft.deletionWindow;
    });
    return { KeyId: keyArn(key) };
  },

  GetKeyPolicy(input, context) {
    const { key } = findByKeyId(input.KeyId, context);
    checkPolicyName(input.PolicyName);
    return { Policy: key.policy, PolicyName: "default" };
  },

  PutKeyPolicy(input, context) {
    checkPolicyName(input.PolicyName);
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    checkKeyPolicy(input.Policy, principalExists(context));
    if (!input.BypassPolicyLockoutSafetyCheck) checkLockout(input.Policy, keyArn(key), context);
    update(key, context, (draft) => {
      draft.policy = input.Policy;
    });
    return {};
  },

  ListKeyPolicies(input, context) {
    findByKeyId(input.KeyId, context);
    return { PolicyNames: ["default"], Truncated: false };
  },
};

function checkPolicyName(name: string | undefined): void {
  if (name !== undefined && name !== "default") throw validation("PolicyName must be default");
}
