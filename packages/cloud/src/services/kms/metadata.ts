/** A key as DescribeKey and CreateKey answer it. */
import type * as Kms from "@aws-sdk/client-kms";
import { encryptionAlgorithms, macAlgorithms, signingAlgorithms } from "./algorithms.ts";
import { type Key, keyArn } from "./state.ts";

export function metadataOf(key: Readonly<Key>): Kms.KeyMetadata {
  const expires = key.materials[0]?.expires;
  const regions = key.multiRegion;
  const primary = regions?.primary.region === key.region;
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: keyArn(key),
    CreationDate: new Date(key.created),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.deletion !== undefined && { DeletionDate: new Date(key.deletion) }),
    ...(key.deletionWindow !== undefined && { PendingDeletionWindowInDays: key.deletionWindow }),
    ...(expires !== undefined && { ValidTo: new Date(expires) }),
    Origin: key.origin,
    ...(key.expirationModel && key.state !== "PendingImport" && { ExpirationModel: key.expirationModel }),
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as Kms.CustomerMasterKeySpec,
    KeySpec: key.spec,
    ...(key.usage === "ENCRYPT_DECRYPT" && { EncryptionAlgorithms: encryptionAlgorithms(key.spec) }),
    ...(key.usage === "SIGN_VERIFY" && { SigningAlgorithms: signingAlgorithms(key.spec) }),
    ...(key.usage === "KEY_AGREEMENT" && { KeyAgreementAlgorithms: ["ECDH"] }),
    ...(key.usage === "GENERATE_VERIFY_MAC" && { MacAlgorithms: macAlgorithms(key.spec) }),
    ...(key.spec === "SYMMETRIC_DEFAULT" &&
      key.materials[0] && { CurrentKeyMaterialId: key.materials[0].id }),
    MultiRegion: regions !== undefined,
    ...(regions && {
      MultiRegionConfiguration: {
        MultiRegionKeyType: primary ? "PRIMARY" : "REPLICA",
        PrimaryKey: { Arn: regions.primary.arn, Region: regions.primary.region },
        ReplicaKeys: regions.replicas.map((one) => ({ Arn: one.arn, Region: one.region })),
      },
    }),
  };
}
