/** The AWS CLI and boto3, where they are installed, against S3, S3 Control and KMS. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

const run = promisify(execFile);
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const cli = has("aws", "--version");
const boto3 = has("python3", "-c", "import boto3");

let cloud: Cloud;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sagekeep-cli-"));
  cloud = await startCloud({ listen: true, port: 0, state: join(folder, "state") });
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
  };
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const aws = async (...args: string[]) => (await run("aws", args, { env, cwd: folder })).stdout;

describe.skipIf(!cli)("the AWS CLI (skipped where `aws` is not installed)", () => {
  it("makes a bucket, copies both ways, lists, presigns and removes", async () => {
    await aws("s3", "mb", "s3://cli-bucket");
    const content = Buffer.alloc(9 * 1024 * 1024, "sagekeep ");
    writeFileSync(join(folder, "up.bin"), content);
    await aws("s3", "cp", "up.bin", "s3://cli-bucket/dir/up.bin", "--no-progress");
    await aws("s3", "cp", "s3://cli-bucket/dir/up.bin", "down.bin", "--no-progress");
    expect(readFileSync(join(folder, "down.bin")).equals(content)).toBe(true);
    const link = (await aws("s3", "presign", "s3://cli-bucket/dir/up.bin")).trim();
    const answer = await fetch(link, { headers: { range: "bytes=0-8" } });
    expect([answer.status, await answer.text()]).toEqual([206, "sagekeep "]);
    await aws("s3", "rb", "s3://cli-bucket", "--force");
    expect((await cloud.call("s3", "ListBuckets")).Buckets).toEqual([]);
  }, 120_000);
});

const SCRIPT = `
import boto3, botocore, json, os, sys
s3, kms = boto3.client("s3"), boto3.client("kms")
key = kms.create_key(Description="k")["KeyMetadata"]
kms.create_alias(AliasName="alias/boto", TargetKeyId=key["KeyId"])
blob = kms.encrypt(KeyId="alias/boto", Plaintext=b"hello", EncryptionContext={"a": "b"})["CiphertextBlob"]
out = {"plain": kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"].decode()}
s3.create_bucket(Bucket="boto-bucket")
put = s3.put_object(Bucket="boto-bucket", Key="a b/ü", Body=b"x" * 1000, ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/boto", Metadata={"m": "1"}, Tagging="t=1")
got = s3.get_object(Bucket="boto-bucket", Key="a b/ü")
out["same"] = put["SSEKMSKeyId"] == key["Arn"] == got["SSEKMSKeyId"] and got["Body"].read() == b"x" * 1000
out["keys"] = [o["Key"] for o in s3.list_objects_v2(Bucket="boto-bucket")["Contents"]]
def code(f, **k):
    try: f(**k)
    except botocore.exceptions.ClientError as e: return [e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"]]
out["missing"] = code(s3.get_object, Bucket="boto-bucket", Key="none")
out["head"] = code(s3.head_object, Bucket="boto-bucket", Key="none")
out["cipher"] = code(kms.decrypt, CiphertextBlob=blob)
out["unsupported"] = code(kms.create_custom_key_store, CustomKeyStoreName="x")
control = boto3.client("s3control", endpoint_url="http://s3-control.us-east-1.amazonaws.com", config=botocore.config.Config(proxies={"http": os.environ["AWS_ENDPOINT_URL"]}))
point = control.create_access_point(AccountId="111122223333", Name="boto-point", Bucket="boto-bucket")
out["point"] = s3.head_object(Bucket=point["Alias"], Key="a b/ü")["ContentLength"]
print(json.dumps(out))
`;

describe.skipIf(!boto3)("boto3 (skipped where it is not installed)", () => {
  it("encrypts, stores, lists and reads errors as on AWS", async () => {
    const { stdout } = await run("python3", ["-c", SCRIPT], { env });
    expect(JSON.parse(stdout)).toEqual({
      plain: "hello",
      same: true,
      keys: ["a b/ü"],
      missing: ["NoSuchKey", 404],
      head: ["404", 404],
      cipher: ["InvalidCiphertextException", 400],
      unsupported: ["UnsupportedOperationException", 400],
      point: 1000,
    });
  }, 120_000);
});
