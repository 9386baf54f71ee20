/**
 * The names a bucket goes by: its own, an access point's alias or ARN.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { accessDenied, invalidArgument, noSuchBucket } from "./errors.ts";
import { type AccessPoint, accessPoints, type Bucket, buckets } from "./state.ts";

const VALID = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** @throws InvalidBucketName unless a new bucket may have this name. */
export function checkNewName(name: string): void {
  const bad =
    !VALID.test(name) ||
    ADDRESS.test(name) ||
    name.includes("..") ||
    name.includes(".-") ||
    name.includes("-.") ||
    RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
    RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (bad) throw invalidName(name);
}

const invalidName = (name: string) =>
  new AwsError("InvalidBucketName", "The specified bucket is not valid.", {
    status: 400,
    members: { BucketName: name },
  });

/** A bucket as a request addresses it. */
export interface Addressed {
  bucket: Readonly<Bucket>;
  /** The access point it was reached through. */
  accessPoint?: Readonly<AccessPoint>;
  /** ARN that actions on the bucket are authorized on. */
  arn: string;
  /** ARN that actions on one of its objects are authorized on. */
  objectArn: (key: string) => string;
}

/** The bucket meant by a `Bucket` member. @throws NoSuchBucket */
export function address(name: string, context: ReadContext, expectedOwner?: string): Addressed {
  const found = find(name, context);
  const { accessPoint } = found;
  // an access point of a VPC is closed to everybody outside of it
  if (accessPoint?.vpcId !== undefined && context.path.context["aws:SourceVpc"] !== accessPoint.vpcId) {
    throw accessDenied();
  }
  if (expectedOwner && !/^\d{12}$/.test(expectedOwner)) throw noAccountId(expectedOwner);
  if (expectedOwner && found.bucket.account !== expectedOwner) throw accessDenied();
  return found;
}

const noAccountId = (given: string) =>
  new AwsError(
    "InvalidBucketOwnerAWSAccountID",
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${given}]`,
    { status: 400 },
  );

function find(name: string, context: ReadContext): Addressed {
  const bucket = buckets(context).get(name);
  if (bucket) {
    return { bucket, arn: `arn:aws:s3:::${name}`, objectArn: (key) => `arn:aws:s3:::${name}/${key}` };
  }
  const accessPoint = findAccessPoint(name, context);
  const behind = accessPoint && buckets(context).get(accessPoint.bucket);
  if (!accessPoint || !behind) {
    if (name.startsWith("arn:")) throw noSuchAccessPoint(name);
    // what no bucket can be called, by the old rules of us-east-1 neither
    throw /^[\w.-]{3,255}$/.test(name) ? noSuchBucket(name) : invalidName(name);
  }
  const arn = accessPointArn(accessPoint);
  return { bucket: behind, accessPoint, arn, objectArn: (key) => `${arn}/object/${key}` };
}

export function accessPointArn(point: Pick<AccessPoint, "region" | "account" | "name">): string {
  return `arn:aws:s3:${point.region}:${point.account}:accesspoint/${point.name}`;
}

/** Access point by ARN (`accesspoint/name` or `accesspoint:name`) or alias. */
function findAccessPoint(name: string, context: ReadContext): Readonly<AccessPoint> | undefined {
  if (name.startsWith("arn:")) {
    const match = /^arn:aws:s3:([^:]*):(\d*):accesspoint[:/]([^:/]+)$/.exec(name);
    if (!match) throw invalidArgument("Invalid ARN", "Bucket", name);
    return accessPoints(context).get(`${match[2]}/${match[1]}/${match[3]}`);
  }
  if (!name.endsWith("-s3alias")) return undefined;
  return accessPoints(context)
    .list()
    .find((one) => one.alias === name);
}

export const noSuchAccessPoint = (name: string) =>
  new AwsError("NoSuchAccessPoint", "The specified accesspoint does not exist", {
    status: 404,
    members: { AccessPointName: name },
  });
