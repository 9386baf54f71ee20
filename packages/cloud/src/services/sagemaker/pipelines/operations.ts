/** Operations on pipelines and their executions beside the generic ones. */
import { randomInt } from "node:crypto";
import type { CallContext, ReadContext } from "../../../context.ts";
import { demandTrust } from "../authorization/roles.ts";
import { actorOf } from "../engine/actor.ts";
import { create, draft, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Kind } from "../engine/kind.ts";
import { kindNamed, locate, require } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { conflict, notFound, validation } from "../errors.ts";
import { bytesOf } from "../jobs/body.ts";
import { everyStep, parseDefinition } from "./definition.ts";
import { executionKind, type StepState, stepsOf, wake } from "./execution.ts";

interface Version {
  definition: string;
  created: number;
  displayName?: string;
  description?: string;
  lastExecution?: string;
}

const pipelineKind = () => kindNamed("Pipeline");
const versionsOf = (pipeline: Readonly<Resource>) => (pipeline.fields.versions ?? []) as Version[];

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const newExecutionId = () => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join("");

export const pipelineKinds: Kind[] = [
  {
    name: "Pipeline",
    type: "pipeline",
    id: ["PipelineName"],
    byArn: "PipelineName",
    without: ["Create", "Update", "Describe"],
    missing: (arn) => notFound(`Pipeline '${arn}' does not exist.`),
    exists: (arn) =>
      validation(
        `Pipeline names must be unique within an AWS account and region. Pipeline with name (${arn.split("/").pop()}) already exists.`,
      ),
    life: { create: [["Active", 0]] },
    hooks: {
      delete(resource, _, context) {
        if (
          executionsOf(resource.name, context).some(
            ({ status }) => status === "Executing" || status === "Stopping",
          )
        ) {
          throw conflict(
            `Pipeline ${resource.arn} cannot be deleted because it has executions that are running.`,
          );
        }
      },
      describe: ({ fields }) => ({
        LastRunTime: fields.lastRun,
        LastExecutionTime: fields.lastRun,
        PipelineVersionId: versionsOf({ fields } as Readonly<Resource>).length,
      }),
    },
  },
  {
    name: "PipelineExecution",
    type: "pipeline-execution",
    arnPrefix: "pipeline",
    id: ["PipelineName", "ExecutionId"],
    path: ([pipeline, id]) => `${pipeline}/execution/${id}`,
    byArn: "PipelineExecutionArn",
    without: ["Stop", "Start", "List", "Update"],
    missing: (arn) => notFound(`PipelineExecution '${arn}' does not exist.`),
    newId: (input) => [String(input.PipelineName), newExecutionId()],
    life: { create: [["Executing", 0]] },
    hooks: {
      describe: (resource, context) => ({
        PipelineArn: context.arn("sagemaker", `pipeline/${resource.id[0]}`.toLowerCase()),
        StartTime: new Date(resource.created),
        PipelineExecutionFailureReason: resource.fields.FailureReason,
      }),
    },
  },
];

function executionsOf(pipeline: string, context: ReadContext): Readonly<Resource>[] {
  const one = shelf(executionKind(), context);
  const prefix = `${pipeline.toLowerCase()}/`;
  return one
    .entries("created")
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key }) => one.byKey(key, context.now))
    .filter((execution) => execution !== undefined);
}

/** The definition given in the request or in S3, read with the caller's permissions. */
async function definitionIn(input: Fields, context: CallContext): Promise<string | undefined> {
  const location = input.PipelineDefinitionS3Location as
    | { Bucket: string; ObjectKey: string; VersionId?: string }
    | undefined;
  if (!location) return input.PipelineDefinition as string | undefined;
  const { Bucket, ObjectKey, VersionId } = location;
  const { Body } = await context.call(
    "s3",
    "GetObject",
    { Bucket, Key: ObjectKey, ...(VersionId && { VersionId }) },
    { kind: "caller" },
  );
  return (await bytesOf(Body)).toString("utf8");
}

const inExecution = (input: Fields, context: ReadContext) => {
  const located = locate(String(input.PipelineExecutionArn), context);
  if (located?.kind.name !== "PipelineExecution") {
    throw notFound(`PipelineExecution '${input.PipelineExecutionArn}' does not exist.`);
  }
  return located.resource;
};

export const pipelineOperations: Operations = {
  async CreatePipeline(input, context) {
    const definition = await definitionIn(input, context);
    if (definition === undefined) {
      throw validation("Either PipelineDefinition or PipelineDefinitionS3Location must be specified.");
    }
    parseDefinition(definition);
    demandTrust(String(input.RoleArn), context);
    const { PipelineDefinitionS3Location: _, ...rest } = input;
    const made = draft(create(pipelineKind(), { ...rest, PipelineDefinition: definition }, context));
    made.fields.versions = [{ definition, created: context.now }];
    return { PipelineArn: save(pipelineKind(), made, context).arn };
  },
  async UpdatePipeline(input, context) {
    const definition = await definitionIn(input, context);
    if (definition !== undefined) parseDefinition(definition);
    if (input.RoleArn !== undefined) demandTrust(String(input.RoleArn), context);
    const pipeline = draft(require(pipelineKind(), input, context, "UpdatePipeline"));
    const { PipelineName: _, PipelineDefinitionS3Location: __, PipelineDefinition: ___, ...rest } = input;
    Object.assign(pipeline.input, rest);
    if (definition !== undefined) {
      pipeline.input.PipelineDefinition = definition;
      pipeline.fields.versions = [...versionsOf(pipeline), { definition, created: context.now }];
    }
    pipeline.modified = context.now;
    pipeline.changedBy = actorOf(context);
    save(pipelineKind(), pipeline, context);
    return { PipelineArn: pipeline.arn, PipelineVersionId: versionsOf(pipeline).length };
  },
  DescribePipeline(input, context) {
    const pipeline = require(pipelineKind(), input, context, "DescribePipeline");
    const number =
      typeof input.PipelineVersionId === "number" ? input.PipelineVersionId : versionsOf(pipeline).length;
    const version = versionsOf(pipeline)[number - 1];
    if (!version) throw notFound(`Pipeline version ${number} of '${pipeline.arn}' does not exist.`);
    const members = {
      ...membersOf(pipelineKind(), pipeline, context),
      PipelineDefinition: version.definition,
      PipelineVersionDisplayName: version.displayName,
      PipelineVersionDescription: version.description,
    };
    return pick(members, factsOf("DescribePipeline").out);
  },
  ListPipelineVersions(input, context) {
    const pipeline = require(pipelineKind(), input, context, "ListPipelineVersions");
    const all = versionsOf(pipeline).map((version, index) => ({
      PipelineArn: pipeline.arn,
      PipelineVersionId: index + 1,
      CreationTime: new Date(version.created),
      PipelineVersionDescription: version.description,
      PipelineVersionDisplayName: version.displayName,
      LastExecutionPipelineExecutionArn: version.lastExecution,
    }));
    if (input.SortOrder !== "Ascending") all.reverse();
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { PipelineVersionSummaries: items, ...(next && { NextToken: next }) };
  },
  UpdatePipelineVersion(input, context) {
    const pipeline = draft(
      require(pipelineKind(), { PipelineName: input.PipelineArn }, context, "UpdatePipelineVersion"),
    );
    const version = versionsOf(pipeline)[Number(input.PipelineVersionId) - 1];
    if (!version)
      throw notFound(`Pipeline version ${input.PipelineVersionId} of '${pipeline.arn}' does not exist.`);
    if (input.PipelineVersionDisplayName !== undefined)
      version.displayName = String(input.PipelineVersionDisplayName);
    if (input.PipelineVersionDescription !== undefined)
      version.description = String(input.PipelineVersionDescription);
    save(pipelineKind(), pipeline, context);
    return { PipelineArn: pipeline.arn, PipelineVersionId: input.PipelineVersionId };
  },
  StartPipelineExecution(input, context) {
    const pipeline = draft(require(pipelineKind(), input, context, "StartPipelineExecution"));
    const token = String(input.ClientRequestToken);
    const before = executionsOf(pipeline.name, context).find(({ fields }) => fields.token === token);
    if (before) return { PipelineExecutionArn: before.arn };
    const number =
      typeof input.PipelineVersionId === "number" ? input.PipelineVersionId : versionsOf(pipeline).length;
    const version = versionsOf(pipeline)[number - 1];
    if (!version) throw notFound(`Pipeline version ${number} of '${pipeline.arn}' does not exist.`);
    const made = draft(
      create(executionKind(), { ...input, PipelineName: pipeline.name, Tags: tagsOf(pipeline) }, context),
    );
    made.fields = {
      definition: version.definition,
      parameters: parametersOf(version.definition, input),
      role: pipeline.input.RoleArn,
      token,
      steps: {},
    };
    made.input.ParallelismConfiguration ??= pipeline.input.ParallelismConfiguration;
    if (made.input.ParallelismConfiguration === undefined) delete made.input.ParallelismConfiguration;
    save(executionKind(), made, context);
    pipeline.fields.lastRun = { $date: context.now };
    version.lastExecution = made.arn;
    save(pipelineKind(), pipeline, context);
    wake(made, context);
    return { PipelineExecutionArn: made.arn };
  },
  StopPipelineExecution(input, context) {
    const execution = draft(inExecution(input, context));
    if (execution.status !== "Executing" && execution.status !== "Stopping") {
      throw conflict(
        `Pipeline execution with ARN ${execution.arn} status ${execution.status}. Only pipelines with "Executing" status can be stopped.`,
      );
    }
    execution.status = "Stopping";
    save(executionKind(), execution, context);
    wake(execution, context);
    return { PipelineExecutionArn: execution.arn };
  },
  RetryPipelineExecution(input, context) {
    const execution = draft(inExecution(input, context));
    if (execution.status !== "Failed" && execution.status !== "Stopped") {
      throw conflict(
        `Pipeline execution with ARN ${execution.arn} status ${execution.status}. Only failed or stopped executions can be retried.`,
      );
    }
    const kept = Object.entries(stepsOf(execution)).filter(([, { status }]) => status === "Succeeded");
    execution.fields.steps = Object.fromEntries(kept);
    delete execution.fields.FailureReason;
    execution.status = "Executing";
    save(executionKind(), execution, context);
    wake(execution, context);
    return { PipelineExecutionArn: execution.arn };
  },
  UpdatePipelineExecution(input, context) {
    const execution = draft(inExecution(input, context));
    for (const member of [
      "PipelineExecutionDescription",
      "PipelineExecutionDisplayName",
      "ParallelismConfiguration",
    ]) {
      if (input[member] !== undefined) execution.input[member] = input[member];
    }
    execution.modified = context.now;
    save(executionKind(), execution, context);
    return { PipelineExecutionArn: execution.arn };
  },
  DescribePipelineDefinitionForExecution(input, context) {
    const execution = inExecution(input, context);
    return { PipelineDefinition: execution.fields.definition, CreationTime: new Date(execution.created) };
  },
  ListPipelineExecutions(input, context) {
    const pipeline = require(pipelineKind(), input, context, "ListPipelineExecutions");
    const after = input.CreatedAfter as Date | undefined;
    const before = input.CreatedBefore as Date | undefined;
    const all = executionsOf(pipeline.name, context).filter(
      (one) => (!after || one.created > after.getTime()) && (!before || one.created < before.getTime()),
    );
    if (input.SortOrder !== "Ascending") all.reverse();
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    const { item = [] } = factsOf("ListPipelineExecutions");
    return {
      PipelineExecutionSummaries: items.map((one) => pick(membersOf(executionKind(), one, context), item)),
      ...(next && { NextToken: next }),
    };
  },
  ListPipelineExecutionSteps(input, context) {
    const execution = inExecution(input, context);
    const steps = everyStep(parseDefinition(String(execution.fields.definition)).Steps);
    const all = Object.entries(stepsOf(execution)).map(([name, state]) =>
      stepOut(steps.find(({ Name }) => Name === name) ?? { Name: name, Type: "" }, state),
    );
    if (input.SortOrder !== "Ascending") all.reverse();
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { PipelineExecutionSteps: items, ...(next && { NextToken: next }) };
  },
  ListPipelineParametersForExecution(input, context) {
    const { fields } = inExecution(input, context);
    const all = Object.entries(fields.parameters as Fields).map(([Name, Value]) => ({
      Name,
      Value: String(Value),
    }));
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { PipelineParameters: items, ...(next && { NextToken: next }) };
  },
  SendPipelineExecutionStepSuccess: (input, context) => answerCallback(input, context, "Succeeded"),
  SendPipelineExecutionStepFailure: (input, context) => answerCallback(input, context, "Failed"),
};

const tagsOf = (pipeline: Readonly<Resource>) =>
  Object.entries(pipeline.tags)
    .filter(([key]) => !key.startsWith("sagemaker:"))
    .map(([Key, Value]) => ({ Key, Value }));

/** Parameters of an execution: given, or defaults. @throws ValidationException for unknown, missing and forbidden ones */
function parametersOf(text: string, input: Fields): Fields {
  const { Parameters } = parseDefinition(text);
  const given = new Map(
    ((input.PipelineParameters as { Name: string; Value: string }[] | undefined) ?? []).map(
      ({ Name, Value }) => [Name, Value],
    ),
  );
  for (const name of given.keys()) {
    if (!Parameters.some(({ Name }) => Name === name)) throw validation(`Unknown parameters: [${name}]`);
  }
  const values: Fields = {};
  for (const { Name, Type, DefaultValue, EnumValues } of Parameters) {
    const raw = given.get(Name) ?? DefaultValue;
    if (raw === undefined) throw validation(`Parameter [${Name}] value is undefined`);
    const value =
      Type === "Integer" || Type === "Float"
        ? Number(raw)
        : Type === "Boolean"
          ? String(raw) === "true"
          : raw;
    if (typeof value === "number" && Number.isNaN(value))
      throw validation(`Parameter [${Name}] has an invalid value: ${raw}`);
    if (EnumValues && !EnumValues.includes(value))
      throw validation(`Parameter [${Name}] must be one of [${EnumValues.join(", ")}]`);
    values[Name] = value;
  }
  return values;
}

function stepOut(
  step: { Name: string; Type: string; DisplayName?: unknown; Description?: unknown },
  state: StepState,
): Fields {
  return {
    StepName: step.Name,
    StepDisplayName: step.DisplayName,
    StepDescription: step.Description,
    StartTime: new Date(state.started),
    ...(state.ended !== undefined && { EndTime: new Date(state.ended) }),
    StepStatus: state.status,
    AttemptCount: state.attempts,
    FailureReason: state.failure,
    Metadata: state.metadata ?? {},
  };
}

function answerCallback(input: Fields, context: CallContext, status: "Succeeded" | "Failed"): Fields {
  const one = shelf(executionKind(), context);
  for (const { key } of one.entries("created")) {
    const found = one.byKey(key, context.now);
    if (found?.status !== "Executing") continue;
    const execution = draft(found);
    for (const state of Object.values(stepsOf(execution))) {
      const callback = state.metadata?.Callback as Fields | undefined;
      if (!callback || callback.CallbackToken !== input.CallbackToken || state.status !== "Executing")
        continue;
      state.status = status;
      state.ended = context.now;
      if (status === "Failed") state.failure = String(input.FailureReason ?? "");
      const outputs = (input.OutputParameters as { Name: string; Value: string }[] | undefined) ?? [];
      state.outputs = Object.fromEntries(outputs.map(({ Name, Value }) => [Name, Value]));
      callback.OutputParameters = outputs;
      one.put(execution, context);
      wake(execution, context);
      return { PipelineExecutionArn: execution.arn };
    }
  }
  throw notFound(`No step execution found for the callback token ${input.CallbackToken}.`);
}
