import { expect, test } from "vitest";
import { action, actionsWithDependents, dependentActions } from "./index.ts";

test("every action of the table, and every permission it names, exists", () => {
  for (const name of actionsWithDependents) {
    expect(action(name)?.action, name).toBe(name);
    for (const dependent of dependentActions(name))
      expect(action(dependent.action)?.action).toBe(dependent.action);
  }
});

test("a role that is given must be passed, tags that are given allowed", () => {
  expect(dependentActions("SageMaker:createuserprofile")).toEqual([
    { action: "iam:PassRole", when: ["UserSettings.ExecutionRole"] },
    { action: "sagemaker:AddTags", when: ["Tags"] },
  ]);
  expect(dependentActions("s3:GetObject")).toEqual([]);
  expect(dependentActions("nothing:Here")).toEqual([]);
});
