import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openPlatform } from "../../platform/platform-file.ts";
import { addUser, dropUser, moveUser } from "./edit-users.ts";

const text = `# who may do what
name: people
region: us-east-1
account: "111122223333"
network: { cidr: 10.0.0.0/16, zones: 2 }
domains:
  main: { auth: IAM }   # the only one
teams:
  red: { domain: main, users: { ana: data-scientist } }
  blue:
    domain: main
    users:
      bo: mlops # on call
      cy: viewer
controls: { instanceTypes: [ml.t3.medium] }
`;

function fresh() {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-users-"));
  writeFileSync(join(folder, "platform.yaml"), text);
  return openPlatform(folder);
}

const changed = (path: string) => {
  const before = new Set(text.split("\n"));
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => !before.has(line));
};

test("adding a user changes one line, in the style of its team", () => {
  const flow = addUser(fresh(), "red", "dee", "viewer");
  expect(changed(flow.path)).toEqual([
    "  red: { domain: main, users: { ana: data-scientist, dee: viewer } }",
  ]);
  const block = addUser(fresh(), "blue", "dee", "viewer");
  expect(changed(block.path)).toEqual(["      dee: viewer"]);
});

test("comments survive moving and removing", () => {
  const moved = moveUser(fresh(), "cy", "red");
  expect(readFileSync(moved.path, "utf8")).toContain("bo: mlops # on call");
  expect(moved.platform.users.find((one) => one.name === "cy")?.team).toBe("red");
  expect(dropUser(moved, "ana").platform.users.map((one) => one.name)).toEqual(["cy", "bo"]);
});

test("a change that the spec refuses leaves the file as it was", () => {
  const file = fresh();
  expect(() => addUser(file, "red", "dee", "data-sceintist")).toThrow(/data-sceintist/);
  expect(readFileSync(file.path, "utf8")).toBe(text);
});

test("unknown names get a suggestion", () => {
  expect(() => addUser(fresh(), "rde", "dee", "viewer")).toThrow(/no team `rde`/);
  expect(() => dropUser(fresh(), "anna")).toThrow(/no user `anna`/);
  expect(() => addUser(fresh(), "red", "bo", "viewer")).toThrow(/already/);
});
