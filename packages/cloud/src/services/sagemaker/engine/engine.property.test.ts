import { createRequire } from "node:module";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, ROLE, startFixture } from "../cloud.fixture.ts";
import { workDone } from "../jobs/work.ts";
import { kinds } from "../kinds/index.ts";
import { arnField, type Kind, listOperation, nameField } from "./kind.ts";
import { type Fields, operations } from "./model.ts";

/** Seed of the random parts; printed so that a failure can be run again with `SEED=…`. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
console.log(`engine.property.test.ts: SEED=${seed}`);

const sdk = createRequire(import.meta.url)("@aws-sdk/client-sagemaker") as Record<string, unknown>;

type Schema = unknown;
const deref = (schema: Schema): Schema =>
  typeof schema === "function" ? deref((schema as () => Schema)()) : schema;

/** A value of a schema with its required members only. */
function sample(schema: Schema, member: string, depth = 0): unknown {
  const got = deref(schema);
  if (typeof got === "number") {
    if (got >= 128) return {};
    if (got >= 64) return [text(member)];
    return got === 1
      ? 1
      : got === 2
        ? false
        : got === 4
          ? new Date(0)
          : got === 21
            ? Buffer.from("x")
            : text(member);
  }
  if (!Array.isArray(got)) return text(member);
  const [kind, , , , names, schemas, required = 0] = got as [
    number,
    string,
    string,
    unknown,
    string[],
    Schema[],
    number,
  ];
  if (kind === 3 || kind === 4) {
    const count = kind === 4 ? 1 : depth > 6 ? 0 : required;
    return Object.fromEntries(
      names.slice(0, count).map((name, index) => [name, sample(schemas[index], name, depth + 1)]),
    );
  }
  if (kind === 1) return [sample(got[4], member, depth + 1)];
  if (kind === 2) return { a: sample(got[5], member, depth + 1) };
  return sample(got[3], member, depth);
}

function text(member: string): string {
  if (/Role(Arn)?$|ExecutionRole/.test(member)) return ROLE;
  if (/(S3Uri|S3Path|S3Output|S3OutputPath|S3OutputLocation|StoreUri)/.test(member)) return "s3://bucket/key";
  if (/Content$/.test(member)) return "eA==";
  return `x-${member}`;
}

const inputOf = (operation: string): Fields => {
  const schema = sdk[`${operation}$`] as unknown[];
  return sample(schema[4], "") as Fields;
};

let fixture: Fixture;
let domain: string;
let ClusterArn: string;

/** What a kind needs beyond its required members. */
const extras: Record<string, () => Fields> = {
  Domain: () => ({ DefaultUserSettings: { ExecutionRole: ROLE }, AuthMode: "IAM" }),
  UserProfile: () => ({ DomainId: domain }),
  Space: () => ({
    DomainId: domain,
    OwnershipSettings: { OwnerUserProfileName: "owner" },
    SpaceSharingSettings: { SharingType: "Shared" },
  }),
  Model: () => ({ PrimaryContainer: { Image: "i" }, ExecutionRoleArn: ROLE }),
  EndpointConfig: () => ({
    ProductionVariants: [{ VariantName: "v", ModelName: "base", InitialInstanceCount: 1 }],
  }),
  Endpoint: () => ({ EndpointConfigName: "base" }),
  InferenceComponent: () => ({ EndpointName: "base", VariantName: "v", RuntimeConfig: { CopyCount: 1 } }),
  TransformJob: () => ({ ModelName: "base" }),
  HyperParameterTuningJob: () => ({
    TrainingJobDefinition: {
      RoleArn: ROLE,
      AlgorithmSpecification: { TrainingImage: "i", TrainingInputMode: "File" },
      ResourceConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 1 },
    },
  }),
  CompilationJob: () => ({ InputConfig: { S3Uri: "s3://bucket/key", Framework: "ONNX" } }),
  MonitoringSchedule: () => ({
    MonitoringScheduleConfig: {
      ScheduleConfig: { ScheduleExpression: "cron(0 * ? * * *)" },
      MonitoringJobDefinitionName: "base",
      MonitoringType: "DataQuality",
    },
  }),
  Trial: () => ({ ExperimentName: "base" }),
  FeatureGroup: () => ({
    RecordIdentifierFeatureName: "id",
    EventTimeFeatureName: "time",
    FeatureDefinitions: [
      { FeatureName: "id", FeatureType: "String" },
      { FeatureName: "time", FeatureType: "String" },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
  }),
  EdgeDeploymentPlan: () => ({ DeviceFleetName: "base" }),
  Cluster: () => ({
    InstanceGroups: [{ InstanceGroupName: "g", InstanceCount: 1, InstanceType: "ml.m5.large" }],
  }),
  ClusterSchedulerConfig: () => ({ ClusterArn }),
  ComputeQuota: () => ({ ClusterArn }),
  Project: () => ({ TemplateProviders: [] }),
  Pipeline: () => ({
    PipelineDefinition: JSON.stringify({
      Steps: [{ Name: "F", Type: "Fail", Arguments: { ErrorMessage: "x" } }],
    }),
  }),
  NotebookInstance: () => ({ InstanceType: "ml.t3.medium" }),
  Artifact: () => ({ Source: { SourceUri: `s3://bucket/${Math.random()}` } }),
  PartnerApp: () => ({ Type: "comet" }),
};

/** Created otherwise than by `Create<Kind>`, or tested on their own. */
const ELSEWHERE = new Set([
  "App",
  "HubContent",
  "Device",
  "ImageVersion",
  "ModelCardExportJob",
  "PipelineExecution",
  "Job",
]);

const tested = kinds.filter((kind) => !ELSEWHERE.has(kind.name) && operations[`Create${kind.name}`]);

const byName = (kind: Kind, name: string): Fields => {
  const member = nameField(kind);
  return { ...inputOf(`Create${kind.name}`), ...extras[kind.name]?.(), [member]: name };
};

/** What Describe, Update and Delete identify it by. */
function reference(kind: Kind, name: string, made: Fields): Fields {
  const members = operations[`Describe${kind.name}`]?.in ?? [];
  const all: Fields = { DomainId: domain, ...made, [nameField(kind)]: name };
  if (kind.byArn) all[kind.byArn] = made[arnField(kind)];
  return Object.fromEntries(
    kind.id
      .concat(kind.byArn ?? [])
      .filter((one) => members.includes(one))
      .map((one) => [one, all[one]]),
  );
}

/** Lets states move and jobs end. */
async function later(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await fixture.cloud.runtime.clock.advance(15_000);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await workDone(fixture.cloud.runtime.store);
}

beforeAll(async () => {
  fixture = await startFixture();
  const { sagemaker } = fixture;
  const settings = { ExecutionRole: ROLE };
  const made = await sagemaker("CreateDomain", {
    DomainName: "base",
    AuthMode: "IAM",
    DefaultUserSettings: settings,
    DefaultSpaceSettings: settings,
  });
  domain = made.DomainId;
  await fixture.settle();
  await sagemaker("CreateUserProfile", { DomainId: domain, UserProfileName: "owner" });
  await sagemaker("CreateModel", {
    ModelName: "base",
    PrimaryContainer: { Image: "i" },
    ExecutionRoleArn: ROLE,
  });
  await sagemaker("CreateEndpointConfig", {
    EndpointConfigName: "base",
    ProductionVariants: [{ VariantName: "v", ModelName: "base" }],
  });
  await sagemaker("CreateEndpoint", { EndpointName: "base", EndpointConfigName: "base" });
  await sagemaker("CreateExperiment", { ExperimentName: "base" });
  await sagemaker("CreateDeviceFleet", {
    DeviceFleetName: "base",
    OutputConfig: { S3OutputLocation: "s3://b" },
  });
  await sagemaker("CreateDataQualityJobDefinition", { JobDefinitionName: "base", RoleArn: ROLE });
  ({ ClusterArn } = await sagemaker("CreateCluster", { ClusterName: "base", InstanceGroups: [] }));
  await fixture.settle();
});
afterAll(() => fixture.close());

describe("every kind", () => {
  it("covers all but those that are made otherwise", () => {
    expect(tested.length).toBeGreaterThan(55);
  });

  for (const kind of tested) {
    it(`${kind.name}: is created, described, listed, tagged, and deleted`, async () => {
      const { sagemaker } = fixture;
      const name = `it-${kind.name.toLowerCase().slice(0, 40)}`;
      const facts = operations[`Create${kind.name}`];
      const taggable = facts?.in.includes("Tags");
      const made = await sagemaker(`Create${kind.name}`, {
        ...byName(kind, name),
        ...(taggable && { Tags: [{ Key: "team", Value: "a" }] }),
      });
      const key = reference(kind, name, made);
      const described = async () => {
        const answer = await sagemaker(`Describe${kind.name}`, key);
        return (kind.wrap ? answer[kind.wrap] : answer) as Fields;
      };
      const first = await described();
      const arn = (made[arnField(kind)] ??
        first[arnField(kind)] ??
        Object.values(first).find(
          (one) => typeof one === "string" && one.startsWith("arn:aws:sagemaker"),
        )) as string;
      expect(arn).toMatch(/^arn:aws:sagemaker:us-east-1:111122223333:/);
      // members that the output requires are there
      const output = deref((sdk[`Describe${kind.name}$`] as unknown[])[5]) as [
        number,
        string,
        string,
        unknown,
        string[],
        unknown[],
        number,
      ];
      const required = output[4].slice(0, output[6] ?? 0);
      const answer = kind.wrap ? { [kind.wrap]: first } : first;
      expect(required.filter((member) => answer[member] === undefined)).toEqual([]);

      await later();
      const list = listOperation(kind);
      const { list: items = "" } = operations[list] ?? {};
      const parent = Object.fromEntries(
        (operations[list]?.in ?? [])
          .slice(0, operations[list]?.required ?? 0)
          .map((one) => [one, made[one] ?? first[one]]),
      );
      const listed: Fields[] = [];
      for (let NextToken: string | undefined; ; ) {
        const page = await sagemaker(list, { ...parent, ...(NextToken && { NextToken }), MaxResults: 1 });
        listed.push(...page[items]);
        if (!page.NextToken) break;
        NextToken = page.NextToken;
      }
      expect(
        listed.filter((one) => JSON.stringify(one).includes(name) || JSON.stringify(one).includes(arn))
          .length,
      ).toBe(1);

      if (taggable) {
        await sagemaker("AddTags", { ResourceArn: arn, Tags: [{ Key: "more", Value: "1" }] });
        expect((await sagemaker("ListTags", { ResourceArn: arn })).Tags).toEqual([
          { Key: "team", Value: "a" },
          { Key: "more", Value: "1" },
        ]);
        await sagemaker("DeleteTags", { ResourceArn: arn, TagKeys: ["team"] });
        expect((await sagemaker("ListTags", { ResourceArn: arn })).Tags).toEqual([
          { Key: "more", Value: "1" },
        ]);
      }

      if (operations[`Delete${kind.name}`]) {
        if (kind.name === "NotebookInstance" || kind.name === "InferenceExperiment") {
          await sagemaker(`Stop${kind.name}`, key);
          await later();
        }
        await sagemaker(`Delete${kind.name}`, key);
        await later();
        await expect(sagemaker(`Describe${kind.name}`, key)).rejects.toMatchObject({
          code: expect.stringMatching(/^(ResourceNotFound|ValidationException)$/),
        });
        // the name is free again
        if (!kind.newId) await sagemaker(`Create${kind.name}`, byName(kind, name));
      }
    });
  }
});

describe("pagination", () => {
  it("visits everything once, whatever the order, the page and what is added meanwhile", async () => {
    const { sagemaker } = fixture;
    const names = Array.from({ length: 23 }, (_, index) => `page-${(index * 7) % 23}`);
    for (const ExperimentName of names) await sagemaker("CreateExperiment", { ExperimentName });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("Name", "CreationTime"),
        fc.constantFrom("Ascending", "Descending"),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        async (SortBy, SortOrder, MaxResults, adding) => {
          const seen: string[] = [];
          let added = 0;
          for (let NextToken: string | undefined; ; ) {
            const page = await sagemaker("ListExperiments", { SortBy, SortOrder, MaxResults, NextToken });
            expect(page.ExperimentSummaries.length).toBeLessThanOrEqual(MaxResults);
            for (const { ExperimentName } of page.ExperimentSummaries)
              if (ExperimentName.startsWith("page-")) seen.push(ExperimentName);
            if (!page.NextToken) break;
            NextToken = page.NextToken;
            if (adding && added++ < 3)
              await sagemaker("CreateExperiment", { ExperimentName: `late-${Math.random()}` });
          }
          expect([...seen].sort()).toEqual([...names].sort());
          const sorted = SortBy === "Name" ? [...names].sort() : names;
          if (SortBy === "Name") expect(SortOrder === "Ascending" ? seen : seen.reverse()).toEqual(sorted);
        },
      ),
      { seed, numRuns: 25 },
    );
  });

  it("refuses a token that no call has handed out", async () => {
    await expect(fixture.sagemaker("ListModels", { NextToken: "nonsense" })).rejects.toMatchObject({
      code: "ValidationException",
    });
  });
});
