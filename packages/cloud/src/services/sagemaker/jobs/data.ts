/** A job's data between S3 and its folders, under the job's role and from its network position. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import type { CallContext } from "../../../context.ts";
import { bodyOf } from "../../../wire/body.ts";
import { type AwsError, isAwsError } from "../../../wire/errors.ts";
import { bytesOf } from "./body.ts";
import type { DataInput, DataOutput, JobPlan } from "./plan.ts";
import type { JobSession } from "./session.ts";
import { archive, filesUnder } from "./tar.ts";

/** A job cannot go on: its FailureReason. */
export class JobFailure extends Error {}

const location = (uri: string) => {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
};

/** What S3 said, as the SDK inside of SageMaker's agent prints it. */
export function spoken(error: unknown): string {
  if (!isAwsError(error)) return String((error as Error).message ?? error);
  const { code, message } = error as AwsError;
  return `${code}: ${message}`;
}

/** Downloads one input into `root`. Answers the files written. @throws JobFailure with AWS's reason */
export async function download(
  input: DataInput,
  plan: JobPlan,
  root: string,
  session: JobSession,
  context: CallContext,
): Promise<string[]> {
  const { bucket, key } = location(input.uri);
  const fail = (what: string, error: unknown) =>
    new JobFailure(`${plan.downloadFailure} ${what} failed for ${input.uri}: ${spoken(error)}`);
  if (bucket === "") throw new JobFailure(`${plan.downloadFailure} Invalid S3 URI: ${input.uri}`);
  let keys: string[];
  try {
    keys = input.kind === "object" ? [key] : await listKeys(bucket, key, session, context);
  } catch (error) {
    throw fail("ListObjectsV2", error);
  }
  if (keys.length === 0) {
    throw new JobFailure(
      `${plan.downloadFailure} No S3 objects found under S3 URL "${input.uri}" given in input data source. Please ensure that the bucket exists in the selected region (${context.region}), that objects exist under that S3 prefix, and that the role "${plan.role}" has "s3:ListBucket" permissions on bucket "${bucket}".`,
    );
  }
  if (input.kind === "manifest") return downloadManifest(input, plan, root, session, context, fail);
  const base = key.slice(0, key.lastIndexOf("/") + 1);
  const written: string[] = [];
  for (const one of keys) {
    if (one.endsWith("/")) continue;
    try {
      written.push(
        await fetchObject(
          bucket,
          one,
          join(root, input.path, within(one.slice(base.length))),
          session,
          context,
        ),
      );
    } catch (error) {
      throw fail("GetObject", error);
    }
  }
  return written;
}

/** A relative path that cannot leave its folder. */
function within(path: string): string {
  const plain = normalize(path);
  return plain.startsWith("..") || plain.startsWith(sep) ? plain.replace(/^[./\\]+/, "") : plain;
}

async function downloadManifest(
  input: DataInput,
  plan: JobPlan,
  root: string,
  session: JobSession,
  context: CallContext,
  fail: (what: string, error: unknown) => JobFailure,
): Promise<string[]> {
  const { bucket, key } = location(input.uri);
  const written: string[] = [];
  try {
    const bytes = await readObject(bucket, key, session, context);
    const entries = JSON.parse(bytes.toString("utf8")) as ({ prefix?: string } | string)[];
    const prefix = entries.find(
      (one): one is { prefix: string } => typeof one === "object" && one.prefix !== undefined,
    );
    for (const entry of entries) {
      if (typeof entry !== "string") continue;
      const from = location(`${prefix?.prefix ?? ""}${entry}`);
      written.push(
        await fetchObject(from.bucket, from.key, join(root, input.path, within(entry)), session, context),
      );
    }
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new JobFailure(`${plan.downloadFailure} Manifest ${input.uri} is not valid JSON.`);
    throw fail("GetObject", error);
  }
  return written;
}

async function listKeys(
  bucket: string,
  prefix: string,
  session: JobSession,
  context: CallContext,
): Promise<string[]> {
  const keys: string[] = [];
  for (let token: string | undefined; ; ) {
    const page = await session.call(
      "s3",
      "ListObjectsV2",
      {
        Bucket: bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      },
      context,
    );
    for (const { Key } of (page.Contents ?? []) as { Key: string }[]) keys.push(Key);
    if (!page.NextContinuationToken) return keys;
    token = page.NextContinuationToken as string;
  }
}

async function readObject(
  bucket: string,
  key: string,
  session: JobSession,
  context: CallContext,
): Promise<Buffer> {
  const { Body } = await session.call("s3", "GetObject", { Bucket: bucket, Key: key }, context);
  return bytesOf(Body);
}

async function fetchObject(
  bucket: string,
  key: string,
  path: string,
  session: JobSession,
  context: CallContext,
): Promise<string> {
  const bytes = await readObject(bucket, key, session, context);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** Uploads one output from `root`. Answers the URIs written. @throws JobFailure with AWS's reason */
export async function upload(
  output: DataOutput,
  root: string,
  session: JobSession,
  context: CallContext,
): Promise<string[]> {
  const folder = join(root, output.path);
  const { bucket, key } = location(output.uri);
  const put = async (name: string, bytes: Buffer) => {
    try {
      await session.call(
        "s3",
        "PutObject",
        {
          Bucket: bucket,
          Key: name,
          Body: bodyOf(bytes),
          ContentLength: bytes.length,
          ...(output.kmsKey !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: output.kmsKey }),
        },
        context,
      );
    } catch (error) {
      throw new JobFailure(
        `ClientError: Failed to upload data. PutObject failed for s3://${bucket}/${name}: ${spoken(error)}`,
      );
    }
    return `s3://${bucket}/${name}`;
  };
  if (output.archive !== undefined) {
    const bytes = archive(folder, context.now);
    return bytes ? [await put(key, bytes)] : [];
  }
  const written: string[] = [];
  const base = key === "" || key.endsWith("/") ? key : `${key}/`;
  for (const file of filesUnder(folder)) {
    written.push(await put(`${base}${relative(folder, file).split(sep).join("/")}`, readFileSync(file)));
  }
  return written;
}
