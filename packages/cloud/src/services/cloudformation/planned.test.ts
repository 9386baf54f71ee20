/** Change sets and events as AWS gave them to others (recorded by LocalStack's suite, spring 2025). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const NOTE = (value: string) => `{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: ${value}}}`;
const GROUP = (name: string) => `{Type: AWS::Logs::LogGroup, Properties: {LogGroupName: ${name}}}`;

interface Detail {
  ChangeSource: string;
  Evaluation: string;
  CausingEntity?: string;
}
interface Change {
  ResourceChange: { LogicalResourceId: string; Replacement?: string; Details: Detail[] };
}

/** Changes with values and without, in short. */
async function planned(StackName: string, first: string, second: string): Promise<string[][]> {
  await cfn("CreateStack", { StackName, TemplateBody: first });
  await cfn("CreateChangeSet", { StackName, ChangeSetName: "next", TemplateBody: second });
  const views = [true, false].map(async (IncludePropertyValues) => {
    const set = { StackName, ChangeSetName: "next", IncludePropertyValues };
    const { Changes } = (await cfn("DescribeChangeSet", set)) as { Changes: Change[] };
    return Changes.map(({ ResourceChange: { LogicalResourceId: name, Replacement, Details } }) =>
      [
        name,
        Replacement,
        ...Details.map((one) =>
          [one.ChangeSource, one.Evaluation, one.CausingEntity].filter(Boolean).join(" "),
        ),
      ].join(", "),
    );
  });
  return Promise.all(views);
}

describe("a change set", () => {
  it("calls certain what reads a resource that is replaced", async () => {
    const body = (name: string, value: string) => `Resources: {G: ${GROUP(name)}, N: ${NOTE(value)}}`;
    for (const [name, value, cause] of [
      ["byref", "!Ref G", "ResourceReference Static G"],
      ["byattribute", "!GetAtt G.Arn", "ResourceAttribute Static G.Arn"],
    ] as const) {
      const [values, plain] = await planned(name, body(`${name}-1`, value), body(`${name}-2`, value));
      expect(values).toEqual([
        "G, True, DirectModification Static",
        `N, False, ${cause}, DirectModification Dynamic`,
      ]);
      expect(plain).toEqual(["G, True, DirectModification Static", `N, False, ${cause}`]);
    }
  });

  it("lists what reads an attribute of a changed resource, unless values are compared", async () => {
    const body = (value: string) => `Resources: {A: ${NOTE(value)}, B: ${NOTE("!GetAtt A.Value")}}`;
    expect(await planned("chain", body("x"), body("y"))).toEqual([
      ["A, False, DirectModification Static"],
      ["A, False, DirectModification Static", "B, False, ResourceAttribute Dynamic A.Value"],
    ]);
    await cfn("ExecuteChangeSet", { StackName: "chain", ChangeSetName: "next" });
    const { StackResourceDetail } = await cfn("DescribeStackResource", {
      StackName: "chain",
      LogicalResourceId: "B",
    });
    const Name = StackResourceDetail.PhysicalResourceId;
    expect((await cloud.call("ssm", "GetParameter", { Name })).Parameter.Value).toBe("y");
  });
});

describe("events", () => {
  it("of an update's clean-up have ids of their own and tell no properties", async () => {
    await cfn("CreateStack", { StackName: "swept", TemplateBody: `Resources: {G: ${GROUP("swept-1")}}` });
    await cfn("UpdateStack", { StackName: "swept", TemplateBody: `Resources: {G: ${GROUP("swept-2")}}` });
    const { StackEvents } = await cfn("DescribeStackEvents", { StackName: "swept" });
    const deleted = StackEvents.filter((one: { ResourceStatus: string }) =>
      one.ResourceStatus.startsWith("DELETE_"),
    );
    expect(deleted).toHaveLength(2);
    for (const one of deleted) {
      expect(one.EventId).toMatch(/^G-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(one).toMatchObject({ PhysicalResourceId: "swept-1" });
      expect(one).not.toHaveProperty("ResourceProperties");
    }
  });
});

describe("references to stored parameters", () => {
  it("by a parameter's name only need it to be there", async () => {
    await cloud.call("ssm", "PutParameter", { Name: "/named", Value: "v", Type: "SecureString" });
    const TemplateBody = `Parameters: {K: {Type: "AWS::SSM::Parameter::Name"}}\nResources: {A: ${NOTE("!Ref K")}}\nOutputs: {O: {Value: !GetAtt A.Value}}`;
    const named = (StackName: string, ParameterValue: string) => ({
      StackName,
      TemplateBody,
      Parameters: [{ ParameterKey: "K", ParameterValue }],
    });
    await cfn("CreateStack", named("named", "/named"));
    const [stack] = (await cfn("DescribeStacks", { StackName: "named" })).Stacks;
    expect(stack.Outputs).toMatchObject([{ OutputValue: "/named" }]);
    expect(stack.Parameters).toEqual([{ ParameterKey: "K", ParameterValue: "/named" }]);
    await expect(cfn("CreateStack", named("unnamed", "/unnamed"))).rejects.toThrow(
      "Unable to fetch parameters [/unnamed] from parameter store for this account.",
    );
  });

  it("are refused with the request when there is none", async () => {
    await cloud.call("ssm", "PutParameter", { Name: "/there", Value: "v", Type: "String" });
    const TemplateBody = `Resources: {A: ${NOTE("!Sub '{{resolve:ssm:/not/${AWS::Region}:1}}'")}, B: ${NOTE("'{{resolve:ssm:/there}}'")}}`;
    const refusal = "Parameters: [ssm:/not/us-east-1:1] cannot be found.";
    await expect(cfn("CreateStack", { StackName: "missing", TemplateBody })).rejects.toThrow(refusal);
    await expect(
      cfn("CreateChangeSet", {
        StackName: "missing",
        ChangeSetName: "c",
        ChangeSetType: "CREATE",
        TemplateBody,
      }),
    ).rejects.toThrow(refusal);
    await expect(cfn("DescribeStacks", { StackName: "missing" })).rejects.toThrow(/does not exist/);
  });
});
