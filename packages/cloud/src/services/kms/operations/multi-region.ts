/** Multi-Region keys: replicas share id and material with their primary. https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { unsupported, validation } from "../errors.ts";
import { checkKeyPolicy, checkLockout, defaultPolicy } from "../key-policy.ts";
import { metadataOf } from "../metadata.ts";
import { principalExists } from "../principals.ts";
import { type Key, keyArn, keys } from "../state.ts";
import { mergeTags, tagList } from "../tags.ts";
import { checkEnabled } from "../usable.ts";
import { changeable } from "./keys.ts";

function primaryKey(identifier: string, context: CallContext): Readonly<Key> {
  const key = changeable(identifier, context);
  if (!key.multiRegion) throw unsupported(`${keyArn(key)} is not a multi-Region key.`);
  if (key.multiRegion.primary.region !== key.region) {
    throw unsupported(`${keyArn(key)} is not a multi-Region primary key.`);
  }
  checkEnabled(key, context);
  return key;
}

/** Tells every sibling who the primary and the replicas are now. */
function spread(key: Readonly<Key>, regions: NonNullable<Key["multiRegion"]>, context: CallContext): void {
  for (const { region } of [regions.primary, ...regions.replicas]) {
    keys(context.in(key.account, region)).update(key.id, (draft) => {
      draft.multiRegion = structuredClone(regions);
    });
  }
}

export const multiRegionOperations: Handlers<typeof Kms, CallContext> = {
  ReplicateKey(input, context) {
    const key = primaryKey(input.KeyId, context);
    const region = input.ReplicaRegion;
    const there = context.in(key.account, region);
    if (region === key.region)
      throw validation("The replica Region must differ from the Region of the primary key.");
    if (keys(there).has(key.id))
      throw new AwsError("AlreadyExistsException", `A key with id ${key.id} already exists in ${region}`);
    const replica = { id: key.id, account: key.account, region };
    const policy = input.Policy ?? defaultPolicy(key.account);
    if (input.Policy !== undefined) {
      checkKeyPolicy(policy, principalExists(context));
      if (!input.BypassPolicyLockoutSafetyCheck) checkLockout(policy, keyArn(replica), context);
    }
    const { rotation: _rotation, deletion: _deletion, ...shared } = structuredClone(key) as Key;
    const made = keys(there).put(key.id, {
      ...shared,
      ...replica,
      created: context.now,
      description: input.Description ?? "",
      policy,
      tags: mergeTags({}, input.Tags ?? []),
      materials: key.origin === "EXTERNAL" ? [] : structuredClone(key.materials as Key["materials"]),
      state: key.origin === "EXTERNAL" ? "PendingImport" : "Enabled",
    });
    const before = key.multiRegion as NonNullable<Key["multiRegion"]>;
    spread(
      key,
      { primary: before.primary, replicas: [...before.replicas, { arn: keyArn(replica), region }] },
      context,
    );
    return {
      // it is there at once, but AWS answers before it is
      ReplicaKeyMetadata: {
        ...metadataOf(keys(there).get(key.id) ?? made),
        KeyState: "Creating",
        Enabled: false,
      },
      ReplicaPolicy: policy,
      ...(input.Tags?.length && { ReplicaTags: tagList(made.tags) }),
    };
  },

  UpdatePrimaryRegion(input, context) {
    const key = primaryKey(input.KeyId, context);
    const before = key.multiRegion as NonNullable<Key["multiRegion"]>;
    const next = before.replicas.find((one) => one.region === input.PrimaryRegion);
    if (!next) throw validation(`${keyArn(key)} has no replica key in ${input.PrimaryRegion}.`);
    const replicas = [...before.replicas.filter((one) => one !== next), before.primary];
    spread(key, { primary: next, replicas }, context);
    return {};
  },
};
