/** Hyperparameter tuning: child training jobs with drawn parameters, as many at a time as allowed. */
import { createHash } from "node:crypto";
import type { CallContext, ReadContext } from "../../../context.ts";
import { draft } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, require } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { compare, shelf } from "../engine/shelf.ts";
import { validation } from "../errors.ts";
import { onJobEnd } from "./runner.ts";

const tuningKind = () => kindNamed("HyperParameterTuningJob");
const trainingKind = () => kindNamed("TrainingJob");

const config = (tuning: Readonly<Resource>) => (tuning.input.HyperParameterTuningJobConfig ?? {}) as Fields;
const limits = (tuning: Readonly<Resource>) => (config(tuning).ResourceLimits ?? {}) as Fields;
const children = (tuning: Readonly<Resource>) => (tuning.fields.children ?? []) as string[];

const definitions = (tuning: Readonly<Resource>): Fields[] =>
  (tuning.input.TrainingJobDefinitions as Fields[] | undefined) ??
  (tuning.input.TrainingJobDefinition === undefined ? [] : [tuning.input.TrainingJobDefinition as Fields]);

function jobsOf(tuning: Readonly<Resource>, context: ReadContext): Readonly<Resource>[] {
  return children(tuning)
    .map((name) => find(trainingKind(), [name], context))
    .filter((job) => job !== undefined);
}

export const tuningHooks: Hooks = {
  create(resource, input) {
    if (input.TrainingJobDefinition === undefined && input.TrainingJobDefinitions === undefined) {
      throw validation("Exactly one of TrainingJobDefinition and TrainingJobDefinitions must be specified.");
    }
    resource.fields.children = [];
  },
  describe(resource, context) {
    const jobs = jobsOf(resource, context);
    const count = (status: string) => jobs.filter((job) => job.status === status).length;
    const best = jobs.find((job) => job.status === "Completed");
    return {
      TrainingJobStatusCounters: {
        Completed: count("Completed"),
        InProgress: count("InProgress"),
        RetryableError: 0,
        NonRetryableError: count("Failed"),
        Stopped: count("Stopped"),
      },
      ObjectiveStatusCounters: {
        Succeeded: count("Completed"),
        Pending: count("InProgress"),
        Failed: count("Failed"),
      },
      Strategy: config(resource).Strategy,
      ResourceLimits: config(resource).ResourceLimits,
      ...(best && { BestTrainingJob: childSummary(best, resource) }),
      ...(/Completed|Failed|Stopped/.test(resource.status ?? "") && {
        HyperParameterTuningEndTime: new Date(resource.since),
      }),
    };
  },
  stop(resource, _, context) {
    for (const job of jobsOf(resource, context)) {
      if (job.status === "InProgress") {
        context.callSync("sagemaker", "StopTrainingJob", { TrainingJobName: job.name });
      }
    }
    if (!jobsOf(resource, context).some((job) => job.status === "InProgress" || job.status === "Stopping")) {
      resource.status = "Stopped";
    }
  },
};

/** Starts the first children. */
export function startTuning(tuning: Readonly<Resource>, context: CallContext): void {
  advance(tuning, context);
}

/** Starts children while there is room, or ends the tuning when all are done. */
function advance(tuning: Readonly<Resource>, context: CallContext): void {
  const changed = draft(tuning);
  const most = Number(limits(tuning).MaxNumberOfTrainingJobs ?? 1);
  const parallel = Number(limits(tuning).MaxParallelTrainingJobs ?? 1);
  const jobs = jobsOf(tuning, context);
  let active = jobs.filter((job) => job.status === "InProgress" || job.status === "Stopping").length;
  const names = [...children(tuning)];
  if (tuning.status === "InProgress") {
    while (names.length < most && active < parallel) {
      names.push(startChild(tuning, names.length, context));
      active++;
    }
  }
  changed.fields.children = names;
  if (active === 0) {
    const failed = jobs.length > 0 && jobs.every((job) => job.status === "Failed");
    changed.status = tuning.status === "Stopping" ? "Stopped" : failed ? "Failed" : "Completed";
    changed.since = context.clock.now();
    if (failed)
      changed.fields.FailureReason =
        "All training jobs failed. For more information, see the failure reasons of the training jobs.";
  }
  changed.modified = context.clock.now();
  shelf(tuningKind(), context).put(changed, context);
}

function startChild(tuning: Readonly<Resource>, index: number, context: CallContext): string {
  const all = definitions(tuning);
  const definition = all[index % Math.max(1, all.length)] ?? {};
  const seed = createHash("sha256").update(`${tuning.arn} ${tuning.created} ${index}`).digest();
  const name = `${tuning.name.slice(0, 40)}-${String(index + 1).padStart(3, "0")}-${seed.toString("hex").slice(0, 8)}`;
  const ranges = (definition.HyperParameterRanges ?? config(tuning).ParameterRanges ?? {}) as Fields;
  const drawn = draw(ranges, seed);
  const {
    StaticHyperParameters,
    DefinitionName,
    TuningObjective: _,
    HyperParameterRanges: __,
    RetryStrategy: ___,
    ...rest
  } = definition;
  context.callSync("sagemaker", "CreateTrainingJob", {
    ...rest,
    TrainingJobName: name,
    HyperParameters: { ...(StaticHyperParameters as Fields), ...drawn },
    Tags: Object.entries(tuning.tags).map(([Key, Value]) => ({ Key, Value })),
  });
  const job = find(trainingKind(), [name], context);
  if (job) {
    const child = draft(job);
    child.by = tuning.by;
    child.fields.TuningJobArn = tuning.arn;
    child.fields.drawn = drawn;
    child.fields.definition = DefinitionName;
    shelf(trainingKind(), context).put(child, context);
  }
  return name;
}

/** One value from each range, by the bytes of the seed. */
function draw(ranges: Fields, seed: Buffer): Record<string, string> {
  const drawn: Record<string, string> = {};
  let at = 0;
  const part = () => (seed[at++ % seed.length] ?? 0) / 255;
  for (const range of (ranges.IntegerParameterRanges ?? []) as Record<string, string>[]) {
    const [low, high] = [Number(range.MinValue), Number(range.MaxValue)];
    drawn[range.Name ?? ""] = String(Math.round(low + (high - low) * part()));
  }
  for (const range of (ranges.ContinuousParameterRanges ?? []) as Record<string, string>[]) {
    const [low, high] = [Number(range.MinValue), Number(range.MaxValue)];
    drawn[range.Name ?? ""] = String(low + (high - low) * part());
  }
  for (const range of (ranges.CategoricalParameterRanges ?? []) as { Name: string; Values: string[] }[]) {
    drawn[range.Name] = range.Values[Math.floor(part() * (range.Values.length - 1))] ?? "";
  }
  return drawn;
}

function childSummary(job: Readonly<Resource>, tuning: Readonly<Resource>): Fields {
  return {
    TrainingJobDefinitionName: job.fields.definition,
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    TuningJobName: tuning.name,
    CreationTime: new Date(job.created),
    TrainingStartTime: new Date(job.created),
    ...(job.status !== "InProgress" && { TrainingEndTime: new Date(job.since) }),
    TrainingJobStatus: job.status,
    TunedHyperParameters: job.fields.drawn ?? {},
    FailureReason: job.fields.FailureReason,
    ObjectiveStatus:
      job.status === "Completed" ? "Succeeded" : job.status === "Failed" ? "Failed" : "Pending",
  };
}

onJobEnd("TrainingJob", (key, context) => {
  const job = shelf(trainingKind(), context).byKey(key, context.clock.now());
  const arn = job?.fields.TuningJobArn;
  if (typeof arn !== "string") return;
  const tuning = shelf(tuningKind(), context).byKey(arn.split("/").slice(1).join("/"), context.clock.now());
  if (tuning && (tuning.status === "InProgress" || tuning.status === "Stopping")) advance(tuning, context);
});

export const tuningOperations: Operations = {
  ListTrainingJobsForHyperParameterTuningJob(input, context) {
    const tuning = require(tuningKind(), input, context, "ListTrainingJobsForHyperParameterTuningJob");
    const by = String(input.SortBy ?? "Name");
    const sign = input.SortOrder === "Descending" ? -1 : 1;
    const value = (job: Readonly<Resource>) =>
      by === "CreationTime" ? job.created : by === "Status" ? (job.status ?? "") : job.name;
    const jobs = jobsOf(tuning, context)
      .filter((job) => input.StatusEquals === undefined || job.status === input.StatusEquals)
      .sort((a, b) => sign * compare(value(a), value(b)));
    const { items, next } = pageOf(jobs, input.NextToken, input.MaxResults, 10);
    return {
      TrainingJobSummaries: items.map((job) => childSummary(job, tuning)),
      ...(next && { NextToken: next }),
    };
  },
  DescribeAutoMLJob: (input, context) => describeAutoMl(input, context, "DescribeAutoMLJob"),
  DescribeAutoMLJobV2: (input, context) => describeAutoMl(input, context, "DescribeAutoMLJobV2"),
  ListCandidatesForAutoMLJob(input, context) {
    const job = require(kindNamed("AutoMLJob"), input, context, "ListCandidatesForAutoMLJob");
    const { BestCandidate } = membersOf(kindNamed("AutoMLJob"), job, context);
    const wanted = [BestCandidate as Fields | undefined].filter(
      (one): one is Fields =>
        one !== undefined &&
        (input.StatusEquals === undefined || one.CandidateStatus === input.StatusEquals) &&
        (input.CandidateNameEquals === undefined || one.CandidateName === input.CandidateNameEquals),
    );
    return { Candidates: wanted };
  },
};

function describeAutoMl(input: Fields, context: CallContext, operation: string): Fields {
  const kind = kindNamed("AutoMLJob");
  const members = membersOf(kind, require(kind, input, context, operation), context);
  members.AutoMLJobInputDataConfig ??= members.InputDataConfig;
  const problem = members.AutoMLProblemTypeConfig as Fields | undefined;
  members.AutoMLProblemTypeConfigName = Object.keys(problem ?? {})[0]?.replace(/JobConfig$/, "");
  return pick(members, factsOf(operation).out);
}
