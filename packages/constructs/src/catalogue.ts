/** Questions to AWS's own list of SageMaker actions: what acts on a kind, what supports a condition key. */

import { ACTIONS, RESOURCE_TYPES } from "./generated/sagemaker.ts";

export interface SageMakerAction {
  readonly name: string;
  /** R read, W write, L list, T tagging, P permissions. */
  readonly level: string;
  readonly types: readonly string[];
  /** Condition keys, in full. */
  readonly keys: ReadonlySet<string>;
}

const actions: readonly SageMakerAction[] = Object.entries(ACTIONS).map(([name, text]) => {
  const [level = "", types = "", keys = ""] = text.split("|");
  const full = keys.split(" ").map((key) => (key.startsWith(":") ? `sagemaker${key}` : key));
  return { name, level, types: types.split(" ").filter(Boolean), keys: new Set(full.filter(Boolean)) };
});
const byName = new Map(actions.map((action) => [action.name, action]));

/** All 449 of them (mid-2026). */
export function allActions(): readonly SageMakerAction[] {
  return actions;
}

export function action(name: string): SageMakerAction {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`sagemaker has no action \`${name}\``);
  return found;
}

/** Names of the actions that support a condition key. */
export function supporting(key: string): readonly string[] {
  return actions.filter((one) => one.keys.has(key)).map((one) => one.name);
}

/** The ARN path of a resource type, `processing-job/*`. */
export function pathOf(type: string): string {
  return entry(type)[0]!;
}

export function isTaggable(type: string): boolean {
  return entry(type)[1] === "tags";
}

export function resourceTypes(): readonly string[] {
  return Object.keys(RESOURCE_TYPES);
}

function entry(type: string): string[] {
  const text = RESOURCE_TYPES[type];
  if (text === undefined) throw new Error(`sagemaker has no resource type \`${type}\``);
  return text.split("|");
}

/** Actions that make one of these kinds and take tags while doing so. */
export function creatorsOf(types: readonly string[]): readonly string[] {
  return actions
    .filter((one) => isCreator(one) && one.types.some((type) => types.includes(type)))
    .map((one) => one.name);
}

/** Every other action on these kinds, tagging left out. */
export function usesOf(types: readonly string[], levels = "RWL"): readonly string[] {
  return actions
    .filter((one) => !isCreator(one) && levels.includes(one.level) && !/Tags$/.test(one.name))
    .filter((one) => one.types.length > 0 && one.types.every((type) => types.includes(type)))
    .map((one) => one.name);
}

function isCreator(one: SageMakerAction): boolean {
  return one.keys.has("aws:RequestTag") && /^(Create|Import|Register)/.test(one.name);
}
