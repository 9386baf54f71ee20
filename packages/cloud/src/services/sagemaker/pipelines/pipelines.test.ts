import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bodyOf } from "../../../wire/body.ts";
import { ACCOUNT, type Fixture, REGION, ROLE, startFixture } from "../cloud.fixture.ts";

import { holds, resolve, type Scope } from "./values.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.cloud.call("s3", "CreateBucket", { Bucket: "data" });
  const bytes = Buffer.from("1,2\n");
  await fixture.cloud.call("s3", "PutObject", {
    Bucket: "data",
    Key: "in/a.csv",
    Body: bodyOf(bytes),
    ContentLength: 4,
  });
});
afterEach(() => fixture.close());

const image = (name: string) => `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${name}:1`;

const prepare = {
  Name: "Prepare",
  Type: "Processing",
  Arguments: {
    RoleArn: ROLE,
    AppSpecification: { ImageUri: image("prepare") },
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: { Get: "Parameters.Type" }, VolumeSizeInGB: 5 },
    },
    ProcessingInputs: [
      {
        InputName: "in",
        S3Input: { S3Uri: "s3://data/in", LocalPath: "/opt/ml/processing/in", S3DataType: "S3Prefix" },
      },
    ],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: "train",
          S3Output: {
            S3Uri: {
              "Std:Join": { On: "/", Values: ["s3://data", { Get: "Execution.PipelineExecutionId" }] },
            },
            LocalPath: "/opt/ml/processing/out",
            S3UploadMode: "EndOfJob",
          },
        },
      ],
    },
  },
};
const train = {
  Name: "Train",
  Type: "Training",
  Arguments: {
    RoleArn: ROLE,
    AlgorithmSpecification: { TrainingImage: image("train"), TrainingInputMode: "File" },
    InputDataConfig: [
      {
        ChannelName: "train",
        DataSource: {
          S3DataSource: {
            S3DataType: "S3Prefix",
            S3Uri: { Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri" },
          },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: "s3://data/models" },
    ResourceConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
    StoppingCondition: { MaxRuntimeInSeconds: 100 },
  },
};
const fail = (name: string) => ({
  Name: name,
  Type: "Fail",
  Arguments: { ErrorMessage: { "Std:Join": { On: " ", Values: ["not", { Get: "Parameters.Type" }] } } },
});
const choose = {
  Name: "Choose",
  Type: "Condition",
  DependsOn: ["Prepare"],
  Arguments: {
    Conditions: [{ Type: "GreaterThanOrEqualTo", LeftValue: { Get: "Parameters.Quality" }, RightValue: 5 }],
    IfSteps: [train],
    ElseSteps: [fail("Bad")],
  },
};
const definition = (Steps: object[]) =>
  JSON.stringify({
    Version: "2020-12-01",
    Parameters: [
      { Name: "Type", Type: "String", DefaultValue: "ml.m5.large" },
      { Name: "Quality", Type: "Integer", DefaultValue: 7 },
    ],
    Steps,
  });

async function pipeline(name: string, Steps: object[]): Promise<void> {
  await fixture.sagemaker("CreatePipeline", {
    PipelineName: name,
    RoleArn: ROLE,
    ClientRequestToken: name,
    PipelineDefinition: definition(Steps),
  });
}
async function start(name: string, parameters: Record<string, string> = {}): Promise<string> {
  const { PipelineExecutionArn } = await fixture.sagemaker("StartPipelineExecution", {
    PipelineName: name,
    ClientRequestToken: `run-${Math.random()}`,
    PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
  });
  return PipelineExecutionArn;
}
const finish = async () => {
  for (let turn = 0; turn < 4; turn++) await fixture.settle();
};
const describeRun = (PipelineExecutionArn: string) =>
  fixture.sagemaker("DescribePipelineExecution", { PipelineExecutionArn });
const steps = async (PipelineExecutionArn: string) => {
  const { PipelineExecutionSteps } = await fixture.sagemaker("ListPipelineExecutionSteps", {
    PipelineExecutionArn,
    SortOrder: "Ascending",
  });
  return (PipelineExecutionSteps as { StepName: string; StepStatus: string }[]).map(
    ({ StepName, StepStatus }) => [StepName, StepStatus],
  );
};

describe("a pipeline", () => {
  it("runs its steps in order, with parameters, properties of earlier steps and the branch that a condition chooses", async () => {
    await pipeline("Order", [choose, prepare]);
    const arn = await start("Order");
    expect(arn).toMatch(
      new RegExp(`^arn:aws:sagemaker:${REGION}:${ACCOUNT}:pipeline/order/execution/[a-z0-9]{12}$`),
    );
    await finish();
    expect((await describeRun(arn)).PipelineExecutionStatus).toBe("Succeeded");
    expect(await steps(arn)).toEqual([
      ["Prepare", "Succeeded"],
      ["Choose", "Succeeded"],
      ["Train", "Succeeded"],
    ]);
    const { TrainingJobSummaries } = await fixture.sagemaker("ListTrainingJobs");
    expect(TrainingJobSummaries).toHaveLength(1);
  });

  it("fails by a Fail step in the other branch, and can be retried", async () => {
    await pipeline("Branch", [prepare, choose]);
    const arn = await start("Branch", { Quality: "3", Type: "ml.m5.xlarge" });
    await finish();
    const run = await describeRun(arn);
    expect(run.PipelineExecutionStatus).toBe("Failed");
    expect(run.FailureReason).toMatch(/Step failure/);
    const { PipelineExecutionSteps } = await fixture.sagemaker("ListPipelineExecutionSteps", {
      PipelineExecutionArn: arn,
    });
    expect(PipelineExecutionSteps[0]).toMatchObject({
      StepName: "Bad",
      StepStatus: "Failed",
      FailureReason: "not ml.m5.xlarge",
    });
    await fixture.sagemaker("RetryPipelineExecution", {
      PipelineExecutionArn: arn,
      ClientRequestToken: "again",
    });
    // only the Fail step is left to run: it may be over already
    expect((await describeRun(arn)).PipelineExecutionStatus).toMatch(/^(?:Executing|Failed)$/);
    await finish();
    expect((await describeRun(arn)).PipelineExecutionStatus).toBe("Failed");
    const again = await fixture.sagemaker("ListPipelineExecutionSteps", { PipelineExecutionArn: arn });
    expect(+again.PipelineExecutionSteps[0].StartTime).toBeGreaterThan(+PipelineExecutionSteps[0].StartTime);
  });

  it("fails with the reason when its role may not do what a step needs", async () => {
    await fixture.cloud.call("iam", "PutRolePolicy", {
      RoleName: "execution",
      PolicyName: "no-jobs",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "sagemaker:CreateProcessingJob", Resource: "*" }],
      }),
    });
    await pipeline("Denied", [prepare]);
    const arn = await start("Denied");
    await finish();
    const { PipelineExecutionSteps } = await fixture.sagemaker("ListPipelineExecutionSteps", {
      PipelineExecutionArn: arn,
    });
    expect(PipelineExecutionSteps[0].FailureReason).toMatch(
      /AccessDeniedException: .*sagemaker:CreateProcessingJob.*explicit deny/,
    );
  });

  it("waits for a callback, and stops", async () => {
    const wait = {
      Name: "Wait",
      Type: "Callback",
      SqsQueueUrl: "https://sqs.us-east-1.amazonaws.com/1/q",
      Arguments: {},
      OutputParameters: [],
    };
    await pipeline("Call", [wait]);
    const arn = await start("Call");
    await fixture.settle(1000);
    const { PipelineExecutionSteps } = await fixture.sagemaker("ListPipelineExecutionSteps", {
      PipelineExecutionArn: arn,
    });
    const { CallbackToken } = PipelineExecutionSteps[0].Metadata.Callback;
    await fixture.sagemaker("SendPipelineExecutionStepSuccess", { CallbackToken });
    await finish();
    expect((await describeRun(arn)).PipelineExecutionStatus).toBe("Succeeded");
    const second = await start("Call");
    await fixture.settle(1000);
    await fixture.sagemaker("StopPipelineExecution", {
      PipelineExecutionArn: second,
      ClientRequestToken: "s",
    });
    await finish();
    expect((await describeRun(second)).PipelineExecutionStatus).toBe("Stopped");
  });

  it("is refused when it is no pipeline", async () => {
    for (const [Steps, message] of [
      [[], /non-empty/],
      [[{ ...prepare, DependsOn: ["Nothing"] }], /unknown step Nothing/],
      [
        [
          { ...prepare, DependsOn: ["B"] },
          { ...fail("B"), DependsOn: ["Prepare"] },
        ],
        /cycle/,
      ],
      [[prepare, prepare], /duplicate step name/],
      [[{ Name: "Odd", Type: "Wish" }], /unknown type Wish/],
    ] as const) {
      await expect(pipeline("Wrong", [...Steps])).rejects.toThrow(message);
    }
    await pipeline("Right", [prepare]);
    await expect(start("Right", { Unknown: "x" })).rejects.toThrow(/Unknown parameters/);
    await expect(start("Right", { Quality: "many" })).rejects.toThrow(/invalid value/);
  });
});

describe("values of a pipeline", () => {
  const scope: Scope = {
    parameters: { Name: "x", Count: 3 },
    steps: { A: { Out: [{ OutputName: "train", Uri: "s3://t" }], Arn: "arn" } },
    execution: { PipelineName: "p" },
  };
  it("resolve", () => {
    expect(resolve([{ Get: "Parameters.Name" }, { a: { Get: "Execution.PipelineName" } }], scope)).toEqual([
      "x",
      { a: "p" },
    ]);
    expect(resolve({ Get: "Steps.A.Out[0].Uri" }, scope)).toBe("s3://t");
    expect(resolve({ Get: "Steps.A.Out['train'].Uri" }, scope)).toBe("s3://t");
    expect(() => resolve({ Get: "Parameters.Nobody" }, scope)).toThrow(/cannot resolve/);
  });
  it("are compared", () => {
    const count = { Get: "Parameters.Count" };
    expect(holds({ Type: "LessThan", LeftValue: count, RightValue: 4 }, scope)).toBe(true);
    expect(holds({ Type: "In", QueryValue: count, Values: [1, 3] }, scope)).toBe(true);
    expect(
      holds({ Type: "Not", Expression: { Type: "Equals", LeftValue: count, RightValue: 3 } }, scope),
    ).toBe(false);
    expect(() => holds({ Type: "Odd" }, scope)).toThrow(/not supported/);
  });
});
