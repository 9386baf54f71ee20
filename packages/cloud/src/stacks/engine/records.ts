/** What is kept of stacks, their resources, events and change sets. Times are epoch milliseconds. */
import type { CallContext, ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import type { ValueMap } from "../template/value.ts";

export interface OutputRecord {
  key: string;
  value: string;
  description?: string;
  exportName?: string;
}
/** Everything an update replaces and its rollback brings back. */
export interface StackDefinition {
  /** Key in the table of templates. */
  template: string;
  /** Text of each parameter, as given. */
  parameters: Record<string, string>;
  /** Values fetched for `AWS::SSM::Parameter::Value<…>`. */
  resolved: Record<string, string>;
  /** Outputs of other stacks that were read for `Fn::GetStackOutput`. */
  stackOutputs?: Record<string, string>;
  noEcho: string[];
  tags: Record<string, string>;
  capabilities: string[];
  notificationArns: string[];
  description?: string;
  roleArn?: string;
  outputs: OutputRecord[];
  /** Names of exports of other stacks that it reads. */
  imports: string[];
}
export interface DeploymentConfig {
  Mode?: "STANDARD" | "EXPRESS";
  DisableRollback?: boolean;
}
export interface StackRecord extends StackDefinition {
  id: string;
  name: string;
  status: string;
  reason?: string;
  createdAt: number;
  updatedAt?: number;
  deletedAt?: number;
  disableRollback: boolean;
  onFailure: "ROLLBACK" | "DELETE" | "DO_NOTHING";
  retainExceptOnCreate: boolean;
  terminationProtection: boolean;
  timeoutMinutes?: number;
  policy?: string;
  /** Takes the policy's place for the update under way. */
  policyDuringUpdate?: string;
  changeSetId?: string;
  parentId?: string;
  rootId?: string;
  /** Names of nested stacks that change sets have prepared, by logical id. */
  nested?: Record<string, string>;
  /** Physical ids of what a change set found to be there already, by logical id: it is imported, not made. */
  adopt?: Record<string, string>;
  /** As the last operation was asked for; resources are waited for in either mode. */
  deploymentConfig?: DeploymentConfig;
  /** The definition before the update under way. */
  before?: StackDefinition;
  /** Its update is its parent's: it ends with that. */
  awaited?: boolean;
  /** Names of the resources that its new template has, while it waits for its parent's update to end. */
  keeps?: string[];
  /** Alarms that take operations back, watched for so long after them. */
  rollbackTriggers?: { triggers: { Arn: string; Type: string }[]; minutes: number };
  /** What the last drift detection found. */
  drift?: { status: "IN_SYNC" | "DRIFTED"; at: number };
  /** Status before the deletion under way: it returns when the deletion is not begun. */
  statusBefore?: string;
  /** Resources not to delete, of the deletion under way. */
  retain?: string[];
  /** What cannot be deleted is left behind, in the deletion under way. */
  force?: boolean;
  /** Identifies the operation under way in events. */
  token?: string;
}
export interface PhysicalResource {
  physicalId?: string;
  properties: ValueMap;
  attributes: ValueMap;
  tags: Record<string, string>;
}
export interface ResourceRecord extends PhysicalResource {
  logicalId: string;
  type: string;
  status: string;
  reason?: string;
  updatedAt: number;
  /** Logical ids it needs; deletion goes the other way. */
  needs: string[];
  deletionPolicy: string;
  updateReplacePolicy: string;
  metadata?: string;
  /** What the operation under way did to it, and what it was before. */
  undo?: { kind: "create"; adopted?: boolean } | { kind: "update" | "replace"; before: PhysicalResource };
  /** Replaced physical resources that are still to be deleted. */
  stale?: PhysicalResource[];
}
export interface EventRecord {
  id: string;
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason?: string;
  time: number;
  properties?: string;
  token?: string;
}
export interface ExportRecord {
  name: string;
  value: string;
  stackId: string;
}

/** The physical part of a record. */
export function physicalOf(record: Readonly<PhysicalResource>): PhysicalResource {
  const { physicalId, properties, attributes, tags } = record;
  return { ...(physicalId === undefined ? {} : { physicalId }), properties, attributes, tags };
}

/** Key of a stack in all tables: the end of its ARN, `name/uuid`. */
export function stackKey(stackId: string): string {
  return stackId.slice(stackId.indexOf(":stack/") + 7);
}

/** The tables of one account and region. */
export class StackTables {
  readonly stacks: Table<StackRecord>;
  readonly resources: Table<ResourceRecord>;
  readonly events: Table<EventRecord>;
  readonly exports: Table<ExportRecord>;
  readonly templates: Table<{ text: string; processed?: string }>;

  constructor(context: ReadContext | CallContext) {
    this.stacks = context.table("cloudformation.stack");
    this.resources = context.table("cloudformation.resource");
    this.events = context.table("cloudformation.event");
    this.exports = context.table("cloudformation.export");
    this.templates = context.table("cloudformation.template");
  }

  /** The live stack of that name, or the stack (also a deleted one) of that ARN. */
  find(nameOrId: string): Readonly<StackRecord> | undefined {
    if (nameOrId.startsWith("arn:")) return this.stacks.get(stackKey(nameOrId));
    return this.stacks.list({ prefix: `${nameOrId}/` }).find((one) => one.status !== "DELETE_COMPLETE");
  }

  resourcesOf(stackId: string): Readonly<ResourceRecord>[] {
    return this.resources.list({ prefix: `${stackKey(stackId)}#` });
  }

  resourceKey(stackId: string, logicalId: string): string {
    return `${stackKey(stackId)}#${logicalId}`;
  }

  templateOf(definition: Pick<StackDefinition, "template">): string {
    return this.templates.get(definition.template)?.text ?? "";
  }

  /** The template after its transforms. */
  processedOf(definition: Pick<StackDefinition, "template">): string {
    return this.templates.get(definition.template)?.processed ?? this.templateOf(definition);
  }
}
