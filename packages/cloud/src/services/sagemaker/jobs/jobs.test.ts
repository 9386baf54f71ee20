import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bodyOf } from "../../../wire/body.ts";
import { ACCOUNT, type Fixture, ROLE, startFixture } from "../cloud.fixture.ts";
import { setSageMakerOptions } from "../options.ts";
import { bytesOf } from "./body.ts";

const IMAGE = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/prepare:1`;
let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.cloud.call("s3", "CreateBucket", { Bucket: "data" });
  await put("in/a.csv", "x,y\n1,2\n");
  await put("in/deep/b.csv", "x,y\n3,4\n");
});
afterEach(() => fixture.close());

async function put(Key: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await fixture.cloud.call("s3", "PutObject", {
    Bucket: "data",
    Key,
    Body: bodyOf(bytes),
    ContentLength: bytes.length,
  });
}
async function get(Key: string): Promise<string> {
  const { Body } = await fixture.cloud.call("s3", "GetObject", { Bucket: "data", Key });
  return (await bytesOf(Body)).toString();
}
async function keys(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await fixture.cloud.call("s3", "ListObjectsV2", { Bucket: "data", Prefix });
  return (Contents as { Key: string }[]).map(({ Key }) => Key);
}
async function interfaces(): Promise<object[]> {
  const Filters = [{ Name: "description", Values: ["*SageMaker*"] }];
  return (await fixture.cloud.call("ec2", "DescribeNetworkInterfaces", { Filters })).NetworkInterfaces;
}

/** Endpoints for S3 and CloudWatch Logs in the VPC. */
async function openVpc(): Promise<void> {
  const { VpcId, SubnetIds, SecurityGroupIds } = fixture.vpc;
  const { RouteTables } = await fixture.cloud.call("ec2", "DescribeRouteTables", {
    Filters: [{ Name: "vpc-id", Values: [VpcId] }],
  });
  const [{ RouteTableId }] = RouteTables;
  await fixture.cloud.call("ec2", "AuthorizeSecurityGroupIngress", {
    GroupId: SecurityGroupIds[0],
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "192.168.0.0/16" }] },
    ],
  });
  await fixture.cloud.call("ec2", "CreateVpcEndpoint", {
    VpcId,
    ServiceName: "com.amazonaws.us-east-1.s3",
    VpcEndpointType: "Gateway",
    RouteTableIds: [RouteTableId],
  });
  await fixture.cloud.call("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: true } });
  await fixture.cloud.call("ec2", "CreateVpcEndpoint", {
    VpcId,
    ServiceName: "com.amazonaws.us-east-1.logs",
    VpcEndpointType: "Interface",
    SubnetIds,
    SecurityGroupIds,
    PrivateDnsEnabled: true,
  });
}

const processing = (name: string, more: object = {}) => ({
  ProcessingJobName: name,
  RoleArn: ROLE,
  AppSpecification: { ImageUri: IMAGE },
  ProcessingResources: {
    ClusterConfig: { InstanceCount: 2, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
  },
  ProcessingInputs: [
    {
      InputName: "input",
      S3Input: { S3Uri: "s3://data/in/", LocalPath: "/opt/ml/processing/input", S3DataType: "S3Prefix" },
    },
  ],
  ProcessingOutputConfig: {
    Outputs: [
      {
        OutputName: "out",
        S3Output: {
          S3Uri: "s3://data/out",
          LocalPath: "/opt/ml/processing/output",
          S3UploadMode: "EndOfJob",
        },
      },
    ],
  },
  ...more,
});

const statusOf = async (name: string) =>
  fixture.sagemaker("DescribeProcessingJob", { ProcessingJobName: name });

describe("a processing job", () => {
  it("reads its inputs, writes its outputs, logs, and gives its interfaces back", async () => {
    const { SubnetIds, SecurityGroupIds } = fixture.vpc;
    await openVpc();
    await fixture.sagemaker(
      "CreateProcessingJob",
      processing("p1", { NetworkConfig: { VpcConfig: { Subnets: SubnetIds, SecurityGroupIds } } }),
    );
    await fixture.cloud.runtime.clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await interfaces()).toHaveLength(4);
    expect((await statusOf("p1")).ProcessingJobStatus).toBe("InProgress");
    await fixture.settle();
    const done = await statusOf("p1");
    expect(done.ProcessingJobStatus).toBe("Completed");
    expect(done.ProcessingEndTime).toBeInstanceOf(Date);
    expect(await interfaces()).toHaveLength(0);
    expect(await keys("out/")).toEqual(["out/a.csv", "out/b.csv"]);
    expect(await get("out/a.csv")).toBe("x,y\n1,2\n");
    const logs = (operation: string, input: object) =>
      fixture.cloud.call("cloudwatch-logs", operation, input);
    const logGroupName = "/aws/sagemaker/ProcessingJobs";
    const { logStreams } = await logs("DescribeLogStreams", { logGroupName });
    expect(logStreams[0].logStreamName).toMatch(/^p1\/algo-1-\d{10}$/);
    const { events } = await logs("GetLogEvents", {
      logGroupName,
      logStreamName: logStreams[0].logStreamName,
    });
    expect((events as { message: string }[]).map(({ message }) => message).join("\n")).toMatch(
      /Downloaded 2 file.*\n.*stand-in.*\n(.*\n)*Uploaded 2 file/,
    );
  });

  it("fails when its interfaces have no way to S3", async () => {
    const { SubnetIds, SecurityGroupIds } = fixture.vpc;
    await fixture.sagemaker(
      "CreateProcessingJob",
      processing("p0", { NetworkConfig: { VpcConfig: { Subnets: SubnetIds, SecurityGroupIds } } }),
    );
    await fixture.settle();
    expect((await statusOf("p0")).FailureReason).toMatch(
      /ListObjectsV2 failed for s3:\/\/data\/in\/: .*connect timed out/,
    );
    expect(await interfaces()).toHaveLength(0);
  });

  it("fails with the reason when its role may not read the input", async () => {
    await fixture.cloud.call("iam", "PutRolePolicy", {
      RoleName: "execution",
      PolicyName: "no-data",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" }],
      }),
    });
    await fixture.sagemaker("CreateProcessingJob", processing("p2"));
    await fixture.settle();
    const job = await statusOf("p2");
    expect(job.ProcessingJobStatus).toBe("Failed");
    expect(job.FailureReason).toMatch(
      /^ClientError: Failed to download data\. .*s3:\/\/data\/in\/: AccessDenied: .*s3:GetObject/,
    );
  });

  it("fails when there is nothing to read", async () => {
    const [input] = processing("").ProcessingInputs;
    const none = { ...input, S3Input: { ...input?.S3Input, S3Uri: "s3://data/none" } };
    await fixture.sagemaker("CreateProcessingJob", processing("p3", { ProcessingInputs: [none] }));
    await fixture.settle();
    expect((await statusOf("p3")).FailureReason).toMatch(
      /No S3 objects found under S3 URL "s3:\/\/data\/none"/,
    );
  });

  it("stops, once, and not when it has ended", async () => {
    await fixture.sagemaker("CreateProcessingJob", processing("p4"));
    await fixture.sagemaker("StopProcessingJob", { ProcessingJobName: "p4" });
    // stopping takes a moment, which may have passed when the answer arrives
    expect((await statusOf("p4")).ProcessingJobStatus).toMatch(/^Stopp(ing|ed)$/);
    await fixture.settle();
    expect((await statusOf("p4")).ProcessingJobStatus).toBe("Stopped");
    await expect(fixture.sagemaker("StopProcessingJob", { ProcessingJobName: "p4" })).rejects.toThrow(
      /Stopped/,
    );
  });

  it("is refused without a role that trusts SageMaker, and with half a network", async () => {
    await expect(
      fixture.sagemaker(
        "CreateProcessingJob",
        processing("p5", { RoleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }),
      ),
    ).rejects.toThrow(/Could not assume role/);
    const half = { NetworkConfig: { VpcConfig: { Subnets: fixture.vpc.SubnetIds, SecurityGroupIds: [] } } };
    await expect(fixture.sagemaker("CreateProcessingJob", processing("p6", half))).rejects.toThrow(
      /both Subnets/,
    );
    expect((await fixture.sagemaker("ListProcessingJobs")).ProcessingJobSummaries).toEqual([]);
  });

  it("runs a local command in the image's place, with SageMaker's folders and environment", async () => {
    setSageMakerOptions(fixture.cloud.runtime.store, { localImages: { [IMAGE]: ["sh", "-c"] } });
    const script =
      "wc -l < /opt/ml/processing/input/a.csv > /opt/ml/processing/output/lines.txt; echo $COLOUR $AWS_REGION >> /opt/ml/processing/output/lines.txt; echo hello; ls /opt/ml/config > /opt/ml/processing/output/config.txt";
    await fixture.sagemaker(
      "CreateProcessingJob",
      processing("p7", {
        AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: [script] },
        Environment: { COLOUR: "red" },
      }),
    );
    for (let turn = 0; turn < 40 && (await statusOf("p7")).ProcessingJobStatus === "InProgress"; turn++) {
      await fixture.settle(1000);
    }
    const job = await statusOf("p7");
    expect(job.FailureReason).toBeUndefined();
    expect(job.ProcessingJobStatus).toBe("Completed");
    expect((await get("out/lines.txt")).trim().split(/\s+/)).toEqual(["2", "red", "us-east-1"]);
    expect(await get("out/config.txt")).toBe("processingjobconfig.json\nresourceconfig.json\n");
  });
});

describe("network isolation", () => {
  const environment = async (name: string, EnableNetworkIsolation: boolean) => {
    setSageMakerOptions(fixture.cloud.runtime.store, {
      localImages: { [IMAGE]: ["sh", "-c"] },
      outside: { url: "http://127.0.0.1:4690", caBundle: "/ca.pem" },
    });
    const script = "env > /opt/ml/processing/output/env.txt";
    await fixture.sagemaker(
      "CreateProcessingJob",
      processing(name, {
        AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: [script] },
        NetworkConfig: { EnableNetworkIsolation },
      }),
    );
    for (let turn = 0; turn < 40 && (await statusOf(name)).ProcessingJobStatus === "InProgress"; turn++) {
      await fixture.settle(1000);
    }
    expect((await statusOf(name)).FailureReason).toBeUndefined();
    return get("out/env.txt");
  };

  it("takes credentials and network from the container", async () => {
    const open = await environment("open", false);
    expect(open).toMatch(/AWS_SESSION_TOKEN=./);
    expect(open).toMatch(/HTTPS_PROXY=http:\/\/127\.0\.0\.1:4690/);
    const closed = await environment("closed", true);
    expect(closed).not.toMatch(/AWS_(ACCESS|SECRET|SESSION)/);
    expect(closed).toMatch(/HTTPS_PROXY=http:\/\/127\.0\.0\.1:9\b/);
  });
});

describe("a training job", () => {
  const training = (name: string) => ({
    TrainingJobName: name,
    RoleArn: ROLE,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: "File" },
    InputDataConfig: [
      {
        ChannelName: "train",
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://data/in/" } },
      },
    ],
    OutputDataConfig: { S3OutputPath: "s3://data/models/" },
    ResourceConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  });

  it("leaves a model archive and tells its phases", async () => {
    await fixture.sagemaker("CreateTrainingJob", training("T-1"));
    await fixture.settle();
    const job = await fixture.sagemaker("DescribeTrainingJob", { TrainingJobName: "T-1" });
    expect(job).toMatchObject({
      TrainingJobStatus: "Completed",
      SecondaryStatus: "Completed",
      ModelArtifacts: { S3ModelArtifacts: "s3://data/models/T-1/output/model.tar.gz" },
    });
    const phases = (job.SecondaryStatusTransitions as { Status: string }[]).map(({ Status }) => Status);
    expect(phases).toEqual(["Starting", "Downloading", "Training", "Uploading", "Completed"]);
    expect(await keys("models/")).toEqual(["models/T-1/output/model.tar.gz"]);
  });

  it("is tried with drawn parameters by a tuning job", async () => {
    const { TrainingJobName: _, ...definition } = training("");
    await fixture.sagemaker("CreateHyperParameterTuningJob", {
      HyperParameterTuningJobName: "tune",
      HyperParameterTuningJobConfig: {
        Strategy: "Random",
        ResourceLimits: { MaxNumberOfTrainingJobs: 3, MaxParallelTrainingJobs: 2 },
        ParameterRanges: { IntegerParameterRanges: [{ Name: "depth", MinValue: "2", MaxValue: "8" }] },
      },
      TrainingJobDefinition: { ...definition, StaticHyperParameters: { eta: "0.1" } },
    });
    const running = await fixture.sagemaker("DescribeHyperParameterTuningJob", {
      HyperParameterTuningJobName: "tune",
    });
    expect(running.TrainingJobStatusCounters.InProgress).toBe(2);
    await fixture.settle();
    await fixture.settle();
    const done = await fixture.sagemaker("DescribeHyperParameterTuningJob", {
      HyperParameterTuningJobName: "tune",
    });
    expect(done.HyperParameterTuningJobStatus).toBe("Completed");
    expect(done.TrainingJobStatusCounters).toMatchObject({ Completed: 3, InProgress: 0 });
    const { TrainingJobSummaries } = await fixture.sagemaker("ListTrainingJobsForHyperParameterTuningJob", {
      HyperParameterTuningJobName: "tune",
    });
    for (const { TunedHyperParameters } of TrainingJobSummaries) {
      expect(Number(TunedHyperParameters.depth)).toBeGreaterThanOrEqual(2);
      expect(Number(TunedHyperParameters.depth)).toBeLessThanOrEqual(8);
    }
  });
});
