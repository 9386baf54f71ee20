/** SageMaker along the workshop's rows through boto3, over the wire: `sagemaker_lab.py` holds the checks. */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startCloud } from "../../src/cloud.ts";

const absent = spawnSync("python3", ["-c", "import boto3"]).status !== 0;
if (absent && process.env.CI) throw new Error("python3 has no boto3: CI must have it");
if (absent) console.warn("skipped: this machine's python3 has no boto3");

const script = fileURLToPath(new URL("./sagemaker_lab.py", import.meta.url));

it.skipIf(absent)("boto3 plays the workshop's SageMaker", { timeout: 120_000 }, async () => {
  const cloud = await startCloud({ listen: true, port: 0, sageMaker: { transition: 20, jobDuration: 100 } });
  try {
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const ran = await new Promise<{ code: number; said: string }>((resolve) => {
      execFile(
        "python3",
        [script, cloud.endpoint as string, accessKeyId, secretAccessKey],
        (error, out, err) => {
          resolve({ code: error ? 1 : 0, said: out + err });
        },
      );
    });
    expect(ran.said).toMatch(/^(\d+) of \1 checks held\n$/);
    expect(ran.code).toBe(0);
  } finally {
    await cloud.close();
  }
});
