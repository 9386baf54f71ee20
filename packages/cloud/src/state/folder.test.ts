/** A state folder that cannot be used is refused with a way out, and nothing in it is touched. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCloud } from "../cloud.ts";
import { snapshotState } from "./snapshot.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sagekeep-folder-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const refused = (state: string) =>
  startCloud({ state }).then(
    (cloud) => cloud.close().then(() => "started"),
    (error: Error & { code?: string }) => `${error.code}: ${error.message.replaceAll(root, "ROOT")}`,
  );

test("a file in the way, and a place where no folder can be made", async () => {
  writeFileSync(join(root, "file"), "");
  expect(await refused(join(root, "file"))).toBe(
    "CLOUD0012: the state folder `ROOT/file` is no folder: a file is in the way",
  );
  expect(await refused(join(root, "file", "below"))).toContain("is no folder");
  expect(await refused("/proc/sagekeep/state")).toBe(
    "CLOUD0012: the state folder `/proc/sagekeep/state` cannot be written",
  );
});

test("a damaged database and damaged credentials", async () => {
  for (const name of ["state.db", "credentials.json"]) {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, name), "this is neither\n".repeat(100));
    expect(await refused(folder)).toMatch(/^CLOUD0012: .* is damaged/);
    expect(readFileSync(join(folder, name), "utf8")).toBe("this is neither\n".repeat(100));
  }
});

test("a database that is damaged further in", async () => {
  const folder = join(root, "state");
  const cloud = await startCloud({ state: folder });
  for (let i = 0; i < 40; i++) await cloud.call("iam", "CreateUser", { UserName: `user-${i}` });
  await cloud.close();
  const file = join(folder, "state.db");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x99, 4096));
  expect(await refused(folder)).toMatch(/^CLOUD0012: .* is damaged/);
});

test("state of a newer version; and the folder opens again as it was", async () => {
  const folder = join(root, "deep", "state");
  expect(await refused(folder)).toBe("started");
  const database = new Database(join(folder, "state.db"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(await refused(folder)).toMatch(/was written by a newer version/);
  const again = new Database(join(folder, "state.db"));
  again.exec("PRAGMA user_version = 1");
  again.close();
  expect(await refused(folder)).toBe("started");
});

test("a master key that is lost, or another state's: objects would come back as noise", async () => {
  const folder = join(root, "state");
  const key = join(folder, "master.key");
  expect(await refused(folder)).toBe("started");
  const own = readFileSync(key);
  rmSync(key);
  expect(await refused(folder)).toMatch(/^CLOUD0012: .* `master.key` is missing/);
  expect(existsSync(key)).toBe(false);
  for (const other of [own.subarray(1), Buffer.alloc(32, 7)]) {
    writeFileSync(key, other);
    expect(await refused(folder)).toMatch(/^CLOUD0012: .* or is that of another state/);
    await expect(snapshotState(folder, join(root, "snapshot"))).rejects.toThrow("`master.key`");
  }
  writeFileSync(key, own);
  expect(await refused(folder)).toBe("started");
});

test("what a restore had moved away when it was killed", async () => {
  const folder = join(root, "state");
  const cloud = await startCloud({ state: folder });
  await cloud.call("ssm", "PutParameter", { Name: "/kept", Type: "String", Value: "v" });
  await cloud.close();
  mkdirSync(join(folder, ".snapshot-killed"));
  renameSync(folder, join(root, ".state-restore-x1y2z3-old"));
  const again = await startCloud({ state: folder });
  expect((await again.call("ssm", "GetParameter", { Name: "/kept" })).Parameter.Value).toBe("v");
  // and what a snapshot had begun is swept away
  expect(existsSync(join(folder, ".snapshot-killed"))).toBe(false);
  await again.close();
});

test("only its owner reads what is secret, whatever the folder lets others do", async () => {
  const folder = join(root, "open");
  mkdirSync(folder, { mode: 0o755 });
  const cloud = await startCloud({ state: folder, listen: true, port: 0 });
  await cloud.call("iam", "CreateUser", { UserName: "u" });
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o077]);
  await cloud.close();
  const others = modes.filter(([, mode]) => mode !== 0).map(([name]) => name);
  expect(others.filter((name) => !/^(ca|ca-bundle)\.pem$|^lock\.db/.test(String(name)))).toEqual([]);
});

test("an address that is not this machine's", async () => {
  await expect(startCloud({ listen: true, port: 0, host: "192.0.2.1" })).rejects.toMatchObject({
    code: "CLOUD0013",
  });
});
