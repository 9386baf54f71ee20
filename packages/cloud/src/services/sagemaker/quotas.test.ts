import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT, type Fixture, ROLE, startFixture } from "./cloud.fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const training = (TrainingJobName: string, InstanceType: string, InstanceCount = 1) =>
  fixture.sagemaker("CreateTrainingJob", {
    TrainingJobName,
    RoleArn: ROLE,
    AlgorithmSpecification: {
      TrainingImage: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/t:1`,
      TrainingInputMode: "File",
    },
    ResourceConfig: { InstanceCount, InstanceType, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 100 },
  });
const quotas = (operation: string, input: object) => fixture.cloud.call("service-quotas", operation, input);

describe("a quota of an instance type", () => {
  it("counts the machines of every instance group", async () => {
    const group = (InstanceGroupName: string, InstanceType: string) => ({
      InstanceGroupName,
      InstanceType,
      InstanceCount: 1,
    });
    const mixed = fixture.sagemaker("CreateTrainingJob", {
      TrainingJobName: "mixed",
      RoleArn: ROLE,
      AlgorithmSpecification: {
        TrainingImage: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/t:1`,
        TrainingInputMode: "File",
      },
      ResourceConfig: {
        InstanceGroups: [group("cheap", "ml.m5.large"), group("gpu", "ml.p3.2xlarge")],
        VolumeSizeInGB: 1,
      },
      StoppingCondition: { MaxRuntimeInSeconds: 100 },
    });
    await expect(mixed).rejects.toThrow(/'ml\.p3\.2xlarge for training job usage' is 0 Instances/);
  });

  it("refuses what is beyond it, is raised by Service Quotas, and is free again when a job ends", async () => {
    await expect(training("gpu", "ml.p3.2xlarge")).rejects.toThrow(
      /account-level service limit 'ml\.p3\.2xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances/,
    );
    const all: { QuotaName: string; QuotaCode: string; Value: number }[] = [];
    for (let NextToken: string | undefined; ; ) {
      const page = await quotas("ListServiceQuotas", { ServiceCode: "sagemaker", NextToken });
      all.push(...page.Quotas);
      if (!page.NextToken) break;
      NextToken = page.NextToken;
    }
    const quota = all.find(({ QuotaName }) => QuotaName === "ml.p3.2xlarge for training job usage");
    expect(quota).toMatchObject({ Value: 0, QuotaCode: expect.stringMatching(/^L-[0-9A-F]{8}$/) });
    const change = { ServiceCode: "sagemaker", QuotaCode: quota?.QuotaCode };
    const { RequestedQuota } = await quotas("RequestServiceQuotaIncrease", { ...change, DesiredValue: 2 });
    expect(RequestedQuota.Status).toBe("APPROVED");
    await training("gpu", "ml.p3.2xlarge", 2);
    await expect(training("gpu-2", "ml.p3.2xlarge")).rejects.toMatchObject({ code: "ResourceLimitExceeded" });
    await fixture.settle();
    await training("gpu-3", "ml.p3.2xlarge");
    await expect(quotas("RequestServiceQuotaIncrease", { ...change, DesiredValue: 1 })).rejects.toMatchObject(
      {
        code: "IllegalArgumentException",
      },
    );
  });
});

describe("an endpoint", () => {
  it("is answered for by a stand-in that says so, while it is in service", async () => {
    const image = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/m:1`;
    await fixture.sagemaker("CreateModel", {
      ModelName: "m",
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: image },
    });
    const variant = {
      VariantName: "one",
      ModelName: "m",
      InstanceType: "ml.m5.large",
      InitialInstanceCount: 1,
    };
    await fixture.sagemaker("CreateEndpointConfig", {
      EndpointConfigName: "c",
      ProductionVariants: [variant],
    });
    await fixture.sagemaker("CreateEndpoint", { EndpointName: "E", EndpointConfigName: "c" });
    const invoke = (more: object = {}) =>
      fixture.cloud.call("sagemaker-runtime", "InvokeEndpoint", {
        EndpointName: "E",
        Body: Buffer.from("1,2"),
        ...more,
      });
    await expect(invoke()).rejects.toThrow(/not in service/);
    await fixture.settle();
    const answer = await invoke();
    expect(answer.InvokedProductionVariant).toBe("one");
    expect(JSON.parse(answer.Body.toString())).toMatchObject({ sagekeepStandIn: true, receivedBytes: 3 });
    await expect(invoke({ TargetVariant: "two" })).rejects.toThrow(/Variant two not found/);
    expect(
      (await fixture.sagemaker("DescribeEndpoint", { EndpointName: "e" })).ProductionVariants[0],
    ).toMatchObject({
      VariantName: "one",
      CurrentInstanceCount: 1,
      DeployedImages: [{ SpecifiedImage: image }],
    });
    await fixture.sagemaker("DeleteEndpoint", { EndpointName: "E" });
    await fixture.settle();
    await expect(invoke()).rejects.toMatchObject({ code: "ValidationError" });
  });
});
