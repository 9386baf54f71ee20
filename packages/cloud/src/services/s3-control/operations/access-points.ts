/** Access points: doors of a bucket, each with a name, a policy and a network of its own. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points.html */
import { randomBytes } from "node:crypto";
import type * as S3Control from "@aws-sdk/client-s3-control";
import { isPublicPolicy } from "@sagekeep/engine";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { accessPointArn } from "../../s3/bucket-name.ts";
import { checkPolicy } from "../../s3/bucket-policy.ts";
import { principalExists } from "../../s3/operations/bucket-configuration.ts";
import { ALL_BLOCKED, effectiveBlock, wholeBlock } from "../../s3/public-access.ts";
import { type AccessPoint, accessPoints, buckets } from "../../s3/state.ts";
import { wholeSecond } from "../../s3/time.ts";
import { invalidRequest, noSuchAccessPoint, noSuchAccessPointPolicy } from "../errors.ts";

/** What is no name at all is no path either. */
const IN_PATH = /^[a-z0-9.-]{3,50}$/;
const NAME = /^[a-z0-9](?:[a-z0-9-]{1,48})[a-z0-9]$/;

/** As recorded on AWS. @throws InvalidURI, InvalidRequest */
function checkName(name: string): void {
  if (!IN_PATH.test(name)) {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", {
      status: 400,
      members: { URI: `accesspoint/${name}` },
    });
  }
  if (!NAME.test(name) || name.endsWith("-s3alias") || name.endsWith("--ol-s3")) {
    throw invalidRequest("Your Amazon S3 AccessPoint name is invalid");
  }
}

interface OfPoint {
  AccountId?: string | undefined;
  Name: string;
}

/** The account that an operation is about. */
export const accountOf = (input: { AccountId?: string | undefined }, context: { account: string }): string =>
  input.AccountId ?? context.account;

/** Name of an access point given by name or ARN. */
export const nameOf = (name: string): string => /:accesspoint\/(.+)$/.exec(name)?.[1] ?? name;

export const pointKey = (input: OfPoint, context: { account: string; region: string }) =>
  `${accountOf(input, context)}/${context.region}/${nameOf(input.Name)}`;

/** @throws NoSuchAccessPoint */
function pointOf(input: OfPoint, context: CallContext): Readonly<AccessPoint> {
  const point = accessPoints(context).get(pointKey(input, context));
  if (!point) throw noSuchAccessPoint(nameOf(input.Name));
  context.note({
    resources: [{ ARN: accessPointArn(point), accountId: point.account, type: "AWS::S3::AccessPoint" }],
  });
  return point;
}

const ALIAS_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `name-<34 characters>-s3alias`, cut to the length of a bucket's name. */
function newAlias(name: string): string {
  const random = Array.from(randomBytes(34), (byte) => ALIAS_ALPHABET[byte % 36]).join("");
  return `${name.slice(0, 19).replace(/-$/, "")}-${random}-s3alias`;
}

function endpointsOf(region: string): Record<string, string> {
  return {
    ipv4: `s3-accesspoint.${region}.amazonaws.com`,
    fips: `s3-accesspoint-fips.${region}.amazonaws.com`,
    fips_dualstack: `s3-accesspoint-fips.dualstack.${region}.amazonaws.com`,
    dualstack: `s3-accesspoint.dualstack.${region}.amazonaws.com`,
  };
}

const summary = (point: Readonly<AccessPoint>) => ({
  Name: point.name,
  NetworkOrigin: point.vpcId ? ("VPC" as const) : ("Internet" as const),
  ...(point.vpcId !== undefined && { VpcConfiguration: { VpcId: point.vpcId } }),
  Bucket: point.bucket,
  Alias: point.alias,
  AccessPointArn: accessPointArn(point),
  BucketAccountId: point.bucketAccount,
});

export const accessPointOperations: Handlers<typeof S3Control, CallContext> = {
  CreateAccessPoint(input, context) {
    const name = input.Name;
    checkName(name);
    if (input.Scope !== undefined)
      throw invalidRequest("Scope is only for access points of directory buckets");
    const account = accountOf(input, context);
    const bucketName = /^arn:[^:]*:s3:::(.+)$/.exec(input.Bucket)?.[1] ?? input.Bucket;
    const bucket = buckets(context).get(bucketName);
    if (!bucket) throw invalidRequest("Amazon S3 AccessPoint can only be created for existing bucket");
    if (bucket.account !== (input.BucketAccountId ?? account)) {
      throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
    }
    if (bucket.region !== context.region)
      throw invalidRequest("The bucket is in a different Region than the access point");
    const key = pointKey(input, context);
    if (accessPoints(context).has(key)) {
      throw new AwsError(
        "AccessPointAlreadyOwnedByYou",
        "Your previous request to create the named accesspoint succeeded and you already own it.",
        { status: 409 },
      );
    }
    const point: AccessPoint = {
      name,
      account,
      region: context.region,
      bucket: bucketName,
      bucketAccount: bucket.account,
      alias: newAlias(name),
      created: wholeSecond(context.now),
      publicAccessBlock: input.PublicAccessBlockConfiguration
        ? wholeBlock(input.PublicAccessBlockConfiguration)
        : ALL_BLOCKED,
      ...(input.VpcConfiguration?.VpcId !== undefined && { vpcId: input.VpcConfiguration.VpcId }),
      ...(input.Tags?.length && {
        tags: Object.fromEntries(input.Tags.map((tag) => [tag.Key, tag.Value ?? ""])),
      }),
    };
    accessPoints(context).put(key, point);
    return { AccessPointArn: accessPointArn(point), Alias: point.alias };
  },

  GetAccessPoint(input, context) {
    const point = pointOf(input, context);
    const { AccessPointArn, ...rest } = summary(point);
    return {
      ...rest,
      PublicAccessBlockConfiguration: { ...point.publicAccessBlock },
      CreationDate: new Date(point.created),
      AccessPointArn,
      Endpoints: endpointsOf(point.region),
    };
  },

  ListAccessPoints(input, context) {
    const account = accountOf(input, context);
    const all = accessPoints(context)
      .list({ prefix: `${account}/${context.region}/` })
      .filter((one) => input.Bucket === undefined || one.bucket === input.Bucket);
    const after = input.NextToken === undefined ? "" : Buffer.from(input.NextToken, "base64url").toString();
    const rest = all.filter((one) => one.name > after);
    const page = rest.slice(0, Math.min(input.MaxResults ?? 1000, 1000));
    const last = page.at(-1);
    return {
      AccessPointList: page.map(summary),
      ...(page.length < rest.length && last && { NextToken: Buffer.from(last.name).toString("base64url") }),
    };
  },

  DeleteAccessPoint(input, context) {
    pointOf(input, context);
    accessPoints(context).delete(pointKey(input, context));
    context.responseStatus = 204;
    return {};
  },

  GetAccessPointPolicy(input, context) {
    const { policy, name } = pointOf(input, context);
    if (policy === undefined) throw noSuchAccessPointPolicy(name);
    return { Policy: policy };
  },

  PutAccessPointPolicy(input, context) {
    const point = pointOf(input, context);
    const arn = accessPointArn(point);
    checkPolicy(input.Policy, {
      arn,
      objects: `${arn}/object/`,
      principalExists: principalExists(context),
    });
    const bucket = buckets(context).get(point.bucket);
    const block = bucket ? effectiveBlock(bucket, context, point) : point.publicAccessBlock;
    if (block.BlockPublicPolicy && isPublicPolicy(JSON.parse(input.Policy))) {
      throw new AwsError(
        "AccessDenied",
        `User: ${context.caller.arn} is not authorized to perform: s3:PutAccessPointPolicy on resource: "${arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
        { status: 403 },
      );
    }
    accessPoints(context).update(pointKey(input, context), (draft) => {
      draft.policy = input.Policy;
    });
    return {};
  },

  DeleteAccessPointPolicy(input, context) {
    const point = pointOf(input, context);
    if (point.policy === undefined) throw noSuchAccessPointPolicy(point.name);
    accessPoints(context).update(pointKey(input, context), (draft) => {
      delete draft.policy;
    });
    context.responseStatus = 204;
    return {};
  },

  GetAccessPointPolicyStatus(input, context) {
    const { policy, name } = pointOf(input, context);
    if (policy === undefined) throw noSuchAccessPointPolicy(name);
    return { PolicyStatus: { IsPublic: isPublicPolicy(JSON.parse(policy)) } };
  },
};
