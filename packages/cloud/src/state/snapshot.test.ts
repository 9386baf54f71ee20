import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { restoreState } from "./restore.ts";
import { snapshotState } from "./snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "sagekeep-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: { code?: string }) => error.code ?? String(error),
  );
const template = JSON.stringify({
  Resources: { Name: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: "one" } } },
});

/** Large enough for a file of its own. */
const sealedContent = "sealed content ".repeat(10_000);

/** A bit of everything that rests somewhere else: rows, bodies, sealed bodies, secrets, stacks. */
async function fill(cloud: Cloud): Promise<string> {
  await cloud.call("s3", "CreateBucket", { Bucket: "kept-bucket" });
  const { KeyMetadata } = await cloud.call("kms", "CreateKey", {});
  const { CiphertextBlob } = await cloud.call("kms", "Encrypt", {
    KeyId: KeyMetadata.KeyId,
    Plaintext: Buffer.from("secret"),
  });
  const put = (Key: string, Body: string, more: object = {}) =>
    cloud.call("s3", "PutObject", { Bucket: "kept-bucket", Key, Body, ...more });
  await put("plain", "content");
  await put("sealed", sealedContent, {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: KeyMetadata.KeyId,
  });
  await put("empty", "");
  await put("large", "0123456789".repeat(100_000));
  await cloud.call("ssm", "PutParameter", { Name: "/secret", Value: "hidden", Type: "SecureString" });
  await cloud.call("cloudformation", "CreateStack", { StackName: "kept-stack", TemplateBody: template });
  return Buffer.from(CiphertextBlob).toString("base64");
}

async function check(cloud: Cloud, ciphertext: string): Promise<void> {
  const get = async (Key: string) =>
    text((await cloud.call("s3", "GetObject", { Bucket: "kept-bucket", Key })).Body);
  expect(await get("plain")).toBe("content");
  expect(await get("sealed")).toBe(sealedContent);
  expect(await get("empty")).toBe("");
  expect(await get("large")).toBe("0123456789".repeat(100_000));
  const { Parameter } = await cloud.call("ssm", "GetParameter", { Name: "/secret", WithDecryption: true });
  expect(Parameter.Value).toBe("hidden");
  const { Plaintext } = await cloud.call("kms", "Decrypt", {
    CiphertextBlob: Buffer.from(ciphertext, "base64"),
  });
  expect(Buffer.from(Plaintext).toString()).toBe("secret");
  const { Stacks } = await cloud.call("cloudformation", "DescribeStacks", { StackName: "kept-stack" });
  expect(Stacks[0].StackStatus).toBe("CREATE_COMPLETE");
  const { Events } = await cloud.call("cloudtrail", "LookupEvents", {});
  expect(Events.map((event: { EventName: string }) => event.EventName)).toContain("CreateBucket");
}

describe("a snapshot", () => {
  const state = join(folder, "first");
  const archive = join(folder, "first.tar.gz");
  let ciphertext = "";
  let keys: { accessKeyId: string } | undefined;

  beforeAll(async () => {
    const cloud = await startCloud({ state });
    ciphertext = await fill(cloud);
    keys = cloud.credentials;
    const taken = await cloud.snapshot(archive);
    expect(taken.objects).toBeGreaterThanOrEqual(2);
    // what comes later is not in it, what goes later is
    await cloud.call("ssm", "PutParameter", { Name: "/later", Value: "x", Type: "String" });
    await cloud.call("s3", "DeleteObject", { Bucket: "kept-bucket", Key: "plain" });
    expect(await code(cloud.snapshot(archive))).toBe("CLOUD0007");
    expect(await code(restoreState(archive, state, { force: true }))).toBe("CLOUD0001");
    await cloud.close();
  });

  it("holds secrets, so only its owner can read it", () => {
    expect(statSync(archive).mode & 0o777).toBe(0o600);
  });

  it("brings everything back in another folder, where the cloud listens on another port", async () => {
    const target = join(folder, "second");
    const restored = await restoreState(archive, target);
    expect(restored.folder).toBe(target);
    for (const name of ["state.db", "master.key", "credentials.json"])
      expect(statSync(join(target, name)).mode & 0o777).toBe(0o600);
    const cloud = await startCloud({ state: target, listen: true, port: 0 });
    expect(cloud.credentials).toEqual(keys);
    await check(cloud, ciphertext);
    expect(await code(cloud.call("ssm", "GetParameter", { Name: "/later" }))).toBe("ParameterNotFound");
    await cloud.close();
  });

  it("replaces state only when told to, and leaves what is not the cloud's", async () => {
    writeFileSync(join(state, "notes.txt"), "mine");
    expect(await code(restoreState(archive, state))).toBe("CLOUD0007");
    const before = await startCloud({ state });
    expect((await before.call("ssm", "GetParameter", { Name: "/later" })).Parameter.Value).toBe("x");
    await before.close();
    await restoreState(archive, state, { force: true });
    expect(readFileSync(join(state, "notes.txt"), "utf8")).toBe("mine");
    const after = await startCloud({ state });
    await check(after, ciphertext);
    expect(await code(after.call("ssm", "GetParameter", { Name: "/later" }))).toBe("ParameterNotFound");
    await after.close();
  });

  it("of a stopped cloud is the same", async () => {
    const again = join(folder, "again.tar.gz");
    await snapshotState(join(folder, "second"), again);
    await restoreState(again, join(folder, "third"));
    const cloud = await startCloud({ state: join(folder, "third") });
    await check(cloud, ciphertext);
    await cloud.close();
    expect(await code(snapshotState(join(folder, "nowhere"), join(folder, "x")))).toBe("CLOUD0009");
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it("of state in memory is one too", async () => {
    const memory = await startCloud();
    const sealed = await fill(memory);
    await memory.snapshot(join(folder, "memory.tar.gz"));
    await memory.close();
    await restoreState(join(folder, "memory.tar.gz"), join(folder, "from-memory"));
    const cloud = await startCloud({ state: join(folder, "from-memory") });
    await check(cloud, sealed);
    await cloud.close();
  });

  it("taken under load is consistent: every row has its body", async () => {
    const cloud = await startCloud({ state: join(folder, "busy") });
    await cloud.call("s3", "CreateBucket", { Bucket: "busy-bucket" });
    let stop = false;
    let acknowledged = -1;
    const load = (async () => {
      for (let i = 0; !stop; i++) {
        await cloud.call("s3", "PutObject", {
          Bucket: "busy-bucket",
          Key: `k${i % 10}`,
          Body: `${i}:${"x".repeat(60_000)}`,
        });
        acknowledged = i;
      }
    })();
    while (acknowledged < 30) await new Promise((done) => setTimeout(done, 5));
    const least = acknowledged;
    await cloud.snapshot(join(folder, "busy.tar.gz"));
    stop = true;
    await load;
    await cloud.close();
    await restoreState(join(folder, "busy.tar.gz"), join(folder, "busy-2"));
    const copy = await startCloud({ state: join(folder, "busy-2") });
    const found: number[] = [];
    for (let i = 0; i < 10; i++) {
      const body = await text(
        (await copy.call("s3", "GetObject", { Bucket: "busy-bucket", Key: `k${i}` })).Body,
      );
      expect(body).toMatch(/^\d+:x{60000}$/);
      found.push(Number(body.split(":")[0]));
    }
    expect(Math.max(...found)).toBeGreaterThanOrEqual(least);
    await copy.close();
  });

  it("that is damaged changes nothing", async () => {
    const whole = readFileSync(archive);
    const tar = gunzipSync(whole);
    const at = (name: string) => tar.indexOf(name);
    const changed = (change: (copy: Buffer) => void): Buffer => {
      const copy = Buffer.from(tar);
      change(copy);
      return gzipSync(copy);
    };
    const damages: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      "not an archive": Buffer.from("hello"),
      "cut off": whole.subarray(0, whole.length >> 1),
      "one byte cut off": whole.subarray(0, whole.length - 1),
      "a bit turned": Buffer.from(whole).fill(0xff, whole.length >> 1, (whole.length >> 1) + 1),
      "cut off inside, packed again": gzipSync(tar.subarray(0, 4096)),
      "without its last file": gzipSync(Buffer.concat([tar.subarray(0, 2048), Buffer.alloc(1024)])),
      "a name that leaves the folder": changed((copy) => {
        const header = at("objects/");
        copy.write("../../outside.txt\0", header);
        copy.write("        ", header + 148);
        const sum = copy.subarray(header, header + 512).reduce((all, byte) => all + byte, 0);
        copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, header + 148);
      }),
      "a damaged database": changed((copy) =>
        copy.fill(0x41, at("SQLite format 3") + 4096 - 20, at("SQLite format 3") + 5000),
      ),
      "a newer format": changed((copy) => copy.write('"format":9', at('"format":1'))),
    };
    const target = join(folder, "second");
    const before = readFileSync(join(target, "state.db"));
    for (const [name, bytes] of Object.entries(damages)) {
      const file = join(folder, "damaged.tar.gz");
      writeFileSync(file, bytes);
      expect(await code(restoreState(file, target, { force: true })), name).toBe("CLOUD0008");
      expect(await code(restoreState(file, join(folder, "nothing"))), name).toBe("CLOUD0008");
      expect(existsSync(join(folder, "nothing")), name).toBe(false);
    }
    expect(readFileSync(join(target, "state.db")).equals(before)).toBe(true);
    expect(existsSync(join(folder, "outside.txt"))).toBe(false);
    expect(await code(restoreState(join(folder, "no-such-file"), target, { force: true }))).toBe("ENOENT");
  });
});
