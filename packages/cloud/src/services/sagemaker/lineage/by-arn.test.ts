import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fixture, startFixture } from "../cloud.fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const source = { Source: { SourceUri: "s3://b/k" } };

it.each([
  ["Action", { ActionName: "one", ActionType: "t", ...source }],
  ["Context", { ContextName: "one", ContextType: "t", ...source }],
  ["TrialComponent", { TrialComponentName: "one" }],
])("%s is described by its ARN as by its name", async (kind, input) => {
  const created = await fixture.sagemaker(`Create${kind}`, input);
  const arn: string = created[`${kind}Arn`];
  const byName = await fixture.sagemaker(`Describe${kind}`, { [`${kind}Name`]: "one" });
  expect(await fixture.sagemaker(`Describe${kind}`, { [`${kind}Name`]: arn })).toEqual(byName);
  const elsewhere = arn.replace("us-east-1", "eu-west-1");
  await expect(fixture.sagemaker(`Describe${kind}`, { [`${kind}Name`]: elsewhere })).rejects.toMatchObject({
    code: "ResourceNotFound",
  });
});

it("devices of a fleet that is not there are refused, an empty list of them too", async () => {
  for (const [operation, members] of [
    ["UpdateDevices", { Devices: [] }],
    ["DeregisterDevices", { DeviceNames: ["x"] }],
  ] as const) {
    await expect(fixture.sagemaker(operation, { DeviceFleetName: "none", ...members })).rejects.toMatchObject(
      { code: "ValidationException", message: "No devicefleet with name none found." },
    );
  }
});

it("a training job names an image or an algorithm", async () => {
  await expect(
    fixture.sagemaker("CreateTrainingJob", {
      TrainingJobName: "t",
      AlgorithmSpecification: { TrainingInputMode: "File" },
      RoleArn: "arn:aws:iam::111122223333:role/execution",
      OutputDataConfig: { S3OutputPath: "s3://b/o" },
      ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 10 },
    }),
  ).rejects.toMatchObject({ code: "ValidationException" });
});
