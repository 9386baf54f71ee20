/**
 * What each operation of Secrets Manager needs, and its condition keys.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
import type { ReplicaRegionType } from "@aws-sdk/client-secrets-manager";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check } from "../../service.ts";
import { isDefaultKey } from "./encryption.ts";
import { suffixOf } from "./operations/secrets.ts";
import { type Found, lookUp, secretArn } from "./state.ts";
import { CURRENT } from "./versions.ts";

interface Input {
  SecretId?: string;
  Name?: string;
  ClientRequestToken?: string;
  Description?: string;
  KmsKeyId?: string;
  VersionId?: string;
  VersionStage?: string;
  Tags?: { Key?: string; Value?: string }[];
  TagKeys?: string[];
  AddReplicaRegions?: ReplicaRegionType[];
  ForceOverwriteReplicaSecret?: boolean;
  ForceDeleteWithoutRecovery?: boolean;
  RecoveryWindowInDays?: number | bigint;
  BlockPublicPolicy?: boolean;
  RotationLambdaARN?: string;
  RotateImmediately?: boolean;
  RotationRules?: object;
  Type?: string;
}

type Keys = Record<string, string | string[] | undefined>;

const said = (value: boolean | number | bigint | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

function tagKeys({ Tags, TagKeys }: Input): Keys {
  if (TagKeys?.length) return { "aws:TagKeys": TagKeys };
  if (!Tags?.length) return {};
  return {
    "aws:TagKeys": Tags.map((tag) => String(tag.Key)),
    ...Object.fromEntries(Tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
  };
}

function keyKeys({ KmsKeyId }: Input, at: ReadContext): Keys {
  if (KmsKeyId === undefined) return {};
  const id = isDefaultKey(KmsKeyId) ? "alias/aws/secretsmanager" : KmsKeyId;
  const path = id.startsWith("alias/") ? id : `key/${id}`;
  return {
    "secretsmanager:KmsKeyId": KmsKeyId,
    "secretsmanager:KmsKeyArn": id.startsWith("arn:") ? id : at.arn("kms", path),
  };
}

const regions = (input: Input): string[] | undefined =>
  input.AddReplicaRegions?.map((one) => String(one.Region));

/** Keys of any request about a secret that is there. */
const secretKeys = ({ secret, at }: Found): Keys => ({
  "secretsmanager:SecretId": secretArn(at, secret),
  "secretsmanager:SecretPrimaryRegion": secret.primaryRegion ?? at.region,
});

/** A secret that is not there has no ARN: policies are asked about the one that its name begins. */
function resourceOf(id: string, context: ReadContext): { resource: string; keys: Keys } {
  const found = lookUp(id, context);
  if (found) return { resource: secretArn(found.at, found.secret), keys: secretKeys(found) };
  const resource = id.startsWith("arn:") ? id : context.arn("secretsmanager", `secret:${id}`);
  return { resource, keys: { "secretsmanager:SecretId": resource } };
}

const onSecret =
  (
    operation: string,
    keys: (input: Input, context: ReadContext) => Keys = () => ({}),
  ): AuthorizationRule<Input> =>
  (input, context) => {
    const { resource, keys: ofSecret } = resourceOf(String(input.SecretId), context);
    return [
      {
        action: `secretsmanager:${operation}`,
        resource,
        context: { ...ofSecret, ...keys(input, context) },
      },
    ];
  };

const everywhere = (operation: string) => (): Check[] => [
  { action: `secretsmanager:${operation}`, resource: "*" },
];

const getSecretValue = onSecret("GetSecretValue", ({ VersionId, VersionStage }) => ({
  "secretsmanager:VersionId": VersionId,
  "secretsmanager:VersionStage": VersionStage ?? (VersionId === undefined ? CURRENT : undefined),
}));

/** What a batch needs for each of its secrets. */
export const valueCheck = (input: { SecretId: string }, context: ReadContext): Check =>
  getSecretValue(input, context)[0]!;

const createSecret: AuthorizationRule<Input> = (input, context) => {
  const suffix = suffixOf(input, context);
  const resource = secretArn(context, { name: String(input.Name), suffix });
  const facts = { account: context.account };
  const keys = {
    "secretsmanager:Name": input.Name,
    "secretsmanager:Description": input.Description,
    "secretsmanager:Type": input.Type,
    "secretsmanager:AddReplicaRegions": regions(input),
    "secretsmanager:ForceOverwriteReplicaSecret": said(input.ForceOverwriteReplicaSecret),
    ...keyKeys(input, context),
    ...tagKeys(input),
  };
  const actions = [
    "CreateSecret",
    ...(input.Tags?.length ? ["TagResource"] : []),
    ...(input.AddReplicaRegions?.length ? ["ReplicateSecretToRegions"] : []),
  ];
  return actions.map((action) => ({ action: `secretsmanager:${action}`, resource, facts, context: keys }));
};

export const authorization: AuthorizationTable = {
  CreateSecret: createSecret,
  DescribeSecret: onSecret("DescribeSecret"),
  UpdateSecret: onSecret("UpdateSecret", (input, context) => ({
    "secretsmanager:Description": input.Description,
    "secretsmanager:Type": input.Type,
    ...keyKeys(input, context),
  })),
  DeleteSecret: onSecret("DeleteSecret", (input) => ({
    "secretsmanager:ForceDeleteWithoutRecovery": said(input.ForceDeleteWithoutRecovery),
    "secretsmanager:RecoveryWindowInDays": said(input.RecoveryWindowInDays),
  })),
  RestoreSecret: onSecret("RestoreSecret"),
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: (input: { Filters?: unknown[] }) => [
    ...everywhere("BatchGetSecretValue")(),
    ...(input.Filters?.length ? everywhere("ListSecrets")() : []),
  ],
  PutSecretValue: onSecret("PutSecretValue"),
  UpdateSecretVersionStage: onSecret("UpdateSecretVersionStage", (input) => ({
    "secretsmanager:VersionStage": input.VersionStage,
  })),
  ListSecretVersionIds: onSecret("ListSecretVersionIds"),
  ListSecrets: everywhere("ListSecrets"),
  GetRandomPassword: everywhere("GetRandomPassword"),
  TagResource: onSecret("TagResource", tagKeys),
  UntagResource: onSecret("UntagResource", tagKeys),
  GetResourcePolicy: onSecret("GetResourcePolicy"),
  PutResourcePolicy: onSecret("PutResourcePolicy", (input) => ({
    "secretsmanager:BlockPublicPolicy": said(input.BlockPublicPolicy),
  })),
  DeleteResourcePolicy: onSecret("DeleteResourcePolicy"),
  ValidateResourcePolicy: (input: Input, context) =>
    input.SecretId === undefined
      ? everywhere("ValidateResourcePolicy")()
      : onSecret("ValidateResourcePolicy")(input, context),
  RotateSecret: onSecret("RotateSecret", (input) => ({
    "secretsmanager:RotationLambdaARN": input.RotationLambdaARN,
    "secretsmanager:RotateImmediately": said(input.RotateImmediately ?? true),
    "secretsmanager:ModifyRotationRules": said(input.RotationRules !== undefined),
  })),
  CancelRotateSecret: onSecret("CancelRotateSecret"),
  ReplicateSecretToRegions: onSecret("ReplicateSecretToRegions", (input) => ({
    "secretsmanager:AddReplicaRegions": regions(input),
    "secretsmanager:ForceOverwriteReplicaSecret": said(input.ForceOverwriteReplicaSecret),
  })),
  RemoveRegionsFromReplication: onSecret("RemoveRegionsFromReplication"),
  StopReplicationToReplica: onSecret("StopReplicationToReplica"),
};
