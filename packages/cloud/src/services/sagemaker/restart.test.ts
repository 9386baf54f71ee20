import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bodyOf } from "../../wire/body.ts";
import { ACCOUNT, type Fixture, ROLE, startFixture } from "./cloud.fixture.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "sagekeep-restart-"));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const job = {
  ProcessingJobName: "p",
  RoleArn: ROLE,
  AppSpecification: { ImageUri: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/x:1` },
  ProcessingResources: {
    ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
  },
  ProcessingInputs: [
    {
      InputName: "i",
      S3Input: { S3Uri: "s3://data/in", LocalPath: "/opt/ml/processing/i", S3DataType: "S3Prefix" },
    },
  ],
  ProcessingOutputConfig: {
    Outputs: [
      {
        OutputName: "o",
        S3Output: { S3Uri: "s3://data/out", LocalPath: "/opt/ml/processing/o", S3UploadMode: "EndOfJob" },
      },
    ],
  },
};

/** Everything that describes and lists tell. */
async function told({ sagemaker }: Fixture): Promise<unknown> {
  return Promise.all([
    sagemaker("ListModels"),
    sagemaker("ListExperiments", { SortBy: "Name" }),
    sagemaker("DescribeModel", { ModelName: "m" }),
    sagemaker("DescribeTrialComponent", { TrialComponentName: "tc" }),
    sagemaker("ListTags", { ResourceArn: `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model/m` }),
  ]);
}

describe("a restart", () => {
  it("changes nothing that was told, and takes up the jobs that were under way", async () => {
    const first = await startFixture({ state });
    const { sagemaker, cloud } = first;
    await cloud.call("s3", "CreateBucket", { Bucket: "data" });
    await cloud.call("s3", "PutObject", {
      Bucket: "data",
      Key: "in/a",
      Body: bodyOf(Buffer.from("x")),
      ContentLength: 1,
    });
    const Tags = [{ Key: "team", Value: "a" }];
    await sagemaker("CreateModel", {
      ModelName: "m",
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: "i" },
      Tags,
    });
    await sagemaker("CreateTrialComponent", {
      TrialComponentName: "tc",
      StartTime: new Date(1_700_000_000_000),
    });
    for (const ExperimentName of ["b", "a", "c"]) await sagemaker("CreateExperiment", { ExperimentName });
    await sagemaker("CreateProcessingJob", job);
    const before = await told(first);
    await first.close();

    const second = await startFixture({ state });
    expect(await told(second)).toEqual(before);
    await expect(
      second.sagemaker("CreateModel", {
        ModelName: "M",
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: "i" },
      }),
    ).rejects.toThrow(/already existing model/);
    await second.settle();
    expect(
      (await second.sagemaker("DescribeProcessingJob", { ProcessingJobName: "p" })).ProcessingJobStatus,
    ).toBe("Completed");
    const { Contents } = await second.cloud.call("s3", "ListObjectsV2", { Bucket: "data", Prefix: "out/" });
    expect(Contents).toHaveLength(1);
    await second.close();
  });
});
