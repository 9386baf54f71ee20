/**
 * A kind of SageMaker resource, as a row of data. The generic engine turns it into the operations
 * Create…, Describe…, List…s, Update…, Delete…, Stop… and Start…; what is special about a kind is a hook.
 */
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Fields } from "./model.ts";
import type { Resource } from "./resource.ts";

export interface Kind {
  /** As in operation names: `TrainingJob` of `CreateTrainingJob`. */
  name: string;
  /** IAM resource type and first part of the ARN: `training-job`. */
  type: string;
  /** First part of the ARN where it is not the type. */
  arnPrefix?: string;
  /** Input members that identify it, in order. */
  id: string[];
  /** ARN's resource part after the prefix. @default the ids joined by `/` */
  path?: (id: string[]) => string;
  /** Makes the ids of a new one; by default they are in the input. */
  newId?: (input: Fields, context: CallContext) => string[];
  /** Member whose value Describe, Update and Delete identify it by, where it is (or may be) an ARN. */
  byArn?: string;
  /** Member with its name, ARN, status. @default `${name}Name`, `${name}Arn`, `${name}Status` */
  nameField?: string;
  arnField?: string;
  statusField?: string;
  /** @default `List${name}s` */
  listOperation?: string;
  /** Sort order of its list where none is asked for. @default "Descending" */
  order?: "Ascending" | "Descending";
  sortBy?: "Name" | "CreationTime";
  life?: Life;
  /** AWS's errors for one that is not there, or already is. */
  missing?: (arn: string, name: string, operation: string) => Error;
  exists?: (arn: string, name: string) => Error;
  /** Describe and Update answer the whole thing inside of this member. */
  wrap?: string;
  /** Operations that the generic engine must not make. */
  without?: ("Create" | "Describe" | "List" | "Update" | "Delete" | "Stop" | "Start")[];
  hooks?: Hooks;
  /** Instances that one takes while it runs, for the quotas of instance types. */
  usage?: Usage;
}

/** Steps through states: status and milliseconds after the step before. */
export type Steps = readonly (readonly [status: string, after: number])[];

export interface Usage {
  /** Stored states in which it takes instances. */
  active: readonly string[];
  /** Instance types and how many of each. */
  of: (resource: Readonly<Resource>, context: ReadContext) => { type: string; count: number }[];
  /** Name of the quota for an instance type. */
  quota: (type: string, resource: Readonly<Resource>) => string;
}

export interface Life {
  create: Steps;
  update?: Steps;
  delete?: Steps;
  stop?: Steps;
  start?: Steps;
  /** States in which the operation is allowed. @default any */
  when?: Partial<Record<"update" | "delete" | "stop" | "start", readonly string[]>>;
  /** Milliseconds that one stays listed as deleted. @default 0 */
  linger?: number;
  /** It runs by itself and ends: end times are told. */
  job?: boolean;
}

export interface Hooks {
  /** Checks and completes a new one before it is stored. */
  create?: (resource: Resource, input: Fields, context: CallContext) => void;
  /** After it is stored; may be asynchronous. The result is merged into the answer. */
  created?: (
    resource: Readonly<Resource>,
    input: Fields,
    context: CallContext,
  ) => Fields | void | Promise<Fields | void>;
  /** More members for Describe. */
  describe?: (resource: Readonly<Resource>, context: ReadContext, input: Fields) => Fields;
  /** Changes `resource.input` by an update. @default members of the input replace those it has */
  update?: (resource: Resource, input: Fields, context: CallContext) => void;
  /** Refuses a deletion by throwing. */
  delete?: (resource: Readonly<Resource>, input: Fields, context: CallContext) => void;
  /** After the deletion (or its start) is stored. */
  deleted?: (resource: Readonly<Resource>, input: Fields, context: CallContext) => void | Promise<void>;
  stop?: (resource: Resource, input: Fields, context: CallContext) => void;
  start?: (resource: Resource, input: Fields, context: CallContext) => void;
  /** Whether a filter of the list, by its input member, admits a resource. */
  filters?: Record<string, (resource: Readonly<Resource>, wanted: unknown, context: ReadContext) => boolean>;
}

export const nameField = (kind: Kind) => kind.nameField ?? `${kind.name}Name`;
export const arnField = (kind: Kind) => kind.arnField ?? `${kind.name}Arn`;
export const statusField = (kind: Kind) => kind.statusField ?? `${kind.name}Status`;
export const listOperation = (kind: Kind) => kind.listOperation ?? `List${kind.name}s`;

/** ARN of a resource. SageMaker writes names in lower case there and holds them unique without regard to case. */
export function arnOf(kind: Kind, id: string[], context: ReadContext): string {
  return context.arn(
    "sagemaker",
    `${kind.arnPrefix ?? kind.type}/${(kind.path?.(id) ?? id.join("/")).toLowerCase()}`,
  );
}

/** Key of a resource in its table. */
export function keyOf(id: readonly string[]): string {
  return id.join("/").toLowerCase();
}
