/** A state folder that cannot be used is refused with a way out, and nothing in it is touched. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCloud } from "../cloud.ts";

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

test("an address that is not this machine's", async () => {
  await expect(startCloud({ listen: true, port: 0, host: "192.0.2.1" })).rejects.toMatchObject({
    code: "CLOUD0013",
  });
});
