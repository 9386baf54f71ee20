/** Jobs are stopped, endpoints and what they serve deleted, then what was made on the way. */
import { ask, gone, ifThere, listAll, look, until } from "../calls.ts";
import { findWork } from "../find-work.ts";
import { type Ground, type Item, inTurn, type Phase } from "../item.ts";
import type { Found } from "../ownership.ts";
import {
  ARTIFACTS,
  EXPERIMENT,
  JOBS,
  PACKAGE_GROUP,
  SERVING,
  STARTERS,
  type WorkKind,
} from "../sagemaker-kinds.ts";
import { markEndpointLogs } from "./logs.ts";

export const running: Phase = {
  id: "running",
  title: "stop what runs",
  async find(ground) {
    const own = await findOwn(ground, [...STARTERS, ...JOBS]);
    const executions = await look(ground, "pipeline executions", () => runningExecutions(ground));
    const starters = own.filter((one) => STARTERS.includes(one.kind));
    const jobs = own.filter((one) => JOBS.includes(one.kind));
    return inTurn(
      executions,
      starters.map((one) => itemOf(ground, one)),
      jobs.map((one) => itemOf(ground, one)),
    );
  },
};

export const serving: Phase = {
  id: "serving",
  title: "delete endpoints and models",
  async find(ground) {
    const own = await findOwn(ground, SERVING.flat());
    return inTurn(
      ...SERVING.map((kinds) =>
        own.filter((one) => kinds.includes(one.kind)).map((one) => itemOf(ground, one)),
      ),
    );
  },
};

export const artifacts: Phase = {
  id: "artifacts",
  title: "delete what was made in Studio",
  async find(ground) {
    const own = await findOwn(ground, [...ARTIFACTS.flat(), PACKAGE_GROUP, EXPERIMENT]);
    const plain = ARTIFACTS.map((kinds) =>
      own.filter((one) => kinds.includes(one.kind)).map((one) => itemOf(ground, one)),
    );
    const groups = own.filter((one) => one.kind === PACKAGE_GROUP).map((one) => packageGroup(ground, one));
    const experiments = own.filter((one) => one.kind === EXPERIMENT).map((one) => experiment(ground, one));
    return inTurn([...(plain[0] ?? []), ...groups, ...experiments], ...plain.slice(1));
  },
};

/** Those that are the platform's and not a stack's: a stack removes its own. */
async function findOwn(ground: Ground, kinds: readonly WorkKind[]): Promise<Found[]> {
  const found = await findWork(ground, kinds);
  const held = new Set(
    ground.own.resources
      .filter((one) => one.live && one.type.startsWith("AWS::SageMaker::"))
      .map((one) => one.id),
  );
  return found.filter((one) => one.why !== undefined && !held.has(one.name) && !held.has(one.arn));
}

function itemOf(ground: Ground, { kind, name, key, why = "" }: Found): Item {
  return {
    kind: kind.what,
    id: name,
    why,
    ...(kind.loses !== undefined && { loses: kind.loses }),
    ...(kind.deleted === false && { loses: "what it has not written yet" }),
    remove: () => remove(ground, kind, key, name),
  };
}

async function remove(ground: Ground, kind: WorkKind, key: Record<string, unknown>, name: string) {
  const { clients } = ground;
  const describe = () => ask(clients, "sagemaker", kind.describe ?? `Describe${kind.name}`, key);
  const status = async () => String((await ifThere(describe))?.[kind.statusField ?? ""] ?? "");
  const through = [...(kind.settling ?? []), ...(kind.stop?.through ?? [])];
  if (kind.stop) {
    const passing = kind.stop.through.filter((one) => !kind.stop?.when.includes(one));
    if (kind.deleted !== false)
      await until(ground, `${kind.what} ${name}`, async () => !passing.includes(await status()));
    if (kind.stop.when.includes(await status())) {
      const desired =
        kind.name === "InferenceExperiment" ? { ModelVariantActions: await variants(describe) } : {};
      await ask(clients, "sagemaker", `Stop${kind.name}`, { ...key, ...desired });
    }
  }
  if (through.length > 0)
    await until(ground, `${kind.what} ${name}`, async () => !through.includes(await status()));
  if (kind.name === "Endpoint") await markEndpointLogs(ground, name);
  if (kind.deleted === false) return "stopped; its record costs nothing and stays";
  await ask(clients, "sagemaker", `Delete${kind.name}`, key);
  await until(ground, `${kind.what} ${name}`, () => gone(describe));
  return undefined;
}

/** A shadow test ends with the promotion of none of its variants. */
async function variants(describe: () => Promise<Record<string, unknown>>): Promise<Record<string, string>> {
  const all = ((await describe()).ModelVariants ?? []) as { ModelName?: string }[];
  return Object.fromEntries(all.map((one) => [one.ModelName ?? "", "Retain"]));
}

async function runningExecutions(ground: Ground): Promise<Item[]> {
  const { clients } = ground;
  const pipelines = ARTIFACTS.flat().filter((one) => one.name === "Pipeline");
  const own = (await findWork(ground, pipelines)).filter((one) => one.why !== undefined);
  const items: Item[] = [];
  for (const { name, why = "" } of own) {
    const executions = await listAll(
      clients,
      "sagemaker",
      "ListPipelineExecutions",
      { PipelineName: name },
      "PipelineExecutionSummaries",
    );
    for (const one of executions) {
      const status = one.PipelineExecutionStatus;
      if (status !== "Executing" && status !== "Stopping") continue;
      const PipelineExecutionArn = String(one.PipelineExecutionArn);
      const state = async () =>
        (await clients.call("sagemaker", "DescribePipelineExecution", { PipelineExecutionArn }))
          .PipelineExecutionStatus ?? "";
      items.push({
        kind: "pipeline execution",
        id: PipelineExecutionArn.split("/").slice(1).join("/"),
        why: `of pipeline ${name}, ${why}`,
        async remove() {
          if ((await state()) === "Executing")
            await clients.call("sagemaker", "StopPipelineExecution", {
              PipelineExecutionArn,
              ClientRequestToken: `sagekeep-destroy-${PipelineExecutionArn.slice(-12)}-${name}`
                .padEnd(32, "0")
                .slice(0, 128),
            });
          await until(
            ground,
            `execution of ${name}`,
            async () => !["Executing", "Stopping"].includes(await state()),
          );
          return "stopped";
        },
      });
    }
  }
  return items;
}

function packageGroup(ground: Ground, { kind, name, key, why = "" }: Found): Item {
  const { clients } = ground;
  return {
    kind: kind.what,
    id: name,
    why,
    loses: kind.loses ?? "",
    async remove() {
      const packages = await listAll(
        clients,
        "sagemaker",
        "ListModelPackages",
        { ModelPackageGroupName: name },
        "ModelPackageSummaryList",
      );
      for (const one of packages)
        await ifThere(() =>
          ask(clients, "sagemaker", "DeleteModelPackage", { ModelPackageName: one.ModelPackageArn }),
        );
      await ask(clients, "sagemaker", "DeleteModelPackageGroup", key);
      await until(ground, `model package group ${name}`, () =>
        gone(() => ask(clients, "sagemaker", "DescribeModelPackageGroup", key)),
      );
      return packages.length > 0 ? `with ${packages.length} model packages` : undefined;
    },
  };
}

/** An experiment goes after its trials, a trial after it let go of its components. */
function experiment(ground: Ground, { kind, name, why = "" }: Found): Item {
  const { clients } = ground;
  return {
    kind: kind.what,
    id: name,
    why,
    loses: kind.loses ?? "",
    async remove() {
      const trials = await listAll(
        clients,
        "sagemaker",
        "ListTrials",
        { ExperimentName: name },
        "TrialSummaries",
      );
      for (const { TrialName } of trials) {
        const components = await listAll(
          clients,
          "sagemaker",
          "ListTrialComponents",
          { TrialName },
          "TrialComponentSummaries",
        );
        for (const { TrialComponentName } of components)
          await ifThere(() =>
            ask(clients, "sagemaker", "DisassociateTrialComponent", { TrialComponentName, TrialName }),
          );
        await ifThere(() => ask(clients, "sagemaker", "DeleteTrial", { TrialName }));
      }
      await ask(clients, "sagemaker", "DeleteExperiment", { ExperimentName: name });
    },
  };
}
