/** What was acknowledged is there after a restart, and after a kill; what was not leaves nothing behind. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startCloud } from "../../cloud.ts";
import { bodiesOf } from "../../store/objects.ts";
import { sweep } from "./garbage.ts";

const folder = mkdtempSync(join(tmpdir(), "sagekeep-durable-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe("state on disk", () => {
  it("keeps objects and keys over a restart, and sweeps orphaned bodies", async () => {
    const state = join(folder, "restart");
    const before = await startCloud({ state });
    await before.call("s3", "CreateBucket", { Bucket: "kept-bucket" });
    const { KeyMetadata } = await before.call("kms", "CreateKey", {});
    const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyMetadata.KeyId };
    await before.call("s3", "PutObject", { Bucket: "kept-bucket", Key: "k", Body: "content", ...sealed });
    await before.close();
    const shard = join(state, "objects", "ff");
    mkdirSync(shard, { recursive: true });
    writeFileSync(join(shard, "ff-orphan"), "left by a killed process");
    utimesSync(join(shard, "ff-orphan"), 1, 1);
    const after = await startCloud({ state });
    expect(await text((await after.call("s3", "GetObject", { Bucket: "kept-bucket", Key: "k" })).Body)).toBe(
      "content",
    );
    expect(await bodiesOf(after.runtime.store).count()).toBe(2);
    expect(await sweep(after.runtime.store)).toBe(1);
    expect(await text((await after.call("s3", "GetObject", { Bucket: "kept-bucket", Key: "k" })).Body)).toBe(
      "content",
    );
    await after.close();
  });

  it("keeps every acknowledged object when the process is killed under load", async () => {
    const state = join(folder, "killed");
    const module = join(import.meta.dirname, "../../cloud.ts");
    const script = `
      const { startCloud } = await import(${JSON.stringify(module)});
      const cloud = await startCloud({ state: ${JSON.stringify(state)} });
      await cloud.call("s3", "CreateBucket", { Bucket: "load-bucket" });
      for (let i = 0; ; i++) {
        await cloud.call("s3", "PutObject", { Bucket: "load-bucket", Key: "k" + i, Body: "body " + i });
        console.log(i);
      }`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    let last = -1;
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (data: Buffer) => {
        last = Math.max(last, ...data.toString().trim().split("\n").slice(0, -1).map(Number));
        if (last >= 40) child.kill("SIGKILL");
      });
      child.on("exit", () => resolve());
    });
    expect(last).toBeGreaterThanOrEqual(40);
    const cloud = await startCloud({ state });
    for (let i = 0; i <= last; i++) {
      const got = await cloud.call("s3", "GetObject", { Bucket: "load-bucket", Key: `k${i}` });
      expect(await text(got.Body)).toBe(`body ${i}`);
    }
    await cloud.close();
  }, 60_000);
});
