/** Nested stacks end their updates with the root's ("Update behaviors of nested stacks"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("s3", "CreateBucket", { Bucket: "templates" });
  await cloud.call("ssm", "PutParameter", { Name: "taken", Type: "String", Value: "x" });
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const url = (key: string) => `https://templates.s3.amazonaws.com/${key}`;
const put = (Key: string, template: string) =>
  cloud.call("s3", "PutObject", { Bucket: "templates", Key, Body: new TextEncoder().encode(template) });
const note = (name: string, value: string) =>
  `{Type: AWS::SSM::Parameter, Properties: {Name: ${name}, Type: String, Value: ${value}}}`;
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const physical = async (StackName: string, LogicalResourceId: string): Promise<string> =>
  (await cfn("DescribeStackResource", { StackName, LogicalResourceId })).StackResourceDetail
    .PhysicalResourceId;
const noted = async (Name: string): Promise<string | undefined> => {
  const { Parameters } = await cloud.call("ssm", "GetParameters", { Names: [Name] });
  return Parameters[0]?.Value;
};
const statuses = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.filter(
    (one: { PhysicalResourceId: string; StackId: string }) => one.PhysicalResourceId === one.StackId,
  )
    .map((one: { ResourceStatus: string }) => one.ResourceStatus)
    .reverse();

/** A root over a middle stack over a leaf with one note; a failing note after them when asked. */
async function tree(name: string, leaf: string, failing: boolean): Promise<string> {
  await put(
    `${name}/leaf.yaml`,
    `Resources: {Note: ${leaf}}\nOutputs: {Value: {Value: !GetAtt Note.Value}}\n`,
  );
  const over = (child: string) =>
    `Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: '${url(`${name}/${child}`)}'}}`;
  await put(
    `${name}/middle.yaml`,
    `${over("leaf.yaml")}}\nOutputs: {Value: {Value: !GetAtt Child.Outputs.Value, Export: {Name: '${name}'}}}\n`,
  );
  const last = failing
    ? ", Last: {Type: AWS::SSM::Parameter, DependsOn: Child, Properties: {Name: taken, Type: String, Value: x}}"
    : "";
  return `${over("middle.yaml")}${last}}\n`;
}
async function made(StackName: string, leaf: string): Promise<[root: string, middle: string, leaf: string]> {
  await cfn("CreateStack", { StackName, TemplateBody: await tree(StackName, leaf, false) });
  const middle = await physical(StackName, "Child");
  return [StackName, middle, await physical(middle, "Child")];
}
const exported = async (Name: string) =>
  (await cfn("ListExports")).Exports.find((one: { Name: string }) => one.Name === Name)?.Value;

describe("an update of nested stacks", () => {
  it("that fails takes all of them back to what they were, whatever their templates say now", async () => {
    const [root, middle, leaf] = await made("back", note("back-one", "one"));
    await cfn("UpdateStack", {
      StackName: root,
      TemplateBody: await tree(root, note("back-two", "two"), true),
    });
    expect((await stackOf(root)).StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    for (const one of [middle, leaf]) {
      expect((await statuses(one)).slice(-5)).toEqual([
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
      ]);
      expect((await stackOf(one)).Outputs).toMatchObject([{ OutputValue: "one" }]);
    }
    expect(await exported(root)).toBe("one");
    expect([await noted("back-one"), await noted("back-two")]).toEqual(["one", undefined]);
    const { TemplateBody } = await cfn("GetTemplate", { StackName: leaf });
    expect(TemplateBody).toContain("back-one");
  });

  it("deletes what was replaced when the root is through", async () => {
    const [root, middle, leaf] = await made("through", note("through-one", "one"));
    await cfn("UpdateStack", {
      StackName: root,
      TemplateBody: await tree(root, note("through-two", "two"), false),
    });
    for (const one of [root, middle, leaf]) {
      expect((await stackOf(one)).StackStatus).toBe("UPDATE_COMPLETE");
      expect((await statuses(one)).slice(-3)).toEqual([
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
      ]);
    }
    expect([await noted("through-one"), await noted("through-two")]).toEqual([undefined, "two"]);
    await cfn("UpdateStack", {
      StackName: leaf,
      TemplateBody: `Resources: {Note: ${note("through-two", "three")}}\n`,
    });
    expect((await stackOf(leaf)).StackStatus).toBe("UPDATE_COMPLETE");
  });

  it("that fails without a rollback can be gone on with, rolled back or deleted", async () => {
    const names = ["on", "rolled", "deleted"];
    const trees = await Promise.all(names.map((name) => made(name, note(`${name}-one`, "one"))));
    for (const [root, , leaf] of trees) {
      const TemplateBody = await tree(root, note(`${root}-two`, "two"), true);
      await cfn("UpdateStack", { StackName: root, TemplateBody, DisableRollback: true });
      expect((await stackOf(root)).StackStatus).toBe("UPDATE_FAILED");
      expect((await stackOf(leaf)).StackStatus).toBe("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
      await expect(cfn("UpdateStack", { StackName: leaf, TemplateBody })).rejects.toThrow(
        "is in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated",
      );
    }
    await cfn("UpdateStack", {
      StackName: "on",
      TemplateBody: await tree("on", note("on-two", "three"), false),
    });
    expect([await noted("on-one"), await noted("on-two")]).toEqual([undefined, "three"]);
    await cfn("RollbackStack", { StackName: "rolled" });
    expect([await noted("rolled-one"), await noted("rolled-two")]).toEqual(["one", undefined]);
    await cfn("DeleteStack", { StackName: "deleted" });
    expect([await noted("deleted-one"), await noted("deleted-two")]).toEqual([undefined, undefined]);
    const ends = await Promise.all(
      trees
        .flat()
        .map(async (one) => (await statuses(one)).at(-1))
        .map((one) => one.catch(() => "gone")),
    );
    expect(ends).toEqual([
      ...["UPDATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE"],
      ...["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"],
      ...["gone", "DELETE_COMPLETE", "DELETE_COMPLETE"],
    ]);
  });

  it("carries the token of the root's operation in the events of all of them", async () => {
    const TemplateBody = await tree("token", note("token-one", "one"), false);
    await cfn("CreateStack", { StackName: "token", TemplateBody, ClientRequestToken: "made" });
    const middle = await physical("token", "Child");
    const all = ["token", middle, await physical(middle, "Child")];
    const tokens = async () =>
      Promise.all(
        all.map(async (StackName) => {
          const { StackEvents } = await cfn("DescribeStackEvents", { StackName });
          return StackEvents[0].ClientRequestToken;
        }),
      );
    expect(await tokens()).toEqual(["made", "made", "made"]);
    const next = await tree("token", note("token-one", "two"), false);
    await cfn("UpdateStack", { StackName: "token", TemplateBody: next, ClientRequestToken: "updated" });
    expect(await tokens()).toEqual(["updated", "updated", "updated"]);
  });
});
