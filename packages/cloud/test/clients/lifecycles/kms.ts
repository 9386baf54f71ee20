import type { Lifecycle } from "../lifecycle.ts";

export const kms: Lifecycle = {
  service: "kms",
  calls: [
    {
      call: "CreateKey",
      with: { Description: "données", Tags: [{ TagKey: "team", TagValue: "a" }] },
      keep: { key: "KeyMetadata.KeyId", arn: "KeyMetadata.Arn" },
      expect: { "KeyMetadata.KeyState": "Enabled", "KeyMetadata.Description": "données" },
    },
    { call: "CreateAlias", with: { AliasName: "alias/team-a", TargetKeyId: "${key}" } },
    {
      call: "Encrypt",
      with: { KeyId: "alias/team-a", Plaintext: { $bytes: "secret" }, EncryptionContext: { a: "1" } },
      keep: { sealed: "CiphertextBlob" },
      expect: { KeyId: "${arn}" },
    },
    {
      call: "Decrypt",
      with: { CiphertextBlob: "${sealed}", EncryptionContext: { a: "2" } },
      fails: "InvalidCiphertextException",
    },
    {
      call: "Decrypt",
      with: { CiphertextBlob: "${sealed}", EncryptionContext: { a: "1" } },
      expect: { Plaintext: { $bytes: "secret" } },
    },
    { call: "ListResourceTags", with: { KeyId: "${key}" }, expect: { "Tags.0.TagValue": "a" } },
    { call: "DisableKey", with: { KeyId: "${key}" } },
    { call: "GenerateDataKey", with: { KeyId: "${key}", KeySpec: "AES_256" }, fails: "DisabledException" },
    {
      call: "ScheduleKeyDeletion",
      with: { KeyId: "${key}", PendingWindowInDays: 7 },
      expect: { KeyState: "PendingDeletion", DeletionDate: "*" },
    },
    { call: "DescribeKey", with: { KeyId: "alias/none" }, fails: "NotFoundException" },
  ],
};
