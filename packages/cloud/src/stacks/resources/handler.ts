/** What a resource type is to the engine: how it is made, changed, deleted, and what `Ref` and `GetAtt` give. */
import type { PropertyDifference, Replacement } from "../difference.ts";
import type { Signal } from "../engine/signals.ts";
import type { Value, ValueMap } from "../template/value.ts";

/** A physical resource as the engine remembers it. */
export interface Physical {
  /** Its id in the stack, and the value of `Ref`. */
  readonly physicalId: string;
  readonly properties: ValueMap;
  readonly attributes: ValueMap;
}

/** What a handler works with. */
export interface ResourceRequest {
  readonly logicalId: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly roleArn?: string;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  /** Tags of the stack. */
  readonly stackTags: Readonly<Record<string, string>>;
  /** Stack tags before the update under way. */
  readonly previousStackTags: Readonly<Record<string, string>>;
  /**
   * Calls a service as the stack's role or the caller; throws the service's `AwsError`.
   * @param region @default the stack's
   */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  call(service: string, operation: string, input: object, region?: string): Promise<any>;
  /** Reads from a service for the engine's own needs (state, attributes); not authorized, not recorded. */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  read(service: string, operation: string, input: object): Promise<any>;
  /** Identifies the operation under way in events, those of nested stacks too. */
  readonly token?: string;
  /** Name of the nested stack that a change set has prepared for this resource. */
  readonly nestedName?: string;
  /** A name of CloudFormation's form: `stack-logical-RANDOM`, no longer than `limit`. */
  generatedName(limit: number, options?: { lower?: boolean }): string;
  /** Tells the physical id as soon as there is one, so that a later failure cleans it up. */
  made(physicalId: string): void;
  /** Asks again and again, ever slower, until `probe` gives a value. @throws when cancelled or after the type's time is up */
  until<T>(probe: () => Promise<T | undefined>): Promise<T>;
  /** Epoch milliseconds of the cloud's clock. */
  now(): number;
  /** The resource's `CreationPolicy`, resolved. */
  readonly creationPolicy?: ValueMap;
  /** Signals that a resource of the same stack has received. */
  signals(logicalId: string): readonly Readonly<Signal>[];
  /** Forgets the resource's signals and its handle. */
  forgetSignals(): void;
  /** A presigned URL to which signals for this resource may be put. */
  newHandle(): string;
  /** Writes an event: the resource is still under way. */
  progress(reason: string): void;
}

export interface ResourceHandler {
  /** Makes the resource; its physical id, and attributes when they are known without another call. */
  create(
    properties: ValueMap,
    request: ResourceRequest,
  ): Promise<{ physicalId: string; attributes?: ValueMap }>;
  /** Waits until the resource, made or updated, is ready. @throws with the reason when it ends in failure */
  ready?(physical: Physical, request: ResourceRequest): Promise<void>;
  /** Values of `Fn::GetAtt`. */
  attributes?(physical: Physical, request: ResourceRequest): Promise<ValueMap>;
  /** Attributes that other resources change. */
  readonly changing?: readonly string[];
  /** Changes the resource in place; a new physical id, if the change gives it one. */
  update?(
    physical: Physical,
    properties: ValueMap,
    changes: readonly PropertyDifference[],
    request: ResourceRequest,
  ): Promise<{ physicalId: string } | void>;
  /** Those of these properties that `update` cannot change. @default none */
  fixed?(names: readonly string[]): readonly string[];
  /** Deletes the resource; one that is gone already is fine. */
  delete(physical: Physical, request: ResourceRequest): Promise<void>;
  /** Whether these changes need a replacement, where that depends on values. @default what the specification says, `maybe` being no */
  replacement?(changes: readonly PropertyDifference[], physical: Physical, properties: ValueMap): Replacement;
  /** Property that gives the resource a fixed name: it cannot be replaced while it keeps that. */
  readonly nameProperty?: string;
  /** Minutes until creation counts as failed. @default 60 */
  readonly timeoutMinutes?: number;
}

export type HandlerTable = Readonly<Record<string, ResourceHandler>>;

/** The request with another way to call. */
export function calling(request: ResourceRequest, call: ResourceRequest["call"]): ResourceRequest {
  return Object.assign(Object.create(request) as ResourceRequest, { call });
}

/** `value` as text; an empty one when it is none. */
export function text(value: Value | undefined): string {
  return typeof value === "string"
    ? value
    : value === undefined || typeof value === "object"
      ? ""
      : String(value);
}
