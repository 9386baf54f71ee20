/** What CloudTrail asks of the bucket, the key, the topic and the role before it takes a trail. */
import type { CallContext } from "../../context.ts";
import type { Caller } from "../../identity/caller.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import type { Trail } from "./state.ts";

const SERVICE = "cloudtrail.amazonaws.com";

function serviceCaller(trail: Trail): Caller {
  return {
    principal: { kind: "service", service: SERVICE },
    account: trail.account,
    arn: SERVICE,
    userId: SERVICE,
  };
}

/** Where the files of the trail's own account, or of its organisation, begin. */
export const logFolder = (trail: Trail) =>
  `${trail.prefix ? `${trail.prefix}/` : ""}AWSLogs/${trail.organization ? `${trail.organization}/` : ""}${trail.account}`;

function sourceKeys(trail: Trail, context: CallContext): Record<string, string | string[]> {
  const organization = context.organizationOf(trail.account);
  return {
    "aws:SourceArn": trail.arn,
    "aws:SourceAccount": trail.account,
    ...(organization && {
      "aws:SourceOrgID": organization.id,
      "aws:SourceOrgPaths": organization.paths,
    }),
  };
}

/** @throws S3BucketDoesNotExist, InsufficientS3BucketPolicy */
export function checkBucket(trail: Trail, context: CallContext): void {
  const bucket = `arn:aws:s3:::${trail.bucket}`;
  const facts = context.facts(bucket);
  if (!facts) {
    throw new AwsError("S3BucketDoesNotExistException", `S3 bucket ${trail.bucket} does not exist!`);
  }
  const caller = serviceCaller(trail);
  const keys = sourceKeys(trail, context);
  const object = `${bucket}/${logFolder(trail)}/CloudTrail/x`;
  const may =
    context.isAllowed({ action: "s3:GetBucketAcl", resource: bucket, context: keys, caller }) &&
    context.isAllowed({
      action: "s3:PutObject",
      resource: object,
      context: { ...keys, "s3:x-amz-acl": "bucket-owner-full-control" },
      facts,
      caller,
    });
  if (!may) {
    throw new AwsError(
      "InsufficientS3BucketPolicyException",
      `Incorrect S3 bucket policy is detected for bucket: ${trail.bucket}`,
    );
  }
}

/** Puts the key's ARN in the place of an id or alias. @throws KmsKeyNotFound, KmsKeyDisabled, InsufficientEncryptionPolicy */
export function checkKey(trail: Trail, context: CallContext): void {
  if (trail.keyId === undefined) return;
  const key = describeKey(trail.keyId, context);
  if (key.KeyState !== "Enabled")
    throw new AwsError("KmsKeyDisabledException", `KMS key ${key.Arn} is not enabled.`);
  trail.keyId = key.Arn;
  const may = context.isAllowed({
    action: "kms:GenerateDataKey",
    resource: key.Arn,
    context: {
      ...sourceKeys(trail, context),
      "kms:EncryptionContext:aws:cloudtrail:arn": trail.arn,
      "kms:EncryptionContextKeys": ["aws:cloudtrail:arn"],
    },
    caller: serviceCaller(trail),
  });
  if (!may) {
    throw new AwsError(
      "InsufficientEncryptionPolicyException",
      `Insufficient permissions to access S3 bucket ${trail.bucket} or KMS key ${key.Arn}.`,
    );
  }
}

function describeKey(KeyId: string, context: CallContext): { Arn: string; KeyState: string } {
  const region = /^arn:[^:]*:kms:([^:]*):/.exec(KeyId)?.[1] ?? context.region;
  try {
    return context.in(context.account, region).callSync("kms", "DescribeKey", { KeyId }).KeyMetadata;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError("KmsKeyNotFoundException", `KMS key ${KeyId} does not exist.`);
  }
}

/** There is no SNS here, so there is no topic that CloudTrail could tell of its files. */
export function checkTopic(topic: string | undefined): void {
  if (topic) {
    throw new AwsError(
      "InsufficientSnsTopicPolicyException",
      "SNS Topic does not exist or the topic policy is incorrect!",
    );
  }
}

/** @throws InvalidCloudWatchLogsRoleArn, InvalidCloudWatchLogsLogGroupArn */
export function checkLogs(trail: Trail, context: CallContext): void {
  if ((trail.logGroupArn === undefined) !== (trail.roleArn === undefined)) {
    throw new AwsError(
      trail.roleArn === undefined
        ? "InvalidCloudWatchLogsRoleArnException"
        : "InvalidCloudWatchLogsLogGroupArnException",
      "You must specify both CloudWatch Logs log group and role, or neither.",
    );
  }
  if (trail.roleArn === undefined) return;
  if (!context.trusts(trail.roleArn, SERVICE)) {
    throw new AwsError(
      "InvalidCloudWatchLogsRoleArnException",
      "Access denied. Check the trust relationships for your role.",
    );
  }
}

/** The organisation whose trail it is to be. @throws the errors of who may not */
export function organizationForTrail(context: CallContext): string {
  const place = context.organizationOf(context.account);
  if (!place) {
    throw new AwsError(
      "OrganizationsNotInUseException",
      "You must be using AWS Organizations to create an organization trail.",
    );
  }
  const { Organization } = context.callSync("organizations", "DescribeOrganization", {});
  if (Organization.MasterAccountId !== context.account) {
    throw new AwsError(
      "NotOrganizationMasterAccountException",
      "You must be signed in to the management account of the organization.",
    );
  }
  if (Organization.FeatureSet !== "ALL") {
    throw new AwsError(
      "OrganizationNotInAllFeaturesModeException",
      "All features must be enabled in the organization.",
    );
  }
  const { EnabledServicePrincipals = [] } = context.callSync(
    "organizations",
    "ListAWSServiceAccessForOrganization",
    {},
  );
  if (
    !EnabledServicePrincipals.some((one: { ServicePrincipal: string }) => one.ServicePrincipal === SERVICE)
  ) {
    throw new AwsError(
      "CloudTrailAccessNotEnabledException",
      "Trusted access for CloudTrail is not enabled in the organization.",
    );
  }
  return place.id;
}
