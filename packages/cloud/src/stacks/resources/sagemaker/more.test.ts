/** SageMaker types beyond Studio: made with what a template says, changed in place, taken away. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const sagemaker = (operation: string, input: object) => cloud.call("sagemaker", operation, input);

async function run(verb: string, more: object): Promise<string> {
  const { StackId: StackName } = await cfn(verb, { StackName: "models", ...more });
  for (;;) {
    const [stack] = (await cfn("DescribeStacks", { StackName: StackName ?? "models" })).Stacks;
    if (!stack.StackStatus.endsWith("_IN_PROGRESS")) {
      const { StackEvents } = await cfn("DescribeStackEvents", { StackName: stack.StackId });
      const failed = StackEvents.filter((one: { ResourceStatus: string }) =>
        /FAILED/.test(one.ResourceStatus),
      );
      expect(failed).toEqual([]);
      return stack.StackStatus;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const template = (V: string, approved: boolean): string => {
  const source = { Source: { SourceUri: "s3://somewhere/else" } };
  const image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/image:1";
  const features = ["id", "time", ...(approved ? ["more"] : [])];
  const types: [string, string, object][] = [
    [
      "Card",
      "ModelCard",
      {
        ModelCardName: "card",
        ModelCardStatus: "Draft",
        Content: { ModelOverview: { ModelDescription: V } },
      },
    ],
    ["Group", "ModelPackageGroup", { ModelPackageGroupName: "group" }],
    [
      "Package",
      "ModelPackage",
      {
        ModelPackageGroupName: { "Fn::GetAtt": "Group.ModelPackageGroupName" },
        ModelApprovalStatus: approved ? "Approved" : "PendingManualApproval",
        InferenceSpecification: {
          Containers: [{ Image: image }],
          SupportedContentTypes: ["text/csv"],
          SupportedResponseMIMETypes: ["text/csv"],
        },
      },
    ],
    [
      "Experiment",
      "Experiment",
      { ExperimentName: "experiment", Description: V, Tags: [{ Key: "v", Value: V }] },
    ],
    [
      "Component",
      "TrialComponent",
      { TrialComponentName: "component", Parameters: { p: { NumberValue: "3" } } },
    ],
    ["Action", "Action", { ActionName: "action", ActionType: "t", Description: V, ...source }],
    ["Artifact", "Artifact", { ArtifactName: V, ArtifactType: "t", ...source }],
    ["Context", "Context", { ContextName: "context", ContextType: "t", Description: V, ...source }],
    ["Hub", "Hub", { HubName: "hub", HubDescription: V }],
    ["Ui", "HumanTaskUi", { HumanTaskUiName: "ui", UiTemplate: { Content: "<crowd-form/>" } }],
    [
      "Features",
      "FeatureGroup",
      {
        FeatureGroupName: "features",
        RecordIdentifierFeatureName: "id",
        EventTimeFeatureName: "time",
        OnlineStoreConfig: { EnableOnlineStore: true },
        FeatureDefinitions: features.map((FeatureName) => ({ FeatureName, FeatureType: "String" })),
      },
    ],
  ];
  return JSON.stringify({
    Resources: Object.fromEntries(
      types.map(([name, type, Properties]) => [name, { Type: `AWS::SageMaker::${type}`, Properties }]),
    ),
    Outputs: {
      Refs: { Value: { "Fn::Join": [" ", types.map(([name]) => ({ Ref: name }))] } },
      Arn: { Value: { "Fn::GetAtt": ["Action", "Arn"] } },
      State: { Value: { "Fn::GetAtt": ["Package", "ModelPackageStatus"] } },
    },
  });
};

it("are made, changed and deleted", async () => {
  const Tags = [{ Key: "stack", Value: "models" }];
  expect(await run("CreateStack", { TemplateBody: template("one", false), Tags })).toBe("CREATE_COMPLETE");
  const [{ Outputs }] = (await cfn("DescribeStacks", { StackName: "models" })).Stacks;
  const told = Object.fromEntries(
    Outputs.map((one: { OutputKey: string; OutputValue: string }) => [one.OutputKey, one.OutputValue]),
  );
  expect(told.State).toBe("Completed");
  expect(told.Arn).toBe("arn:aws:sagemaker:us-east-1:111122223333:action/action");
  expect(told.Refs).toContain("arn:aws:sagemaker:us-east-1:111122223333:model-package/group/1");

  expect(await run("UpdateStack", { TemplateBody: template("two", true), Tags })).toBe("UPDATE_COMPLETE");
  expect((await sagemaker("DescribeModelCard", { ModelCardName: "card" })).Content).toBe(
    '{"model_overview":{"model_description":"two"}}',
  );
  const { ModelPackageSummaryList } = await sagemaker("ListModelPackages", {
    ModelPackageGroupName: "group",
  });
  expect(ModelPackageSummaryList).toMatchObject([
    { ModelPackageVersion: 1, ModelApprovalStatus: "Approved" },
  ]);
  const experiment = await sagemaker("DescribeExperiment", { ExperimentName: "experiment" });
  expect(experiment.Description).toBe("two");
  const tags = await sagemaker("ListTags", { ResourceArn: experiment.ExperimentArn });
  expect(tags.Tags).toEqual(expect.arrayContaining([...Tags, { Key: "v", Value: "two" }]));
  const { FeatureDefinitions } = await sagemaker("DescribeFeatureGroup", { FeatureGroupName: "features" });
  expect(FeatureDefinitions).toHaveLength(3);

  const [{ StackId }] = (await cfn("DescribeStacks", { StackName: "models" })).Stacks;
  await cfn("DeleteStack", { StackName: "models" });
  for (;;) {
    const [stack] = (await cfn("DescribeStacks", { StackName: StackId })).Stacks;
    if (stack.StackStatus !== "DELETE_IN_PROGRESS") {
      expect(stack.StackStatus).toBe("DELETE_COMPLETE");
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect((await sagemaker("ListHubs", {})).HubSummaries).toEqual([]);
});
