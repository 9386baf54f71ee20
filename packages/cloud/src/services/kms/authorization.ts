/**
 * Which actions on which keys each operation of KMS needs.
 * https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
 */
import type * as Kms from "@aws-sdk/client-kms";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check } from "../../service.ts";
import { type EncryptionContext, readBlob } from "./ciphertext.ts";
import { contextKeys, type Keys, keyKeys, newKeyKeys, requestKeys, tagKeys } from "./conditions.ts";
import { invalidCiphertext, unknownCiphertext, validation } from "./errors.ts";
import { type Found, findByKeyId, findKey, lookUp } from "./find-key.ts";
import { findGrant } from "./grants.ts";
import { isManagedAlias } from "./managed-keys.ts";
import { aliasArn, aliases, keyArn } from "./state.ts";

interface KeyInput {
  KeyId: string;
  EncryptionContext?: EncryptionContext;
  EncryptionAlgorithm?: string;
  SigningAlgorithm?: string;
  MacAlgorithm?: string;
  MessageType?: string;
  KeyPairSpec?: string;
  KeyAgreementAlgorithm?: string;
}

const check = (
  action: string,
  found: Found,
  context: ReadContext,
  keys: Keys = {},
  byCiphertext = false,
): Check => ({
  action: `kms:${action}`,
  resource: keyArn(found.key),
  ...(byCiphertext && { shown: "the resource associated with this ciphertext" }),
  context: { ...requestKeys(context), ...keyKeys(found), ...keys },
});

/** A rule of one action on the key that the request names. */
function onKey<I extends { KeyId?: string } = KeyInput>(
  action: string,
  keys: (input: I) => Keys = () => ({}),
  find: (identifier: string, context: ReadContext) => Found = findKey,
): AuthorizationRule<I> {
  return (input, context) => [check(action, find(input.KeyId as string, context), context, keys(input))];
}

const onKeyId = <I extends { KeyId?: string } = KeyInput>(action: string, keys?: (input: I) => Keys) =>
  onKey<I>(action, keys, findByKeyId);

const everywhere =
  (action: string): AuthorizationRule<object> =>
  (_input, context) => [{ action: `kms:${action}`, resource: "*", context: requestKeys(context) }];

const cryptoKeys = (input: KeyInput): Keys => ({
  ...contextKeys(input.EncryptionContext),
  "kms:EncryptionAlgorithm": input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
  "kms:DataKeyPairSpec": input.KeyPairSpec,
});
const signingKeys = (input: KeyInput): Keys => ({
  "kms:SigningAlgorithm": input.SigningAlgorithm,
  "kms:MessageType": input.MessageType ?? "RAW",
});
const macKeys = (input: KeyInput): Keys => ({ "kms:MacAlgorithm": input.MacAlgorithm });
const bypassKeys = (input: { BypassPolicyLockoutSafetyCheck?: boolean }): Keys => ({
  "kms:BypassPolicyLockoutSafetyCheck": String(input.BypassPolicyLockoutSafetyCheck === true),
});

/** The key that a ciphertext names, or the one that the request does. */
function decryptionKey(
  blob: Uint8Array | undefined,
  named: string | undefined,
  algorithm: string | undefined,
  context: ReadContext,
): Found {
  if (named !== undefined) return findKey(named, context);
  if ((algorithm ?? "SYMMETRIC_DEFAULT") !== "SYMMETRIC_DEFAULT") throw validation("KeyId is required");
  const said = readBlob(blob ?? new Uint8Array());
  if (!said) throw invalidCiphertext();
  const region = said.keyId.startsWith("mrk-") ? context.region : said.region;
  if (region !== context.region) throw unknownCiphertext();
  const found = lookUp(`arn:aws:kms:${region}:${said.account}:key/${said.keyId}`, context);
  if (!found) throw unknownCiphertext();
  return found;
}

function reEncrypt(input: Kms.ReEncryptCommandInput, context: ReadContext): Check[] {
  const from = decryptionKey(
    input.CiphertextBlob,
    input.SourceKeyId,
    input.SourceEncryptionAlgorithm,
    context,
  );
  const to = findKey(input.DestinationKeyId as string, context);
  const same = String(from.key.id === to.key.id);
  return [
    check("ReEncryptFrom", from, context, {
      ...contextKeys(input.SourceEncryptionContext),
      "kms:EncryptionAlgorithm": input.SourceEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
      "kms:ReEncryptOnSameKey": same,
    }),
    check("ReEncryptTo", to, context, {
      ...contextKeys(input.DestinationEncryptionContext),
      "kms:EncryptionAlgorithm": input.DestinationEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
      "kms:ReEncryptOnSameKey": same,
    }),
  ];
}

function createKey(input: Kms.CreateKeyCommandInput, context: ReadContext): Check[] {
  const keys = {
    ...requestKeys(context),
    ...newKeyKeys({
      spec: (input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT") as Kms.KeySpec,
      usage: input.KeyUsage ?? "ENCRYPT_DECRYPT",
      origin: (input.Origin ?? "AWS_KMS") as "AWS_KMS",
      multiRegion: input.MultiRegion === true,
    }),
    ...bypassKeys(input),
    ...tagKeys(input.Tags),
  };
  const actions = input.Tags?.length ? ["CreateKey", "TagResource"] : ["CreateKey"];
  return actions.map((action) => ({ action: `kms:${action}`, resource: "*", context: keys }));
}

function onAlias(
  action: string,
  targets: (input: Kms.UpdateAliasCommandInput, context: ReadContext) => Found[],
) {
  const rule: AuthorizationRule<Kms.UpdateAliasCommandInput> = (input, context) => [
    {
      action: `kms:${action}`,
      resource: aliasArn(context.region, context.account, input.AliasName as string),
      facts: { account: context.account },
      context: requestKeys(context),
    },
    ...targets(input, context).map((found) => check(action, found, context)),
  ];
  return rule;
}

/** The key behind an alias now; none when there is no such alias. */
function aliased(input: { AliasName: string | undefined }, context: ReadContext): Found[] {
  const alias = aliases(context).get(input.AliasName as string);
  return alias ? [findKey(alias.keyId, context)] : [];
}

const targeted = (input: { TargetKeyId: string | undefined }, context: ReadContext): Found[] => [
  findByKeyId(input.TargetKeyId as string, context),
];

const constraintKeys = ({
  EncryptionContextEquals,
  EncryptionContextSubset,
}: Kms.GrantConstraints = {}): Keys => ({
  "kms:GrantConstraintType": EncryptionContextEquals
    ? "EncryptionContextEquals"
    : EncryptionContextSubset && "EncryptionContextSubset",
  ...contextKeys(EncryptionContextEquals ?? EncryptionContextSubset),
});

function createGrant(input: Kms.CreateGrantCommandInput, context: ReadContext): Check[] {
  return [
    check("CreateGrant", findByKeyId(input.KeyId as string, context), context, {
      "kms:GranteePrincipal": input.GranteePrincipal,
      "kms:RetiringPrincipal": input.RetiringPrincipal,
      "kms:GrantOperations": input.Operations,
      ...constraintKeys(input.Constraints),
      ...awsResource(context),
    }),
  ];
}

/** An AWS service asks on behalf of the caller, or by itself. */
function isForService(context: ReadContext): boolean {
  return context.caller.calledVia !== undefined || context.caller.principal.kind === "service";
}

const awsResource = (context: ReadContext): Keys => ({
  "kms:GrantIsForAWSResource": String(isForService(context)),
});

/** Key users of the console's policies list and revoke grants only through AWS services. */
const onGrants =
  (action: string): AuthorizationRule<KeyInput> =>
  (input, context) => [check(action, findByKeyId(input.KeyId, context), context, awsResource(context))];

/** The retiring principal, and a grantee who was given RetireGrant, need no other permission. */
function retireGrant(input: Kms.RetireGrantCommandInput, context: ReadContext): Check[] {
  const { grant, found } = findGrant(input, context);
  const { principal, arn, account } = context.caller;
  const names = [arn, "roleArn" in principal ? principal.roleArn : arn, `arn:aws:iam::${account}:root`];
  if (grant.retiring !== undefined && names.includes(grant.retiring)) return [];
  return [check("RetireGrant", found, context, constraintKeys(grant.constraints))];
}

/** A managed alias is made by describing it: there may be no key yet. */
const describeKey: AuthorizationRule<KeyInput> = (input, context) => {
  const found = lookUp(input.KeyId, context);
  if (!found && isManagedAlias(input.KeyId)) {
    return [
      {
        action: "kms:DescribeKey",
        resource: aliasArn(context.region, context.account, input.KeyId),
        facts: { account: context.account },
        context: requestKeys(context),
      },
    ];
  }
  return [check("DescribeKey", found ?? findKey(input.KeyId, context), context)];
};

export const authorization: AuthorizationTable = {
  CreateKey: createKey,
  DescribeKey: describeKey,
  ListKeys: everywhere("ListKeys"),
  UpdateKeyDescription: onKeyId("UpdateKeyDescription"),
  EnableKey: onKeyId("EnableKey"),
  DisableKey: onKeyId("DisableKey"),
  ScheduleKeyDeletion: onKeyId<Kms.ScheduleKeyDeletionCommandInput>("ScheduleKeyDeletion", (input) => ({
    "kms:ScheduleKeyDeletionPendingWindowInDays": String(input.PendingWindowInDays ?? 30),
  })),
  CancelKeyDeletion: onKeyId("CancelKeyDeletion"),
  GetKeyPolicy: onKeyId("GetKeyPolicy"),
  PutKeyPolicy: onKeyId<Kms.PutKeyPolicyCommandInput>("PutKeyPolicy", bypassKeys),
  ListKeyPolicies: onKeyId("ListKeyPolicies"),
  CreateAlias: onAlias("CreateAlias", targeted),
  UpdateAlias: onAlias("UpdateAlias", (input, context) => [
    ...aliased(input, context),
    ...targeted(input, context),
  ]),
  DeleteAlias: onAlias("DeleteAlias", aliased),
  ListAliases: everywhere("ListAliases"),
  Encrypt: onKey("Encrypt", cryptoKeys),
  Decrypt: (input: Kms.DecryptCommandInput, context) => [
    check(
      "Decrypt",
      decryptionKey(input.CiphertextBlob, input.KeyId, input.EncryptionAlgorithm, context),
      context,
      {
        ...contextKeys(input.EncryptionContext),
        "kms:EncryptionAlgorithm": input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT",
      },
      input.KeyId === undefined,
    ),
  ],
  ReEncrypt: reEncrypt,
  GenerateDataKey: onKey("GenerateDataKey", cryptoKeys),
  GenerateDataKeyWithoutPlaintext: onKey("GenerateDataKeyWithoutPlaintext", cryptoKeys),
  GenerateDataKeyPair: onKey("GenerateDataKeyPair", cryptoKeys),
  GenerateDataKeyPairWithoutPlaintext: onKey("GenerateDataKeyPairWithoutPlaintext", cryptoKeys),
  GenerateRandom: everywhere("GenerateRandom"),
  Sign: onKey("Sign", signingKeys),
  Verify: onKey("Verify", signingKeys),
  GenerateMac: onKey("GenerateMac", macKeys),
  VerifyMac: onKey("VerifyMac", macKeys),
  DescribeCustomKeyStores: everywhere("DescribeCustomKeyStores"),
  GetPublicKey: onKey("GetPublicKey"),
  DeriveSharedSecret: onKey("DeriveSharedSecret", (input) => ({
    "kms:KeyAgreementAlgorithm": input.KeyAgreementAlgorithm,
  })),
  CreateGrant: createGrant,
  ListGrants: onGrants("ListGrants"),
  RevokeGrant: onGrants("RevokeGrant"),
  RetireGrant: retireGrant,
  ListRetirableGrants: everywhere("ListRetirableGrants"),
  EnableKeyRotation: onKeyId<Kms.EnableKeyRotationCommandInput>("EnableKeyRotation", (input) => ({
    "kms:RotationPeriodInDays":
      input.RotationPeriodInDays === undefined ? undefined : String(input.RotationPeriodInDays),
  })),
  DisableKeyRotation: onKeyId("DisableKeyRotation"),
  GetKeyRotationStatus: onKeyId("GetKeyRotationStatus"),
  RotateKeyOnDemand: onKeyId("RotateKeyOnDemand"),
  ListKeyRotations: onKeyId("ListKeyRotations"),
  GetKeyLastUsage: onKeyId("GetKeyLastUsage"),
  TagResource: onKeyId<Kms.TagResourceCommandInput>("TagResource", (input) => tagKeys(input.Tags)),
  UntagResource: onKeyId<Kms.UntagResourceCommandInput>("UntagResource", (input) => ({
    "aws:TagKeys": input.TagKeys,
  })),
  ListResourceTags: onKeyId("ListResourceTags"),
  GetParametersForImport: onKeyId<Kms.GetParametersForImportCommandInput>(
    "GetParametersForImport",
    (input) => ({
      "kms:WrappingAlgorithm": input.WrappingAlgorithm,
      "kms:WrappingKeySpec": input.WrappingKeySpec,
    }),
  ),
  ImportKeyMaterial: onKeyId<Kms.ImportKeyMaterialCommandInput>("ImportKeyMaterial", (input) => ({
    "kms:ExpirationModel": input.ExpirationModel ?? "KEY_MATERIAL_EXPIRES",
    "kms:ValidTo": input.ValidTo?.toISOString(),
  })),
  DeleteImportedKeyMaterial: onKeyId("DeleteImportedKeyMaterial"),
  ReplicateKey: onKeyId<Kms.ReplicateKeyCommandInput>("ReplicateKey", (input) => ({
    "kms:ReplicaRegion": input.ReplicaRegion,
  })),
  UpdatePrimaryRegion: onKeyId<Kms.UpdatePrimaryRegionCommandInput>("UpdatePrimaryRegion", (input) => ({
    "kms:PrimaryRegion": input.PrimaryRegion,
  })),
};
