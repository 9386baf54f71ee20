import { handlerFailure } from "../engine/failure.ts";
import { isMap, type Value, type ValueMap } from "../template/value.ts";
import type { Physical, ResourceHandler, ResourceRequest } from "./handler.ts";
import { changedTags, putSystemTags, type TagStyle } from "./tags.ts";

/** What a description's functions are given. */
export interface Work {
  /** Properties wanted. */
  readonly p: ValueMap;
  /** Physical id; empty while the resource is made. */
  readonly id: string;
  /** Properties before, at an update. */
  readonly old?: ValueMap;
  readonly attributes: ValueMap;
  readonly r: ResourceRequest;
}
/** A call: none is made when `input` gives `undefined`. */
export interface Call {
  readonly service?: string;
  /** Where it is sent. @default the stack's region */
  readonly region?: (work: Work) => string | undefined;
  readonly op: string;
  readonly input: (work: Work) => object | undefined;
}
export interface Step extends Partial<Call> {
  /** Properties that it sets. */
  readonly of: readonly string[];
  /** In place of one call. */
  readonly run?: (work: Work) => Promise<void>;
  /** Not needed at creation, which sets the property itself. */
  readonly updateOnly?: boolean;
}
// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
type Output = any;
export interface Declared {
  readonly service: string;
  readonly create: Call;
  /** What to say when it is there already: where the call that makes it would change it instead. */
  readonly taken?: (work: Work) => Promise<string | undefined>;
  /** Physical id, from the call's output and the properties. */
  readonly id: (output: Output, work: Work) => string;
  readonly steps?: readonly Step[];
  /** Reads the resource's state; `undefined` when it is not there. */
  readonly describe?: Call & { readonly pick: (output: Output) => Output };
  /** Whether a state is final; throws when it is a failure. @default ready at once */
  readonly ready?: (state: Output) => boolean;
  /** `GetAtt` values, from the state. */
  readonly attributes?: (state: Output, work: Work) => ValueMap | Promise<ValueMap>;
  /** Attributes that other resources change. */
  readonly changing?: readonly string[];
  readonly delete: Call | readonly Call[];
  /** Given, the deletion waits until the resource is not there any more, or its state counts as gone. */
  readonly gone?: (state: Output) => boolean;
  readonly tags?: TagStyle;
  readonly nameProperty?: string;
  readonly replacement?: ResourceHandler["replacement"];
  readonly timeoutMinutes?: number;
}

/** The handler that a description stands for. */
export function declared(one: Declared): ResourceHandler {
  const send = (call: Call, work: Work): Promise<Output> => {
    const input = call.input(work);
    return input === undefined
      ? Promise.resolve(undefined)
      : work.r.call(call.service ?? one.service, call.op, compact(input), call.region?.(work));
  };
  const state = async (work: Work): Promise<Output> => {
    if (!one.describe) return undefined;
    const { describe } = one;
    const input = describe.input(work);
    return (
      input && describe.pick(await work.r.read(describe.service ?? one.service, describe.op, compact(input)))
    );
  };
  const workOf = (physical: Physical, r: ResourceRequest, p = physical.properties): Work => ({
    p,
    id: physical.physicalId,
    old: physical.properties,
    attributes: physical.attributes,
    r,
  });
  const runStep = async (step: Step, work: Work): Promise<void> => {
    if (step.run) await step.run(work);
    else if (step.op && step.input) await send(step as Call, work);
  };
  const changeable = new Set([
    ...(one.steps ?? []).flatMap((step) => step.of),
    ...(one.tags ? [one.tags.property ?? "Tags"] : []),
  ]);
  const handler: ResourceHandler = {
    async create(p, r) {
      const before: Work = { p, id: "", attributes: {}, r };
      const taken = await one.taken?.(before);
      if (taken !== undefined) throw handlerFailure(taken, "AlreadyExists");
      const id = one.id(await send(one.create, before), before);
      r.made(id);
      if (one.tags) await putSystemTags(one.tags, { ...before, id });
      const steps = (one.steps ?? []).filter(
        (step) => !step.updateOnly && step.of.some((name) => p[name] !== undefined),
      );
      if (steps.length > 0) {
        if (one.ready && one.describe) await waitReady({ ...before, id });
        for (const step of steps) await runStep(step, { ...before, id });
      }
      return { physicalId: id };
    },
    async ready(physical, r) {
      if (one.ready && one.describe) await waitReady(workOf(physical, r));
    },
    async attributes(physical, r) {
      const work = workOf(physical, r);
      return one.attributes
        ? (compact(await one.attributes((await state(work)) ?? {}, work)) as ValueMap)
        : {};
    },
    fixed: (names) => names.filter((name) => !changeable.has(name)),
    async update(physical, properties, changes, r) {
      const work = workOf(physical, r, properties);
      const names = new Set(changes.map((change) => change.name));
      for (const step of one.steps ?? []) {
        if (step.of.some((name) => names.has(name))) await runStep(step, work);
      }
      if (one.tags) await changedTags(one.tags, work);
    },
    async delete(physical, r) {
      const work = workOf(physical, r);
      const calls = Array.isArray(one.delete) ? (one.delete as readonly Call[]) : [one.delete as Call];
      for (const call of calls) await send(call, work);
      if (one.gone) {
        const { gone } = one;
        await r.until(async () => {
          try {
            const now = await state(work);
            return now === undefined || gone(now) ? true : undefined;
          } catch {
            return true;
          }
        });
      }
    },
    ...(one.changing === undefined ? {} : { changing: one.changing }),
    ...(one.nameProperty === undefined ? {} : { nameProperty: one.nameProperty }),
    ...(one.replacement === undefined ? {} : { replacement: one.replacement }),
    ...(one.timeoutMinutes === undefined ? {} : { timeoutMinutes: one.timeoutMinutes }),
  };
  const waitReady = async (work: Work): Promise<void> => {
    const { ready } = one;
    if (ready) await work.r.until(async () => (ready(await state(work)) ? true : undefined));
  };
  return handler;
}

/** Whether a read finds something. */
export async function found(read: Promise<unknown>): Promise<boolean> {
  try {
    await read;
    return true;
  } catch {
    return false;
  }
}

/** The sentence of handlers of CloudFormation's registry about what is there already. */
export function alreadyThere({ type }: ResourceRequest, identifier: string): string {
  return `Resource of type '${type}' with identifier '${identifier}' already exists.`;
}

/** Without members that are `undefined`. */
export function compact(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

/** Those properties of a map, with the same names. */
export function pick(properties: ValueMap, ...names: readonly string[]): ValueMap {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name] as Value]),
  );
}

/** A policy document as the APIs take it: JSON text. */
export function policyText(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function map(value: Value | undefined): ValueMap {
  return isMap(value) ? value : {};
}
