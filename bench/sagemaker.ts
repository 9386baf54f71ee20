/**
 * SageMaker in the local cloud, in-process: `CreateProcessingJob` authorized, stored and trailed, and `ListTrainingJobs`
 * over 100,000 jobs with a filter. `npx tsx bench/sagemaker.ts [--json]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCloud } from "../packages/cloud/src/cloud.ts";
import { kindNamed } from "../packages/cloud/src/services/sagemaker/engine/locate.ts";
import type { Resource } from "../packages/cloud/src/services/sagemaker/engine/resource.ts";
import { shelf } from "../packages/cloud/src/services/sagemaker/engine/shelf.ts";
import { setSageMakerOptions } from "../packages/cloud/src/services/sagemaker/options.ts";

const CREATED = Number(process.env.BENCH_JOBS ?? 4000);
const LISTED = 100_000;
const ACCOUNT = "111122223333";
const REGION = "us-east-1";
const json = process.argv.includes("--json");

const state = mkdtempSync(join(tmpdir(), "sagekeep-bench-"));
const cloud = await startCloud({ state, listen: false });
setSageMakerOptions(cloud.runtime.store, { jobDuration: 3_600_000 });

const allow = (Action: string | string[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});
for (const RoleName of ["job", "scientist"]) {
  await cloud.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument: trust });
  const PolicyDocument = allow(["sagemaker:*", "iam:PassRole", "s3:*", "logs:*"]);
  await cloud.call("iam", "PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument });
}
const within = cloud.runtime.within(ACCOUNT, REGION);
const caller = cloud.runtime.directory.roleSession(
  `arn:aws:iam::${ACCOUNT}:role/scientist`,
  "me",
  {},
  within,
);
within.table("service-quotas.value").put("sagemaker/ml.m5.large for processing job usage", { value: 1e9 });

const job = (name: string) => ({
  ProcessingJobName: name,
  RoleArn: `arn:aws:iam::${ACCOUNT}:role/job`,
  AppSpecification: { ImageUri: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/prepare:1` },
  ProcessingResources: {
    ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
  },
  Tags: [{ Key: "team", Value: "team-a" }],
});

for (let index = 0; index < 300; index++)
  await cloud.call("sagemaker", "CreateProcessingJob", job(`warm-${index}`), { caller });
// jobs are created, authorized, stored and trailed here; none is begun, which lays out folders and logs
const { at } = cloud.runtime.clock;
Object.assign(cloud.runtime.clock, { at: () => () => {} });
const cpuBefore = process.cpuUsage();
const start = performance.now();
for (let index = 0; index < CREATED; index++) {
  await cloud.call("sagemaker", "CreateProcessingJob", job(`job-${index}`), { caller });
}
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuBefore);
Object.assign(cloud.runtime.clock, { at });

const kind = kindNamed("TrainingJob");
const one = shelf(kind, within);
cloud.runtime.store.unitOfWork(() => {
  for (let index = 0; index < LISTED; index++) {
    const name = `train-${String(index).padStart(6, "0")}`;
    const resource: Resource = {
      id: [name],
      name,
      arn: within.arn("sagemaker", `training-job/${name}`),
      created: 1_700_000_000_000 + index,
      modified: 1_700_000_000_000 + index,
      since: 1_700_000_000_000 + index,
      status: index % 10 === 0 ? "Failed" : "Completed",
      input: { TrainingJobName: name },
      fields: {},
      tags: {},
      by: { arn: "a", id: "b" },
    };
    one.put(resource, within);
  }
});
const list = (input: object) => cloud.call("sagemaker", "ListTrainingJobs", { MaxResults: 100, ...input });
const first = await timed(() => list({}));
const filters = {
  NameContains: { NameContains: "99" },
  StatusEquals: { StatusEquals: "Failed", SortBy: "CreationTime", SortOrder: "Descending" },
  byName: { NameContains: "99999", SortBy: "Name" },
  byStatus: { SortBy: "Status", NameContains: "5" },
};
const listing: Record<string, number> = {};
for (const [name, input] of Object.entries(filters)) {
  await list(input);
  const times: number[] = [];
  for (let run = 0; run < 15; run++) times.push(await timed(() => list(input)));
  listing[name] = times.sort((a, b) => a - b)[7] ?? 0;
}
global.gc?.();
const result = {
  createProcessingJobPerSecond: Math.round(CREATED / seconds),
  createProcessingJobPerCpuSecond: Math.round(CREATED / ((cpu.user + cpu.system) / 1e6)),
  listedJobs: LISTED,
  listFirstMilliseconds: first,
  listMilliseconds: listing,
  rssMegabytes: Math.round(process.memoryUsage().rss / 1e6),
};
if (json) console.log(JSON.stringify(result));
else console.log(result);
await cloud.close();
rmSync(state, { recursive: true, force: true });
process.exit(0);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return Math.round((performance.now() - from) * 100) / 100;
}
