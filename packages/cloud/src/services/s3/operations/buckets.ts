/** Buckets themselves: create, head, list, delete, location. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclOfNewBucket } from "../acl.ts";
import { address, checkNewName } from "../bucket-name.ts";
import { invalidArgument } from "../errors.ts";
import { ALL_BLOCKED } from "../public-access.ts";
import { isRegion } from "../regions.ts";
import {
  accessPoints,
  type Bucket,
  buckets,
  canonicalId,
  objects,
  olderVersions,
  parts,
  uploads,
} from "../state.ts";
import { tagsOf } from "../tags.ts";
import { wholeSecond } from "../time.ts";
import { dropUpload } from "../uploads.ts";

export const DEFAULT_ENCRYPTION: S3.ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
};

const OWNERSHIPS: string[] = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];

export const bucketArn = (name: string) => `arn:aws:s3:::${name}`;

const conflict = (code: string, message: string, name: string) =>
  new AwsError(code, message, { status: 409, members: { BucketName: name } });

/** Region of a new bucket, from the constraint and the endpoint that was called. */
function regionOf(constraint: string | undefined, region: string): string {
  if (constraint === "EU") return "eu-west-1";
  if (constraint === "us-east-1" || constraint === "") {
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      status: 400,
      members: { LocationConstraint: constraint },
    });
  }
  if (constraint !== undefined && !isRegion(constraint)) {
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      status: 400,
      members: { LocationConstraint: constraint },
    });
  }
  if (region !== "us-east-1" && constraint !== region) {
    throw new AwsError(
      "IllegalLocationConstraintException",
      `The ${constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      { status: 400 },
    );
  }
  return constraint ?? "us-east-1";
}

export const bucketOperations: Handlers<typeof S3, CallContext> = {
  CreateBucket(input, context) {
    const name = input.Bucket;
    checkNewName(name);
    const configuration = input.CreateBucketConfiguration;
    if (configuration?.Bucket !== undefined || configuration?.Location !== undefined) {
      throw new AwsError(
        "NotImplemented",
        "directory buckets are not supported by the Sagekeep local cloud",
        {
          status: 501,
        },
      );
    }
    const region = regionOf(configuration?.LocationConstraint, context.region);
    const existing = buckets(context).get(name);
    if (existing && existing.account !== context.account) {
      throw conflict(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        name,
      );
    }
    if (existing && (region !== "us-east-1" || existing.region !== region)) {
      throw conflict(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        name,
      );
    }
    if (input.ObjectOwnership !== undefined && !OWNERSHIPS.includes(input.ObjectOwnership)) {
      throw invalidArgument(
        `Invalid x-amz-object-ownership header: ${input.ObjectOwnership}`,
        "x-amz-object-ownership",
      );
    }
    if (!existing) {
      const ownership = input.ObjectOwnership ?? "BucketOwnerEnforced";
      const bucket: Bucket = {
        name,
        account: context.account,
        region,
        ...(configuration?.LocationConstraint === "EU" && { locationConstraint: "EU" }),
        created: wholeSecond(context.now),
        encryption: DEFAULT_ENCRYPTION,
        ownership,
        publicAccessBlock: ALL_BLOCKED,
        ...(configuration?.Tags?.length && { tags: tagsOf(configuration.Tags, "bucket") }),
      };
      const acl = aclOfNewBucket(input, bucket, context);
      if (acl) bucket.acl = acl;
      if (input.ObjectLockEnabledForBucket) {
        bucket.versioning = "Enabled";
        bucket.lock = { ObjectLockEnabled: "Enabled" };
      }
      buckets(context).put(name, bucket);
    }
    context.note({
      resources: [{ ARN: bucketArn(name), accountId: context.account, type: "AWS::S3::Bucket" }],
    });
    const Location = region === "us-east-1" ? `/${name}` : `http://${name}.s3.amazonaws.com/`;
    return { Location, BucketArn: bucketArn(name) };
  },

  HeadBucket(input, context) {
    const { bucket, accessPoint } = address(input.Bucket, context, input.ExpectedBucketOwner);
    return {
      BucketArn: bucketArn(bucket.name),
      BucketRegion: bucket.region,
      AccessPointAlias: accessPoint !== undefined,
    };
  },

  GetBucketLocation(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    if (bucket.region === "us-east-1") return {};
    return {
      LocationConstraint: (bucket.locationConstraint ?? bucket.region) as S3.BucketLocationConstraint,
    };
  },

  ListBuckets(input, context) {
    const { MaxBuckets, ContinuationToken, Prefix, BucketRegion } = input;
    if (MaxBuckets !== undefined && (MaxBuckets < 1 || MaxBuckets > 10_000)) {
      throw invalidArgument(
        "MaxBuckets must be an integer between 1 and 10000",
        "max-buckets",
        String(MaxBuckets),
      );
    }
    if (BucketRegion !== undefined && !isRegion(BucketRegion)) {
      throw invalidArgument(`Argument value ${BucketRegion} is not a valid AWS Region`, "bucket-region");
    }
    const paged = MaxBuckets !== undefined || Prefix !== undefined || BucketRegion !== undefined;
    const after =
      ContinuationToken === undefined ? "" : Buffer.from(ContinuationToken, "base64url").toString();
    const mine = buckets(context)
      .list({ ...(Prefix !== undefined && { prefix: Prefix }), after })
      .filter((one) => one.account === context.account)
      .filter((one) => BucketRegion === undefined || one.region === BucketRegion);
    const page = mine.slice(0, MaxBuckets ?? 10_000);
    const last = page.at(-1);
    return {
      Buckets: page.map((one) => ({
        Name: one.name,
        CreationDate: new Date(one.created),
        BucketArn: bucketArn(one.name),
        ...(paged && { BucketRegion: one.region }),
      })),
      Owner: { ID: canonicalId(context.account) },
      ...(Prefix !== undefined && { Prefix }),
      ...(page.length < mine.length &&
        last && { ContinuationToken: Buffer.from(last.name).toString("base64url") }),
    };
  },

  DeleteBucket(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { name } = bucket;
    if (
      objects(context, name).entries({ limit: 1 }).length ||
      olderVersions(context, name).entries({ limit: 1 }).length
    ) {
      const more = bucket.versioning ? ". You must delete all versions in the bucket." : "";
      throw conflict("BucketNotEmpty", `The bucket you tried to delete is not empty${more}`, name);
    }
    if (
      accessPoints(context)
        .list()
        .some((one) => one.bucket === name)
    ) {
      throw conflict(
        "BucketHasAccessPointsAttached",
        "The bucket you tried to delete has access points attached. Delete your access points before deleting your bucket.",
        name,
      );
    }
    for (const upload of uploads(context, name).list()) dropUpload(context, name, upload.id);
    for (const [key] of parts(context, name).entries()) parts(context, name).delete(key);
    buckets(context).delete(name);
    context.note({
      resources: [{ ARN: bucketArn(name), accountId: bucket.account, type: "AWS::S3::Bucket" }],
    });
    return {};
  },
};
