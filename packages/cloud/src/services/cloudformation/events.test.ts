/** DescribeEvents, and the registry's types ("View stack events by operation", "Resource type schema"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("ssm", "PutParameter", { Name: "taken", Type: "String", Value: "x" });
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const template = (name: string) =>
  `Resources: {Note: {Type: AWS::SSM::Parameter, Properties: {Name: ${name}, Type: String, Value: x}}}`;
interface Event {
  OperationId: string;
  OperationType: string;
  EventType: string;
  OperationStatus?: string;
  LogicalResourceId?: string;
  ResourceStatusReason?: string;
}
const eventsOf = async (input: object): Promise<Event[]> =>
  (await cfn("DescribeEvents", input)).OperationEvents;

describe("events", () => {
  it("of a failed creation belong to it and to its rollback, and the failures are found", async () => {
    await cfn("CreateStack", { StackName: "made", TemplateBody: template("taken") });
    const all = await eventsOf({ StackName: "made" });
    expect(all[0]).toMatchObject({ OperationType: "ROLLBACK", OperationStatus: "SUCCEEDED" });
    expect(all.at(-1)).toMatchObject({
      OperationType: "CREATE_STACK",
      OperationStatus: "IN_PROGRESS",
      EventType: "STACK_EVENT",
    });
    const [failure, ...others] = await eventsOf({ StackName: "made", Filters: { FailedEvents: true } });
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      OperationType: "CREATE_STACK",
      EventType: "PROVISIONING_ERROR",
      LogicalResourceId: "Note",
      ResourceStatusReason: expect.stringContaining("already exists"),
    });
    const own = await eventsOf({ OperationId: failure?.OperationId });
    expect(own).toEqual(all.filter((one) => one.OperationType === "CREATE_STACK"));
  });

  it("of a change set are those of its creation", async () => {
    const set = { StackName: "planned", ChangeSetName: "first" };
    await cfn("CreateChangeSet", { ...set, ChangeSetType: "CREATE", TemplateBody: template("free") });
    expect(await eventsOf(set)).toMatchObject([
      { OperationType: "CREATE_CHANGESET", OperationStatus: "SUCCEEDED", EventType: "STACK_EVENT" },
    ]);
    expect(await eventsOf({ ...set, Filters: { FailedEvents: true } })).toEqual([]);
  });

  it.each([
    [{}, "One of ChangeSetName, OperationId or StackName must be specified"],
    [{ StackName: "none" }, "Stack [none] does not exist"],
    [{ OperationId: "none" }, "Operation [none] does not exist"],
  ])("of %j are refused", async (input, message) => {
    await expect(cfn("DescribeEvents", input)).rejects.toThrow(message);
  });
});

describe("types", () => {
  it("are listed, and described by their schema", async () => {
    const Filters = { Category: "AWS_TYPES", TypeNamePrefix: "AWS::SSM::" };
    const { TypeSummaries } = await cfn("ListTypes", { Visibility: "PUBLIC", Filters });
    expect(TypeSummaries.map((one: { TypeName: string }) => one.TypeName)).toContain("AWS::SSM::Parameter");
    expect((await cfn("ListTypes")).TypeSummaries).toEqual([]);
    const byName = await cfn("DescribeType", { Type: "RESOURCE", TypeName: "AWS::SSM::Parameter" });
    const { Schema, ...type } = byName;
    expect(type).toMatchObject({
      Arn: "arn:aws:cloudformation:us-east-1::type/resource/AWS-SSM-Parameter",
      ProvisioningType: "FULLY_MUTABLE",
      Visibility: "PUBLIC",
    });
    expect(await cfn("DescribeType", { Arn: type.Arn })).toEqual(byName);
    expect(JSON.parse(Schema)).toMatchObject({
      typeName: "AWS::SSM::Parameter",
      properties: { Value: { type: "string" } },
      required: ["Type", "Value"],
      createOnlyProperties: ["/properties/Name"],
      primaryIdentifier: ["/properties/Name"],
    });
  });

  it.each([
    ["AWS::None::Such", "TypeNotFoundException", "The type 'AWS::None::Such' cannot be found."],
    [
      "AWS::SQS::Queue",
      "CFNRegistryException",
      "AWS::SQS::Queue is not supported by the Sagekeep local cloud",
    ],
  ])("that are not there say so: %s", async (TypeName, name, message) => {
    await expect(cfn("DescribeType", { Type: "RESOURCE", TypeName })).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});
