/** A pipeline's definition: read, checked, ordered. */
import type { Fields } from "../engine/model.ts";
import { validation } from "../errors.ts";
import { stepTypes } from "./steps.ts";

export interface Step extends Fields {
  Name: string;
  Type: string;
  Arguments?: Fields;
  DependsOn?: string[];
}

export interface Definition {
  Parameters: { Name: string; Type: string; DefaultValue?: unknown; EnumValues?: unknown[] }[];
  Steps: Step[];
}

/** Types of the definition's schema: aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema */
const TYPES = new Set([
  ...Object.keys(stepTypes),
  ...["Callback", "ClarifyCheck", "Condition", "EMR", "EMRServerless", "Fail", "Lambda", "QualityCheck"],
]);

/** @throws ValidationException when it is not a pipeline */
export function parseDefinition(text: string): Definition {
  let read: Fields;
  try {
    read = (JSON.parse(text) ?? {}) as Fields;
  } catch (error) {
    throw validation(`Unable to parse pipeline definition. Reason: ${(error as Error).message}`);
  }
  if (!Array.isArray(read.Steps) || read.Steps.length === 0) {
    throw validation("Unable to parse pipeline definition. Reason: Steps must be a non-empty list.");
  }
  const steps = read.Steps as Step[];
  if (steps.some((step) => typeof step !== "object" || step === null)) {
    throw validation("Unable to parse pipeline definition. Reason: every step must be an object.");
  }
  const names = new Set<string>();
  for (const step of everyStep(steps)) {
    if (typeof step.Name !== "string" || typeof step.Type !== "string") {
      throw validation("Unable to parse pipeline definition. Reason: every step needs a Name and a Type.");
    }
    if (!TYPES.has(step.Type))
      throw validation(
        `Unable to parse pipeline definition. Reason: step ${step.Name} has the unknown type ${step.Type}.`,
      );
    if (names.has(step.Name))
      throw validation(`Unable to parse pipeline definition. Reason: duplicate step name ${step.Name}.`);
    names.add(step.Name);
  }
  for (const step of everyStep(steps)) {
    for (const other of dependencies(step)) {
      if (!names.has(other))
        throw validation(
          `Invalid pipeline definition: step ${step.Name} depends on the unknown step ${other}.`,
        );
    }
  }
  demandNoCycle(steps);
  return { Parameters: (read.Parameters ?? []) as Definition["Parameters"], Steps: steps };
}

/** Steps and those in the branches of conditions. */
export function everyStep(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...everyStep(branches(step))]);
}

export function branches(step: Step): Step[] {
  if (step.Type !== "Condition") return [];
  const { IfSteps = [], ElseSteps = [] } = (step.Arguments ?? {}) as { IfSteps?: Step[]; ElseSteps?: Step[] };
  return [...IfSteps, ...ElseSteps];
}

/** Names of steps that must have succeeded before: named, or referred to. */
export function dependencies(step: Step): string[] {
  const own = {
    ...(step.Arguments ?? {}),
    ...(step.Type === "Condition" ? { IfSteps: [], ElseSteps: [] } : {}),
  };
  const referred = [...JSON.stringify(own).matchAll(/"Get":"Steps\.([A-Za-z0-9-]+)/g)].map(
    (found) => found[1] ?? "",
  );
  return [...new Set([...(step.DependsOn ?? []), ...referred])].filter((name) => name !== step.Name);
}

function demandNoCycle(steps: readonly Step[]): void {
  const all = new Map(everyStep(steps).map((step) => [step.Name, step]));
  const state = new Map<string, "open" | "done">();
  const visit = (name: string): void => {
    if (state.get(name) === "done") return;
    if (state.get(name) === "open")
      throw validation(`Invalid pipeline definition: the steps have a cycle at ${name}.`);
    state.set(name, "open");
    const step = all.get(name);
    if (step) for (const other of dependencies(step)) visit(other);
    state.set(name, "done");
  };
  for (const name of all.keys()) visit(name);
}
