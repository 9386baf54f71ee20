/** The types of SageMaker that are all description live their lives through a stack. */
import { expect, it } from "vitest";
import { startCloud } from "../../../cloud.ts";

const role = { "Fn::GetAtt": ["Role", "Arn"] };
const source = { SourceUri: "s3://bucket/key" };
const image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/image:1";

const types = (changed: boolean) => ({
  Experiment: { ExperimentName: "e", Description: changed ? "new" : "old" },
  TrialComponent: { TrialComponentName: "t", DisplayName: changed ? "new" : "old" },
  Action: { ActionName: "a", ActionType: "t", Source: source, Description: changed ? "new" : "old" },
  Artifact: { ArtifactType: "t", Source: source, ArtifactName: changed ? "new" : "old" },
  Context: { ContextName: "c", ContextType: "t", Source: source, Description: changed ? "new" : "old" },
  Hub: { HubName: "hub", HubDescription: changed ? "new" : "old" },
  HumanTaskUi: { HumanTaskUiName: "ui", UiTemplate: { Content: "<x/>" } },
  Workforce: { WorkforceName: "w", SourceIpConfig: { Cidrs: [changed ? "10.1.0.0/16" : "10.0.0.0/16"] } },
  DeviceFleet: {
    DeviceFleetName: "fleet",
    RoleArn: role,
    OutputConfig: { S3OutputLocation: "s3://bucket/out" },
    Description: changed ? "new" : "old",
  },
  Algorithm: {
    AlgorithmName: "algorithm",
    TrainingSpecification: {
      TrainingImage: image,
      SupportedTrainingInstanceTypes: ["ml.m5.large"],
      TrainingChannels: [
        { Name: "train", SupportedContentTypes: ["text/csv"], SupportedInputModes: ["File"] },
      ],
    },
  },
  ModelPackageGroup: { ModelPackageGroupName: "group" },
  ModelPackage: {
    ModelPackageGroupName: { "Fn::GetAtt": ["ModelPackageGroup", "ModelPackageGroupArn"] },
    InferenceSpecification: {
      Containers: [{ Image: image }],
      SupportedContentTypes: ["text/csv"],
      SupportedResponseMIMETypes: ["text/csv"],
    },
    ModelApprovalStatus: changed ? "Approved" : "PendingManualApproval",
  },
  Cluster: {
    ClusterName: "cluster",
    InstanceGroups: [
      {
        InstanceGroupName: "g",
        InstanceType: "ml.m5.large",
        InstanceCount: changed ? 2 : 1,
        ExecutionRole: role,
        LifeCycleConfig: { SourceS3Uri: "s3://sagemaker-bucket", OnCreate: "on-create.sh" },
      },
    ],
  },
  MlflowApp: { Name: "mlflow", ArtifactStoreUri: changed ? "s3://bucket/b" : "s3://bucket/a", RoleArn: role },
  PartnerApp: { Name: "partner", Type: "comet", ExecutionRoleArn: role, Tier: "small", AuthType: "IAM" },
});

const template = (changed: boolean) => {
  const Trust = {
    Effect: "Allow",
    Principal: { Service: "sagemaker.amazonaws.com" },
    Action: "sts:AssumeRole",
  };
  const AssumeRolePolicyDocument = { Version: "2012-10-17", Statement: [Trust] };
  const Resources: Record<string, object> = {
    Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument } },
  };
  for (const [name, Properties] of Object.entries(types(changed))) {
    Resources[name] = { Type: `AWS::SageMaker::${name}`, Properties };
  }
  const Outputs = {
    Experiment: { Value: { "Fn::GetAtt": ["Experiment", "Arn"] } },
    Package: { Value: { "Fn::GetAtt": ["ModelPackage", "ModelPackageStatus"] } },
    Fleet: { Value: { Ref: "DeviceFleet" } },
  };
  return JSON.stringify({ Resources, Outputs });
};

it("makes, changes and deletes them", { timeout: 60_000 }, async () => {
  const cloud = await startCloud();
  const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
  const settled = async (StackName: string) => {
    for (;;) {
      const { StackStatus, Outputs } = (await cfn("DescribeStacks", { StackName })).Stacks[0];
      if (!StackStatus.endsWith("IN_PROGRESS")) return { StackStatus, Outputs };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    const Capabilities = ["CAPABILITY_IAM"];
    const { StackId } = await cfn("CreateStack", {
      StackName: "s",
      Capabilities,
      TemplateBody: template(false),
    });
    const made = await settled(StackId);
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    expect(
      Object.fromEntries(
        made.Outputs.map((one: { OutputKey: string; OutputValue: string }) => [
          one.OutputKey,
          one.OutputValue,
        ]),
      ),
    ).toEqual({
      Experiment: "arn:aws:sagemaker:us-east-1:111122223333:experiment/e",
      Package: "Completed",
      Fleet: "fleet",
    });
    await cfn("UpdateStack", { StackName: "s", Capabilities, TemplateBody: template(true) });
    expect(await settled(StackId)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    const sagemaker = (operation: string, input: object) => cloud.call("sagemaker", operation, input);
    expect(await sagemaker("DescribeHub", { HubName: "hub" })).toMatchObject({ HubDescription: "new" });
    const { ModelPackageSummaryList } = await sagemaker("ListModelPackages", {
      ModelPackageGroupName: "group",
    });
    expect(ModelPackageSummaryList).toMatchObject([{ ModelApprovalStatus: "Approved" }]);
    await cfn("DeleteStack", { StackName: "s" });
    expect(await settled(StackId)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    expect((await sagemaker("ListExperiments", {})).ExperimentSummaries).toEqual([]);
    expect((await sagemaker("ListClusters", {})).ClusterSummaries).toEqual([]);
  } finally {
    await cloud.close();
  }
});
