/** One operation on a stack under way: on whose behalf it calls services, and what it resolves values with. */
import type { CallAs, CallContext } from "../../context.ts";
import type { Scope } from "../functions/scope.ts";
import { generatedName } from "../names.ts";
import type { Physical, ResourceHandler, ResourceRequest } from "../resources/handler.ts";
import { handlerOf } from "../resources/index.ts";
import { templateError } from "../template/errors.ts";
import { isMap, sameValue, type Value, type ValueMap } from "../template/value.ts";
import { Cancelled, ResourceFailure } from "./failure.ts";
import { Journal } from "./journal.ts";
import type { PhysicalResource, ResourceRecord } from "./records.ts";
import { forgetSignals, newHandle, signalsOf } from "./signals.ts";

/** First and longest pause between two looks at a resource that is not ready, in milliseconds. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;

export class Operation {
  readonly context: CallContext;
  readonly journal: Journal;
  readonly as: CallAs;
  /** Service of the last failed call, by the error it threw: for the reason's `Service: …`. */
  readonly origins = new WeakMap<object, string>();

  /** Creation policies of the resources being made, resolved. */
  readonly creationPolicies = new Map<string, ValueMap>();

  /** Names of the exports read so far. */
  readonly imports: ReadonlySet<string>;

  constructor(context: CallContext, stackId: string, as: CallAs, imports: ReadonlySet<string> = new Set()) {
    this.imports = imports;
    this.context = context;
    this.journal = new Journal(context, stackId);
    this.as = as;
  }

  /** Calls a service, in the stack's region or another, as the stack's role or the caller. */
  async call(service: string, operation: string, input: object, region?: string): Promise<unknown> {
    const { context } = this;
    try {
      return await context.in(context.account, region).call(service, operation, input, this.as);
    } catch (error) {
      if (typeof error === "object" && error !== null) this.origins.set(error, service);
      throw error;
    }
  }

  /** The handler of a type. @throws ResourceFailure for a type that exists on AWS and not here */
  handler(type: string): ResourceHandler {
    const handler = handlerOf(type);
    if (!handler) {
      throw new ResourceFailure(
        `Resource type ${type} is not supported by the Sagekeep local cloud (it exists on AWS)`,
      );
    }
    return handler;
  }

  request(
    logicalId: string,
    type: string,
    signal: AbortSignal | undefined,
    made: (physicalId: string) => void = () => {},
  ): ResourceRequest {
    const { context, journal } = this;
    const { stack } = journal;
    const minutes = handlerOf(type)?.timeoutMinutes ?? 60;
    return {
      logicalId,
      type,
      account: context.account,
      region: context.region,
      partition: context.partition,
      stackId: stack.id,
      stackName: stack.name,
      ...(stack.roleArn === undefined ? {} : { roleArn: stack.roleArn }),
      capabilities: stack.capabilities,
      notificationArns: stack.notificationArns,
      stackTags: stack.tags,
      previousStackTags: stack.before?.tags ?? stack.tags,
      call: (service, operation, input, region) => this.call(service, operation, input, region),
      read: async (service, operation, input) =>
        context.call(service, operation, input, { kind: "internal" }),
      ...(stack.token === undefined ? {} : { token: stack.token }),
      ...(stack.nested?.[logicalId] === undefined ? {} : { nestedName: stack.nested[logicalId] }),
      generatedName: (limit, options) => generatedName(stack.name, logicalId, limit, options),
      made,
      until: (probe) => this.#until(probe, minutes, signal),
      now: () => journal.now(),
      ...(this.creationPolicies.has(logicalId)
        ? { creationPolicy: this.creationPolicies.get(logicalId) as ValueMap }
        : {}),
      signals: (of) => signalsOf(context, stack.id, of),
      forgetSignals: () => forgetSignals(context, stack.id, logicalId),
      newHandle: () => newHandle(context, stack.id, logicalId),
      progress: (reason) => {
        const record = journal.resource(logicalId);
        if (record)
          journal.resourceEvent(record, record.physicalId, record.properties, record.status, reason);
      },
    };
  }

  async #until<T>(
    probe: () => Promise<T | undefined>,
    minutes: number,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const deadline = this.journal.now() + minutes * 60_000;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const found = await probe();
      if (found !== undefined) return found;
      if (signal?.aborted) throw new Cancelled("Resource creation cancelled");
      if (this.journal.now() > deadline) {
        throw new ResourceFailure("Exceeded attempts to wait: the resource did not stabilize");
      }
      await new Promise<void>((resolve) => setTimeout(resolve, pause));
    }
  }

  /**
   * What `read` makes of the resources that exist by now. Attributes that other resources change (the blocks of a VPC)
   * are read anew when they are asked for, not remembered from their own resource's creation.
   */
  async evaluated<T>(scope: Scope, read: (live: Scope) => T): Promise<T> {
    const asked = new Set<string>();
    try {
      const result = read(this.liveScope(scope, asked));
      if (asked.size === 0) return result;
    } catch (error) {
      if (asked.size === 0) throw error;
    }
    for (const name of asked) await this.#refresh(name);
    return read(this.liveScope(scope));
  }

  async #refresh(name: string): Promise<void> {
    const record = this.journal.resource(name);
    const handler = record && handlerOf(record.type);
    if (record?.physicalId === undefined || !handler?.attributes) return;
    const { physicalId, properties, attributes } = record;
    const now = await handler.attributes(
      { physicalId, properties, attributes },
      this.request(name, record.type, undefined),
    );
    const latest = this.journal.resource(name);
    if (latest?.physicalId === physicalId && !sameValue(now, latest.attributes))
      this.journal.keep({ ...latest, attributes: now });
  }

  /** The template's scope with the resources that exist by now; notes in `asked` whose changing attributes are read. */
  liveScope(scope: Scope, asked?: Set<string>): Scope {
    const live: Scope = {
      ...scope,
      reference: (name) => {
        const record = this.journal.resource(name);
        if (record?.physicalId === undefined) return scope.reference(name);
        return record.physicalId;
      },
      attribute: (name, attribute) => {
        const record = this.journal.resource(name);
        if (!record) return scope.attribute(name, attribute);
        if (handlerOf(record.type)?.changing?.includes(attribute)) asked?.add(name);
        return attributeOf(record, name, attribute);
      },
    };
    return live;
  }

  /** Deletes a physical resource; one that is already gone counts as deleted. */
  async remove(about: Pick<ResourceRecord, "logicalId" | "type">, physical: PhysicalResource): Promise<void> {
    if (physical.physicalId === undefined) return;
    const request = this.request(about.logicalId, about.type, undefined);
    await this.handler(about.type).delete({ ...physical, physicalId: physical.physicalId }, request);
  }
}

/** The value of `Fn::GetAtt`. @throws AwsError when the resource has no such attribute */
export function attributeOf(
  record: Pick<Physical, "attributes" | "properties">,
  name: string,
  attribute: string,
): Value {
  for (const source of [record.attributes, record.properties]) {
    if (Object.hasOwn(source, attribute)) return source[attribute] as Value;
    let value: Value | undefined = source;
    for (const part of attribute.split(".")) {
      value = isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    }
    if (value !== undefined) return value;
  }
  throw templateError(`resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
}
