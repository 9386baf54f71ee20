/** Buckets and keys that steps make for themselves, so that no experiment touches real data. */
import { Clients, rootCredentials } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import type { Task } from "../../model.ts";
import { fillIn } from "../../placeholders.ts";

/** Name of a step's own bucket; the shape is the platform's, so that its S3 endpoint lets requests through. */
export const bucketName = ({ platform, account, region }: Bench, purpose: string) =>
  `${platform}-lab2-${purpose}-${account}-${region}`;
/** The same in a learner's file. */
export const bucketInFile = (purpose: string) =>
  `arn:aws:s3:::{{platform}}-lab2-${purpose}-{{account}}-{{region}}`;

const named = (...names: string[]) => {
  return (error: unknown) => {
    if (!names.includes((error as Error).name)) throw error;
  };
};

/** Makes a private bucket with objects in it; one left by an interrupted run is replaced. */
export async function makeBucket(
  bench: Bench,
  Bucket: string,
  objects: Readonly<Record<string, Record<string, string>>> = {},
  keyArn?: string,
): Promise<void> {
  await removeBucket(bench, Bucket);
  const { admin, region } = bench;
  await admin.call("s3", "CreateBucket", {
    Bucket,
    ...(region !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
    }),
  });
  await admin.call("s3", "PutBucketTagging", {
    Bucket,
    Tagging: { TagSet: [{ Key: "sagekeep:lab", Value: "02-data-protection" }] },
  });
  if (keyArn !== undefined)
    await admin.call("s3", "PutBucketEncryption", {
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
            BucketKeyEnabled: true,
          },
        ],
      },
    });
  for (const [Key, tags] of Object.entries(objects))
    await admin.call("s3", "PutObject", {
      Bucket,
      Key,
      Body: `${Key}\n`,
      Tagging: new URLSearchParams(tags).toString(),
    });
}

/** Removes a step's bucket with all that is in it. */
export async function removeBucket(bench: Bench, Bucket: string): Promise<void> {
  const { admin } = bench;
  try {
    await removeBucketPolicy(bench, Bucket);
    for (;;) {
      const { Contents } = await admin.call("s3", "ListObjectsV2", { Bucket });
      if (!Contents?.length) break;
      await admin.call("s3", "DeleteObjects", {
        Bucket,
        Delete: { Objects: Contents.map(({ Key = "" }) => ({ Key })) },
      });
    }
    await admin.call("s3", "DeleteBucket", { Bucket });
  } catch (error) {
    named("NoSuchBucket")(error);
  }
}

/**
 * A bucket policy can shut out the administrator who wrote it. Then only the account's root user may delete it; on the
 * local cloud the lab is that user for a moment.
 */
async function removeBucketPolicy(bench: Bench, Bucket: string): Promise<void> {
  try {
    await bench.admin.call("s3", "DeleteBucketPolicy", { Bucket });
  } catch (error) {
    if (!/AccessDenied/.test((error as Error).name)) throw error;
    if (!bench.isLocal)
      throw new Error(
        `the policy of bucket \`${Bucket}\` shuts out everybody, you included: sign in as the account's root user and run \`aws s3api delete-bucket-policy --bucket ${Bucket}\``,
      );
    const root = new Clients({ ...bench.admin.target, credentials: rootCredentials(bench.state) });
    try {
      await root.call("s3", "DeleteBucketPolicy", { Bucket });
    } finally {
      root.close();
    }
  }
}

/** How a learner's bucket policy comes into force and goes again. */
export function onBucket(purpose: string): Pick<Task, "kind" | "apply" | "remove"> {
  return {
    kind: "bucket",
    async apply(bench, document) {
      const Policy = await fillIn(bench, document);
      await bench.admin.call("s3", "PutBucketPolicy", { Bucket: bucketName(bench, purpose), Policy });
    },
    remove: (bench) => removeBucketPolicy(bench, bucketName(bench, purpose)),
  };
}

const keyAlias = ({ platform }: Bench) => `alias/${platform}-lab2`;

/** ARN of the key that a step made. */
export async function labKey(bench: Bench): Promise<string> {
  const { KeyMetadata } = await bench.admin.call("kms", "DescribeKey", { KeyId: keyAlias(bench) });
  return KeyMetadata?.Arn ?? "";
}

export const labKeyAlias = keyAlias;

/** Makes a key that identity policies of the account decide about, which is what KMS does by default. */
export async function makeKey(bench: Bench): Promise<string> {
  await removeKey(bench);
  const { KeyMetadata } = await bench.admin.call("kms", "CreateKey", {
    Description: "sagekeep lab 2: a practice key, removed after its step",
    Tags: [{ TagKey: "sagekeep:lab", TagValue: "02-data-protection" }],
  });
  const arn = KeyMetadata?.Arn ?? "";
  await bench.admin.call("kms", "CreateAlias", { AliasName: keyAlias(bench), TargetKeyId: arn });
  return arn;
}

/** A key cannot be deleted at once: it waits seven days, unusable and without cost. */
export async function removeKey(bench: Bench): Promise<void> {
  try {
    const KeyId = await labKey(bench);
    await bench.admin.call("kms", "DeleteAlias", { AliasName: keyAlias(bench) });
    await bench.admin.call("kms", "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  } catch (error) {
    named("NotFoundException")(error);
  }
}
