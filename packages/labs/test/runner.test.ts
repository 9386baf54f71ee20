/** A learner's way through a lab, with what goes wrong on it: bad files, a crash, another account. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveCloud, silent } from "@sagekeep/toolkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labs } from "../src/content/index.ts";
import type { Lab, Step } from "../src/model.ts";
import { accountState, compareStates } from "../src/proof/account-state.ts";
import { type LabFolder, labFolder } from "../src/runner/folder.ts";
import { check, hint, next, reset, show, solve, status } from "../src/runner/journey.ts";
import { Progress } from "../src/runner/progress.ts";
import { finishQuiz, judgeAnswer, readAnswers } from "../src/runner/quiz.ts";
import { startLab } from "../src/runner/start.ts";
import { openWorkbench } from "../src/runner/workbench.ts";

let folder: LabFolder;
let where: { folder: LabFolder; io: typeof silent; self: string[] };
let close: () => Promise<void>;
let lab: Lab;
let task: Step;

beforeAll(async () => {
  folder = labFolder(mkdtempSync(join(tmpdir(), "sagekeep-runner-")));
  where = { folder, io: silent, self: [] };
  const served = await serveCloud(
    { state: folder.state, port: 0, account: "111122223333", region: "us-east-1" },
    "test",
  );
  close = async () => {
    await served.close();
    rmSync(folder.path, { recursive: true, force: true });
  };
  for (const entry of labs) {
    lab = await entry.load();
    const found = lab.steps.find((one, index) => one.task && !one.needsAws && index + 1 < lab.steps.length);
    if (found) {
      task = found;
      break;
    }
  }
}, 60_000);
afterAll(() => close?.());

const filePath = () => join(folder.policies, task.task?.file ?? "");
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const state = async () => {
  const progress = Progress.read(folder.progress) as Progress;
  const bench = await openWorkbench({ ...where, progress });
  try {
    return await accountState(bench);
  } finally {
    await bench.close();
  }
};

test("nothing can be checked before it is started", async () => {
  await expect(check(where)).rejects.toThrow(code("LAB0009"));
});

test("start makes the folder, the platform and the first step; again, it goes on", async () => {
  const report = await startLab({ folder, self: [], lab: lab.slug }, silent);
  expect(report?.made).toContain("platform.yaml");
  expect(report?.prerequisites.map((one) => one.what)).toEqual(
    expect.arrayContaining(["Node.js", "disk", "port", "AWS CLI"]),
  );
  expect(report?.step?.id).toBe(lab.steps[0]?.id);
  expect(report?.resumed).toBe(false);
  const again = await startLab({ folder, self: [] }, silent);
  expect(again).toMatchObject({ made: [], resumed: true, lab: { slug: lab.slug } });
}, 120_000);

test("the learner's own file decides: start fails with the request that shows the hole, the solution passes", async () => {
  await reset(where);
  const before = await state();
  const view = await show(where, task.id);
  expect(view.task?.file).toBe(join("policies", task.task?.file ?? ""));
  const first = readFileSync(filePath(), "utf8");

  const unsolved = await check(where);
  expect(unsolved).toMatchObject({ step: task.id, passed: false });
  expect(unsolved.hole?.row.commands.length).toBeGreaterThan(0);
  expect(unsolved.hole?.says).toMatch(/must/);
  await expect(next(where)).rejects.toThrow(code("LAB0015"));

  const solved = await solve(where);
  expect(readFileSync(join(process.cwd(), solved.kept as string), "utf8")).toBe(first);
  const passed = await check(where);
  expect(passed.rows.filter((row) => !row.ok)).toEqual([]);
  expect(passed.passed).toBe(true);
  // what the first check made is not in the second one's way
  expect((await check(where)).passed).toBe(true);

  const following = await next(where);
  expect(following.step?.id).toBe(lab.steps[lab.steps.indexOf(task) + 1]?.id);
  await reset(where);
  expect(compareStates(before, await state())).toEqual([]);
  const one = (await status(folder)).labs.find(({ slug }) => slug === lab.slug);
  expect(one?.steps.find(({ id }) => id === task.id)).toMatchObject({ state: "passed", solved: true });
}, 120_000);

test("a file that is not JSON, or no legal policy, is refused with the place", async () => {
  await show(where, task.id);
  writeFileSync(filePath(), '{\n  "Version": "2012-10-17",\n  "Statement": [,]\n}');
  await expect(check(where)).rejects.toThrow(
    /not JSON at line 3, column 17\n +3 \| +"Statement": \[,\]\n +\| +\^/,
  );
  writeFileSync(
    filePath(),
    '{\n  "Version": "2012-10-17",\n  "Statement": [{\n    "Effect": "Forbid",\n    "Action": "s3:*",\n    "Resource": "*"\n  }]\n}',
  );
  await expect(check(where)).rejects.toThrow(/policies\/[\w-]+\.json:4:15: POLICY\d+: /);
  rmSync(filePath());
  await expect(check(where)).rejects.toThrow(code("LAB0010"));
  const { files } = await reset(where, { step: task.id });
  expect(files).toEqual([]);
  await show(where, task.id);
  expect(existsSync(filePath())).toBe(true);
}, 60_000);

test("what a killed command left in the account is undone by the next one", async () => {
  await reset(where);
  const before = await state();
  // killed after the policy was put in force and experiments were played
  await show(where, task.id);
  await solve(where);
  await check(where);
  const text = readFileSync(folder.progress, "utf8");
  expect(JSON.parse(text).open).toMatchObject({ step: task.id, applied: true, played: true });
  // killed in the middle of preparing: nothing is there, and the file says it may be
  await reset(where);
  const progress = Progress.read(folder.progress) as Progress;
  progress.data.open = { ...JSON.parse(text).open, phase: "preparing" };
  progress.save();
  await reset(where);
  expect(compareStates(before, await state())).toEqual([]);
  // a lock of a process that is gone does not count
  writeFileSync(join(folder.path, ".sagekeep", "lab.lock"), "999999999");
  expect((await hint(where, task.id)).hint).toBe(task.hint);
}, 120_000);

test("two commands at once do not undo each other's work", async () => {
  const results = await Promise.allSettled([show(where, task.id), show(where, task.id)]);
  const refused = results.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({ code: "LAB0003" });
}, 60_000);

test("a damaged progress file is named, with the remedy", async () => {
  const whole = readFileSync(folder.progress, "utf8");
  writeFileSync(folder.progress, whole.slice(0, whole.length / 2));
  await expect(check(where)).rejects.toThrow(code("LAB0002"));
  writeFileSync(folder.progress, whole);
});

test("wrong names are answered with the nearest", async () => {
  await expect(startLab({ folder, self: [], lab: "01-domian" }, silent)).rejects.toThrow(code("LAB0006"));
  await expect(check(where, "9.9")).rejects.toThrow(code("LAB0007"));
  await expect(startLab({ folder, self: [], target: "aws", region: "us-east-1" }, silent)).rejects.toThrow(
    code("LAB0031"),
  );
});

test("a quiz is judged, explained and kept; the best score stays", () => {
  const progress = Progress.read(folder.progress) as Progress;
  const quiz = [
    { question: "1+1?", choices: ["1", "2"], answer: 1, explanation: "count", step: "1.1" },
    { question: "2+2?", choices: ["4", "5"], answer: 0, explanation: "count", step: "1.1" },
  ];
  const small: Lab = { ...lab, slug: "08-quiz", quiz };
  const take = (text: string) =>
    finishQuiz(
      progress,
      small,
      readAnswers(small, text).map((given, at) => judgeAnswer(quiz[at] as (typeof quiz)[number], given)),
    );
  expect(take("2,1")).toMatchObject({ right: 2, of: 2 });
  expect(take("1 1")).toMatchObject({
    right: 1,
    answered: [{ ok: false, right: 2, given: 1 }, { ok: true }],
  });
  expect(progress.data.quizzes["08-quiz"]?.right).toBe(2);
  expect(() => take("1")).toThrow(code("LAB0014"));
  expect(() => take("1,3")).toThrow(/answer 2 is `3`, expected a number from 1 to 2/);
});
