/** DeploymentConfig: what an operation does with a failure, told again by the stack and its change set. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const stack = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const body = (...names: string[]) =>
  `Resources:\n${names.map((one, index) => `  P${index}: {Type: AWS::SSM::Parameter, Properties: {Name: ${one}, Type: String, Value: x}}`).join("\n")}\n`;

it("keeps what a failed operation made, where it disables rollback", async () => {
  const DeploymentConfig = { Mode: "EXPRESS", DisableRollback: true };
  await cfn("CreateStack", { StackName: "direct", TemplateBody: body("a", '"b c"'), DeploymentConfig });
  expect(await stack("direct")).toMatchObject({
    StackStatus: "CREATE_FAILED",
    DisableRollback: true,
    DeploymentConfig,
  });
  await cfn("DeleteStack", { StackName: "direct" });

  const { Id } = await cfn("CreateChangeSet", {
    StackName: "planned",
    ChangeSetName: "c",
    ChangeSetType: "CREATE",
    TemplateBody: body("a"),
    DeploymentConfig: { Mode: "EXPRESS" },
  });
  expect((await cfn("DescribeChangeSet", { ChangeSetName: Id })).DeploymentConfig).toEqual({
    Mode: "EXPRESS",
  });
  await cfn("ExecuteChangeSet", { ChangeSetName: Id });
  expect(await stack("planned")).toMatchObject({
    StackStatus: "CREATE_COMPLETE",
    DeploymentConfig: { Mode: "EXPRESS" },
  });
  const TemplateBody = body("a", '"b c"');
  await cfn("UpdateStack", {
    StackName: "planned",
    TemplateBody,
    DeploymentConfig: { DisableRollback: true },
  });
  expect((await stack("planned")).StackStatus).toBe("UPDATE_FAILED");
  await cfn("UpdateStack", { StackName: "planned", TemplateBody: body("a", "d") });
  expect((await stack("planned")).DeploymentConfig).toBeUndefined();
});

it("does not pretend to revert drift", async () => {
  const set = {
    StackName: "planned",
    ChangeSetName: "r",
    TemplateBody: body("a"),
    DeploymentMode: "REVERT_DRIFT",
  };
  await expect(cfn("CreateChangeSet", set)).rejects.toThrow(/REVERT_DRIFT is not supported by the Sagekeep/);
});
