/** A cloud that does not start in the background ends the command as it would have in the foreground. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startInBackground } from "./background.ts";

const folder = mkdtempSync(join(tmpdir(), "sagekeep-background-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command says when the program in the background says this and ends so. */
async function failure(words: string, code: number) {
  const program = join(folder, `ends-with-${code}.mjs`);
  writeFileSync(program, `console.error(${JSON.stringify(words)}); process.exit(${code});`);
  const state = join(folder, `state-${code}`);
  return startInBackground([program], [], state).then(
    () => ({}),
    ({ code: kind, message, exit, help }) => ({ kind, message, exit, help }),
  );
}

it("what was wrong with its input ends it with 3, anything else with 1", async () => {
  expect(await failure("error[CLOUD0012]: the state folder is damaged", 3)).toEqual({
    kind: "CLOUD0003",
    message: "the local cloud did not start\nerror[CLOUD0012]: the state folder is damaged",
    exit: "invalid",
    help: `its log is \`${join(folder, "state-3", "cloud.log")}\``,
  });
  expect(await failure("oh", 1)).toMatchObject({ exit: "failed", message: expect.stringContaining("oh") });
});
