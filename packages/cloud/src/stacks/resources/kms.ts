/** KMS keys, their replicas in other regions, aliases. */
import type { ValueMap } from "../template/value.ts";
import { compact, type Declared, declared, pick, policyText, type Step } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";
import { type TagStyle, tagList } from "./tags.ts";

const keyTagList = (p: ValueMap, r: ResourceRequest) =>
  tagList(p, r)?.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));

const keyTags: TagStyle = {
  put: ({ id, r }, tags) =>
    r.call("kms", "TagResource", {
      KeyId: id,
      Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    }),
  remove: ({ id, r }, TagKeys) => r.call("kms", "UntagResource", { KeyId: id, TagKeys }),
};

/** What keys and replicas change alike. */
const keySteps: readonly Step[] = [
  {
    of: ["Enabled"],
    run: async ({ id, p, old, r }) => {
      if (p.Enabled === false) await r.call("kms", "DisableKey", { KeyId: id });
      else if (old?.Enabled === false) await r.call("kms", "EnableKey", { KeyId: id });
    },
  },
  {
    of: ["Description"],
    updateOnly: true,
    op: "UpdateKeyDescription",
    input: ({ id, p }) => ({ KeyId: id, Description: p.Description ?? "" }),
  },
  {
    of: ["KeyPolicy"],
    updateOnly: true,
    op: "PutKeyPolicy",
    input: ({ id, p }) => ({
      KeyId: id,
      PolicyName: "default",
      Policy: policyText(p.KeyPolicy),
      BypassPolicyLockoutSafetyCheck: p.BypassPolicyLockoutSafetyCheck,
    }),
  },
];

const keyLife: Pick<Declared, "describe" | "attributes" | "delete"> = {
  describe: { op: "DescribeKey", input: ({ id }) => ({ KeyId: id }), pick: (output) => output.KeyMetadata },
  attributes: (key) => ({ Arn: key.Arn, KeyId: key.KeyId }),
  delete: {
    op: "ScheduleKeyDeletion",
    input: ({ id, p }) => ({ KeyId: id, PendingWindowInDays: p.PendingWindowInDays ?? 30 }),
  },
};

export const kmsTypes: HandlerTable = {
  "AWS::KMS::Key": declared({
    service: "kms",
    create: {
      op: "CreateKey",
      input: ({ p, r }) => ({
        Policy: policyText(p.KeyPolicy),
        ...pick(
          p,
          "Description",
          "KeyUsage",
          "KeySpec",
          "MultiRegion",
          "Origin",
          "BypassPolicyLockoutSafetyCheck",
        ),
        Tags: keyTagList(p, r),
      }),
    },
    id: (output) => output.KeyMetadata.KeyId,
    steps: [
      {
        of: ["EnableKeyRotation", "RotationPeriodInDays"],
        run: async ({ id, p, old, r }) => {
          if (p.EnableKeyRotation === true) {
            await r.call(
              "kms",
              "EnableKeyRotation",
              compact({ KeyId: id, RotationPeriodInDays: p.RotationPeriodInDays }),
            );
          } else if (old?.EnableKeyRotation === true)
            await r.call("kms", "DisableKeyRotation", { KeyId: id });
        },
      },
      ...keySteps,
      { of: ["PendingWindowInDays", "BypassPolicyLockoutSafetyCheck"], updateOnly: true },
    ],
    ...keyLife,
    tags: keyTags,
  }),
  "AWS::KMS::Alias": declared({
    service: "kms",
    create: { op: "CreateAlias", input: ({ p }) => pick(p, "AliasName", "TargetKeyId") },
    id: (_, { p }) => text(p.AliasName),
    steps: [
      {
        of: ["TargetKeyId"],
        updateOnly: true,
        op: "UpdateAlias",
        input: ({ p }) => pick(p, "AliasName", "TargetKeyId"),
      },
    ],
    delete: { op: "DeleteAlias", input: ({ id }) => ({ AliasName: id }) },
    nameProperty: "AliasName",
  }),
  "AWS::KMS::ReplicaKey": declared({
    service: "kms",
    create: {
      op: "ReplicateKey",
      // the primary key's region makes the replica
      region: ({ p }) => text(p.PrimaryKeyArn).split(":")[3],
      input: ({ p, r }) => ({
        KeyId: p.PrimaryKeyArn,
        ReplicaRegion: r.region,
        Policy: policyText(p.KeyPolicy),
        ...pick(p, "Description"),
        Tags: keyTagList(p, r),
      }),
    },
    id: (output) => output.ReplicaKeyMetadata.KeyId,
    steps: [...keySteps, { of: ["PendingWindowInDays"], updateOnly: true }],
    ready: (key) => key?.KeyState !== "Creating",
    ...keyLife,
    tags: keyTags,
  }),
};
