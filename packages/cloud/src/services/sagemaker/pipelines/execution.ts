/**
 * Executions of pipelines. The steps run in the order of their dependencies, in parallel where they may, each under
 * the pipeline's role; a condition chooses a branch; a failed step ends the execution. State is kept after each
 * change, so that an execution goes on after a restart.
 */
import { randomUUID } from "node:crypto";
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { draft } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import { kindNamed, locate } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { defineTask, plan } from "../jobs/work.ts";
import { optionsOf } from "../options.ts";
import {
  branches,
  type Definition,
  dependencies,
  everyStep,
  parseDefinition,
  type Step,
} from "./definition.ts";
import { outcomeOf, stepResourceName, stepTypes, withName } from "./steps.ts";
import { holds, resolve, type Scope } from "./values.ts";

export type StepStatus = "Starting" | "Executing" | "Stopping" | "Stopped" | "Failed" | "Succeeded";

export interface StepState {
  status: StepStatus;
  started: number;
  ended?: number;
  arn?: string;
  kind?: string;
  metadata?: Fields;
  failure?: string;
  attempts: number;
  outputs?: Fields;
}

export const executionKind = () => kindNamed("PipelineExecution");
export const stepsOf = (execution: Readonly<Resource>) =>
  (execution.fields.steps ?? {}) as Record<string, StepState>;
export const definitionOf = (execution: Readonly<Resource>): Definition =>
  parseDefinition(String(execution.fields.definition));

/** Milliseconds between looks at what steps wait for. */
const LOOK = 5;

export function wake(execution: Readonly<Resource>, context: CallContext, after = 0): void {
  plan(
    { task: "pipeline", key: execution.id.join("/").toLowerCase(), due: context.clock.now() + after },
    context,
  );
}

defineTask("pipeline", async (key, context) => {
  const found = shelf(executionKind(), context).byKey(key, context.clock.now());
  if (!found || (found.status !== "Executing" && found.status !== "Stopping")) return;
  const execution = draft(found);
  const definition = definitionOf(execution);
  if (execution.status === "Stopping") stopSteps(execution, context);
  look(execution, context);
  if (execution.status === "Executing") await startReady(execution, definition, context);
  settle(execution, definition, context);
  execution.modified = context.clock.now();
  // a stop that came in while steps were started must not be lost
  const stored = shelf(executionKind(), context).byKey(key, context.clock.now());
  if (stored?.status === "Stopping" && execution.status === "Executing") execution.status = "Stopping";
  shelf(executionKind(), context).put(execution, context);
  if (execution.status === "Executing" || execution.status === "Stopping") {
    wake(execution, context, Math.max(LOOK, optionsOf(context.store).transition));
  }
});

/** Takes over what the steps' resources have become. */
function look(execution: Resource, context: CallContext): void {
  for (const state of Object.values(stepsOf(execution))) {
    if ((state.status !== "Executing" && state.status !== "Stopping") || state.arn === undefined) continue;
    const located = locate(state.arn, context);
    const outcome = located ? outcomeOf(located.resource.status) : "Failed";
    if (!outcome) continue;
    state.status = outcome;
    state.ended = context.clock.now();
    if (outcome === "Failed") {
      const reason = located?.resource.fields.FailureReason ?? "The resource of the step is gone.";
      state.failure = `ClientError: ${reason}`;
    }
  }
}

function scopeOf(execution: Readonly<Resource>, context: CallContext): Scope {
  const steps: Record<string, Fields> = {};
  for (const [name, state] of Object.entries(stepsOf(execution))) {
    const located = state.arn === undefined ? undefined : locate(state.arn, context);
    steps[name] = located
      ? membersOf(located.kind, located.resource, context)
      : { OutputParameters: state.outputs ?? {}, ...state.metadata };
  }
  const [pipeline = "", id = ""] = execution.id;
  return {
    parameters: execution.fields.parameters as Fields,
    steps,
    execution: {
      PipelineName: pipeline,
      PipelineArn: context.arn("sagemaker", `pipeline/${pipeline.toLowerCase()}`),
      PipelineExecutionId: id,
      PipelineExecutionArn: execution.arn,
      StartDateTime: new Date(execution.created).toISOString(),
      CurrentDateTime: new Date(context.clock.now()).toISOString(),
    },
  };
}

/** Steps that may run: those of branches once their condition has chosen them. */
function reachable(execution: Readonly<Resource>, steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    if (step.Type !== "Condition") return [step];
    const state = stepsOf(execution)[step.Name];
    if (state?.status !== "Succeeded") return [step];
    const { IfSteps = [], ElseSteps = [] } = (step.Arguments ?? {}) as {
      IfSteps?: Step[];
      ElseSteps?: Step[];
    };
    const chosen =
      (state.metadata?.Condition as Fields | undefined)?.Outcome === "True" ? IfSteps : ElseSteps;
    return [step, ...reachable(execution, chosen)];
  });
}

async function startReady(execution: Resource, definition: Definition, context: CallContext): Promise<void> {
  const states = stepsOf(execution);
  execution.fields.steps = states;
  const failed = Object.values(states).some(({ status }) => status === "Failed");
  if (failed) return;
  const branchOf = new Map(
    everyStep(definition.Steps).flatMap((step) =>
      branches(step).map((one) => [one.Name, step.Name] as const),
    ),
  );
  const most = Number(
    (execution.input.ParallelismConfiguration as Fields | undefined)?.MaxParallelExecutionSteps ?? 50,
  );
  let active = Object.values(states).filter(({ status }) => status === "Executing").length;
  for (const step of reachable(execution, definition.Steps)) {
    if (states[step.Name] || active >= most) continue;
    const before = [
      ...dependencies(step),
      ...(branchOf.has(step.Name) ? [branchOf.get(step.Name) ?? ""] : []),
    ];
    if (!before.every((name) => states[name]?.status === "Succeeded")) continue;
    const state: StepState = { status: "Executing", started: context.clock.now(), attempts: 1 };
    states[step.Name] = state;
    await startStep(execution, step, state, context);
    active++;
  }
}

async function startStep(
  execution: Resource,
  step: Step,
  state: StepState,
  context: CallContext,
): Promise<void> {
  const finish = (status: StepStatus, failure?: string) => {
    state.status = status;
    state.ended = context.clock.now();
    if (failure !== undefined) state.failure = failure;
  };
  try {
    const scope = scopeOf(execution, context);
    if (step.Type === "Condition") {
      const conditions = (step.Arguments?.Conditions as Fields[] | undefined) ?? [];
      state.metadata = {
        Condition: { Outcome: conditions.every((one) => holds(one, scope)) ? "True" : "False" },
      };
      return finish("Succeeded");
    }
    if (step.Type === "Fail") {
      const message = String(resolve(step.Arguments?.ErrorMessage ?? "", scope));
      state.metadata = { Fail: { ErrorMessage: message } };
      return finish("Failed", message);
    }
    if (step.Type === "Callback") {
      state.metadata = {
        Callback: {
          CallbackToken: randomUUID().replaceAll("-", "").slice(0, 10),
          SqsQueueUrl: step.SqsQueueUrl,
        },
      };
      return;
    }
    const type = stepTypes[step.Type];
    if (!type)
      return finish(
        "Failed",
        `ClientError: the step type ${step.Type} is not supported by the Sagekeep local cloud`,
      );
    const name = stepResourceName(execution.id[1] ?? "", step.Name, state.attempts);
    const input = withName(type, resolve(step.Arguments ?? {}, scope) as Fields, name);
    const role = String(execution.fields.role);
    const answer = await context.call("sagemaker", type.operation, input, {
      kind: "role",
      arn: role,
      sessionName: "SageMaker",
    });
    state.arn = answer[type.arn] as string;
    state.kind = type.kind;
    state.metadata = { [type.metadata]: { Arn: state.arn } };
  } catch (error) {
    const what = isAwsError(error) ? `${error.code}: ${error.message}` : (error as Error).message;
    finish(
      "Failed",
      `ClientError: Failed to invoke ${stepTypes[step.Type]?.operation ?? step.Type}. Error Details: ${what}`,
    );
  }
}

/** Ends the execution when nothing is left to run. */
function settle(execution: Resource, definition: Definition, context: CallContext): void {
  const states = Object.entries(stepsOf(execution));
  if (states.some(([, { status }]) => status === "Executing" || status === "Stopping")) return;
  const failed = states.find(([, { status }]) => status === "Failed" || status === "Stopped");
  const left = reachable(execution, definition.Steps).some((step) => !stepsOf(execution)[step.Name]);
  if (execution.status === "Stopping") execution.status = "Stopped";
  else if (failed) {
    execution.status = "Failed";
    execution.fields.FailureReason = `Step failure: One or multiple steps failed.`;
  } else if (!left) execution.status = "Succeeded";
  if (execution.status !== "Executing") execution.since = context.clock.now();
}

/** Stops what runs. Steps that cannot be stopped go on to their end. */
function stopSteps(execution: Resource, context: CallContext): void {
  const states = stepsOf(execution);
  execution.fields.steps = states;
  for (const state of Object.values(states)) {
    if (state.status !== "Executing") continue;
    const stop = state.kind && /Job$/.test(state.kind) ? `Stop${state.kind}` : undefined;
    const located = state.arn === undefined ? undefined : locate(state.arn, context);
    if (stop && located) {
      state.status = "Stopping";
      if (located.resource.status === "InProgress") {
        context.callSync("sagemaker", stop, { [`${state.kind}Name`]: located.resource.name });
      }
    } else if (state.arn === undefined) {
      state.status = "Stopped";
      state.ended = context.clock.now();
    }
  }
}
