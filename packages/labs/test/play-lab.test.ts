/** The player itself, with a small lab: it must find a start that passes, a solution that fails, and what is left. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { call, type Lab, type Step } from "../src/model.ts";
import { playLab } from "../src/proof/play-lab.ts";
import { expectSound, openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const user = "user1-data-scientist";
const RoleName = "workshop-team-a-data-scientist";
const PolicyName = "lab-task";
const deny = (action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Sid: "NoSearch", Effect: "Deny", Action: action, Resource: "*" }],
});

const step: Step = {
  id: "9.1",
  title: "Forbid to list domains",
  text: "",
  hint: "name the action",
  task: {
    file: "no-domains.json",
    goal: "forbid it",
    start: deny("sagemaker:ListUserProfiles"),
    solution: deny("sagemaker:ListDomains"),
    apply: async (on, PolicyDocument) => {
      await on.admin.call("iam", "PutRolePolicy", { RoleName, PolicyName, PolicyDocument });
    },
    remove: async (on) => {
      await on.admin.call("iam", "DeleteRolePolicy", { RoleName, PolicyName });
    },
  },
  experiments: () => [
    {
      what: "list domains",
      as: { user },
      attempt: call("sagemaker", "ListDomains", {}),
      expect: "denied",
      by: "identity",
      statement: "NoSearch",
      why: "denied",
    },
  ],
};

const labOf = (...steps: Step[]): Lab => ({
  slug: "09-test",
  number: 9,
  title: "Test",
  minutes: 1,
  introduction: "",
  steps,
  quiz: [],
  furtherReading: [],
});

test("a sound lab is sound", async () => {
  const report = await playLab(bench, labOf(step), { thorough: true });
  expectSound(report);
  expect(report.steps[0]?.unsolved?.some((one) => !one.ok)).toBe(true);
  expect(report.steps[0]?.results).toHaveLength(1);
}, 60_000);

test("a start that passes, a solution that fails, and leftovers are found", async () => {
  const task = step.task as NonNullable<Step["task"]>;
  const swapped: Step = { ...step, task: { ...task, start: task.solution, solution: task.start } };
  const untidy: Step = { ...step, task: { ...task, remove: async () => {} } };
  const report = await playLab(bench, labOf(swapped, untidy));
  expect(report.ok).toBe(false);
  expect(report.steps[0]?.problems.join("\n")).toMatch(/nothing to solve[\s\S]*expected denied, got allowed/);
  expect(report.leftovers.join("\n")).toMatch(/role workshop-team-a-data-scientist has changed/);
  await task.remove(bench);
}, 60_000);
