/** Answers of CloudFormation as AWS gave them to others (recorded by LocalStack's suite for its own templates). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const refusal = async (operation: string, input: object): Promise<string> => {
  try {
    await cfn(operation, input);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return "accepted";
};
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const events = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.LogicalResourceId} ${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`.trim(),
  ).reverse();
const NOTE = (value: string, more = "", others = "") =>
  `Resources: {Note: {Type: AWS::SSM::Parameter, ${more} Properties: {Type: String, Value: ${value}}}${others}}\n`;

describe("requests", () => {
  it.each([
    [
      "CreateChangeSet",
      { StackName: "*a", ChangeSetName: "first", TemplateBody: NOTE("x"), ChangeSetType: "CREATE" },
      "ValidationError: 1 validation error detected: Value '*a' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
    ],
    ["GetTemplate", { ChangeSetName: "lonely" }, "ValidationError: StackName is a required parameter."],
    [
      "CreateStack",
      { StackName: "types", TemplateBody: NOTE("x"), ResourceTypes: ["AWS::EC2::*", "AWS::SSM::Document"] },
      "ValidationError: Resource type AWS::SSM::Parameter is not allowed by parameter ResourceTypes [AWS::EC2::*, AWS::SSM::Document]",
    ],
    [
      "CreateStack",
      {
        StackName: "alarms",
        TemplateBody: NOTE("x"),
        RollbackConfiguration: {
          RollbackTriggers: [{ Arn: "arn:aws:sns:us-east-1:1:x", Type: "AWS::SNS::Topic" }],
        },
      },
      "ValidationError: Rollback Trigger Type not supported",
    ],
    [
      "CreateStack",
      {
        StackName: "alarms",
        TemplateBody: NOTE("x"),
        RollbackConfiguration: {
          RollbackTriggers: [
            { Arn: "arn:aws:cloudwatch:us-east-1:1:dashboard:x", Type: "AWS::CloudWatch::Alarm" },
          ],
        },
      },
      "ValidationError: RelativeId of a Rollback Trigger's ARN is incorrect",
    ],
    [
      "CreateStack",
      { StackName: "place", TemplateURL: "s3://shelf/book.yaml" },
      "ValidationError: S3 error: Domain name specified in shelf is not a valid S3 domain",
    ],
    [
      "CreateStack",
      { StackName: "place", TemplateURL: "shelf" },
      "ValidationError: TemplateURL must be a supported URL.",
    ],
    [
      "CreateStack",
      {
        StackName: "stored",
        TemplateBody: `Parameters: {Size: {Type: 'AWS::SSM::Parameter::Value<String>'}}\n${NOTE("x")}`,
      },
      "ValidationError: Parameter Size should either have input value or default value",
    ],
    [
      "ValidateTemplate",
      { TemplateBody: `Mappings: {Sizes: {small: {cpu: {deep: 1}}}}\n${NOTE("x")}` },
      "ValidationError: Template format error: Every Mappings attribute must be a String or a List.",
    ],
    [
      "ValidateTemplate",
      { TemplateBody: "\n      first:\n   Second:\n      third: 1\n" },
      "ValidationError: Template format error: YAML not well-formed. (line 3, column 4)",
    ],
  ])("%s %j", async (operation, input, expected) => expect(await refusal(operation, input)).toBe(expected));
});

describe("a stack under review", () => {
  it("can be created directly, which makes its change sets obsolete", async () => {
    const { StackId } = await cfn("CreateChangeSet", {
      StackName: "review",
      ChangeSetName: "plan",
      ChangeSetType: "CREATE",
      TemplateBody: NOTE("planned"),
    });
    expect(await refusal("GetTemplateSummary", { StackName: "review" })).toBe(
      "ValidationError: GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.",
    );
    expect((await cfn("CreateStack", { StackName: "review", TemplateBody: NOTE("made") })).StackId).toBe(
      StackId,
    );
    expect(await stackOf("review")).not.toHaveProperty("LastUpdatedTime");
    expect(await cfn("DescribeChangeSet", { StackName: "review", ChangeSetName: "plan" })).toMatchObject({
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "OBSOLETE",
    });
  });
});

describe("an executed change set", () => {
  it("tells how it ended, also when its stack is gone", async () => {
    const make = async (StackName: string, TemplateBody: string): Promise<string> => {
      const input = { StackName, ChangeSetName: "go", ChangeSetType: "CREATE", TemplateBody };
      const { Id } = await cfn("CreateChangeSet", input);
      await cfn("ExecuteChangeSet", { ChangeSetName: Id });
      return Id;
    };
    const good = await make("ends-well", NOTE("x"));
    const bad = await make(
      "ends-badly",
      NOTE("x", "DependsOn: Bucket,", ", Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: NO}}"),
    );
    expect((await cfn("DescribeChangeSet", { ChangeSetName: bad })).ExecutionStatus).toBe("EXECUTE_FAILED");
    const { StackId, ChangeSetId } = await stackOf("ends-well");
    expect(ChangeSetId).toBe(good);
    await cfn("DeleteStack", { StackName: "ends-well" });
    const described = await cfn("DescribeChangeSet", { ChangeSetName: good });
    expect(described).toMatchObject({ ExecutionStatus: "EXECUTE_COMPLETE", Capabilities: [] });
    for (const member of ["Parameters", "Tags"]) expect(described).not.toHaveProperty(member);
    const gone = await stackOf(StackId);
    expect(gone.DeletionTime).toBeInstanceOf(Date);
    for (const member of ["ChangeSetId", "EnableTerminationProtection"])
      expect(gone).not.toHaveProperty(member);
    expect(
      await refusal("CreateChangeSet", {
        StackName: StackId,
        ChangeSetName: "again",
        ChangeSetType: "CREATE",
        TemplateBody: NOTE("x"),
      }),
    ).toBe(
      `ValidationError: Stack [${StackId}] already exists and cannot be created again with the changeSet [again].`,
    );
    expect(await cfn("DeleteChangeSet", { StackName: "ends-badly", ChangeSetName: "never" })).toEqual({});
  });

  it("leaves its name to another", async () => {
    await cfn("CreateStack", { StackName: "named", TemplateBody: NOTE("1") });
    const input = { StackName: "named", ChangeSetName: "same" };
    const first = await cfn("CreateChangeSet", { ...input, TemplateBody: NOTE("2") });
    await cfn("ExecuteChangeSet", input);
    const second = await cfn("CreateChangeSet", { ...input, TemplateBody: NOTE("3") });
    expect((await cfn("DescribeChangeSet", input)).ChangeSetId).toBe(second.Id);
    expect((await cfn("DescribeChangeSet", { ChangeSetName: first.Id })).ExecutionStatus).toBe(
      "EXECUTE_COMPLETE",
    );
  });
});

describe("an attribute that a type does not have", () => {
  it("fails the stack before anything is made, naming the place", async () => {
    const TemplateBody = `${NOTE("x")}Outputs: {Odd: {Value: !GetAtt Note.Color}}\n`;
    await cfn("CreateStack", { StackName: "odd", TemplateBody });
    expect(await events("odd")).toEqual([
      "odd CREATE_IN_PROGRESS User Initiated",
      "odd ROLLBACK_IN_PROGRESS [Error] /Outputs/Odd/Value/Fn::GetAtt: Resource type AWS::SSM::Parameter does not support attribute {Color}. Rollback requested by user.",
      "odd ROLLBACK_COMPLETE",
    ]);
    expect((await stackOf("odd")).DeletionTime).toBeInstanceOf(Date);
  });
});

describe("a resource's metadata", () => {
  it("is shown with its functions resolved, and orders what it reads", async () => {
    const TemplateBody = `Parameters: {Team: {Type: String, Default: blue}}\n${NOTE("x", "Metadata: {Owner: !Ref Team, Next: !Ref Other},", ", Other: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /other, Value: y}}")}`;
    await cfn("CreateStack", { StackName: "meta", TemplateBody });
    const { StackResourceDetail } = await cfn("DescribeStackResource", {
      StackName: "meta",
      LogicalResourceId: "Note",
    });
    expect(JSON.parse(StackResourceDetail.Metadata)).toEqual({ Owner: "blue", Next: "/other" });
    expect(await refusal("UpdateStack", { StackName: "meta", TemplateBody })).toBe(
      "ValidationError: No updates are to be performed.",
    );
  });
});

describe("exports", () => {
  const importing =
    "Resources: {Note: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue Shared}}}";
  const exporting = `${NOTE("x")}Outputs: {Shared: {Value: x, Export: {Name: Shared}}}\n`;
  it("that are missing or taken fail the stack in AWS's words", async () => {
    await cfn("CreateStack", { StackName: "importer", TemplateBody: importing });
    expect(await events("importer")).toEqual([
      "importer CREATE_IN_PROGRESS User Initiated",
      "importer ROLLBACK_IN_PROGRESS No export named Shared found. Rollback requested by user.",
      "importer ROLLBACK_COMPLETE",
    ]);
    await cfn("CreateStack", { StackName: "exporter", TemplateBody: exporting });
    await cfn("CreateStack", { StackName: "exporter-too", TemplateBody: exporting });
    expect(await events("exporter-too")).toContain(
      "exporter-too ROLLBACK_IN_PROGRESS Export with name Shared is already exported by stack exporter. Rollback requested by user.",
    );
  });
});

describe("without a rollback", () => {
  it.each([{ DisableRollback: true }, { OnFailure: "DO_NOTHING" }])(
    "%j makes what needs no failed resource",
    async (how) => {
      const StackName = `keeps-${Object.keys(how)[0]}`;
      const others =
        ", Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: NO}}, After: {Type: AWS::EC2::InternetGateway, DependsOn: Bucket}";
      await cfn("CreateStack", { StackName, TemplateBody: NOTE("x", "", others), ...how });
      const { StackResources } = await cfn("DescribeStackResources", { StackName });
      expect(
        Object.fromEntries(
          StackResources.map((one: { LogicalResourceId: string; ResourceStatus: string }) => [
            one.LogicalResourceId,
            one.ResourceStatus,
          ]),
        ),
      ).toEqual({ Bucket: "CREATE_FAILED", Note: "CREATE_COMPLETE" });
      expect(await stackOf(StackName)).toMatchObject({
        StackStatus: "CREATE_FAILED",
        StackStatusReason: "The following resource(s) failed to create: [Bucket]. ",
      });
    },
  );
});
