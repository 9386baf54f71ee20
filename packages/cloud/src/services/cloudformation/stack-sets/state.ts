/** What is kept of stack sets, in the account and region that administers them. Times are epoch milliseconds. */
import type { ReadContext } from "../../../context.ts";
import type { Table } from "../../../store/table.ts";
import { AwsError } from "../../../wire/errors.ts";

export interface StackSetRecord {
  /** `name:uuid` */
  id: string;
  name: string;
  status: "ACTIVE" | "DELETED";
  createdAt: number;
  description?: string;
  template: string;
  parameters: Record<string, string>;
  noEcho: string[];
  tags: Record<string, string>;
  capabilities: string[];
  administrationRole: string;
  executionRole: string;
  managedExecution: boolean;
}
export interface StackInstanceRecord {
  account: string;
  region: string;
  stackId?: string;
  status: "CURRENT" | "OUTDATED" | "INOPERABLE";
  detail: "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED" | "INOPERABLE";
  reason?: string;
  overrides: Record<string, string>;
  lastOperationId?: string;
}
export interface OperationResult {
  account: string;
  region: string;
  status: "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  reason?: string;
}
/** Preferences with the numbers that they come to for this operation. */
export interface Preferences {
  regionOrder: string[];
  failureTolerance: number;
  maxConcurrent: number;
  /** As given, to be shown. */
  shown: Record<string, unknown>;
}
export interface OperationRecord {
  id: string;
  action: "CREATE" | "UPDATE" | "DELETE";
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "STOPPING" | "STOPPED";
  reason?: string;
  createdAt: number;
  endedAt?: number;
  preferences: Preferences;
  retainStacks: boolean;
  results: OperationResult[];
  administrationRole: string;
  executionRole: string;
}

export class StackSetTables {
  readonly sets: Table<StackSetRecord>;
  readonly instances: Table<StackInstanceRecord>;
  readonly operations: Table<OperationRecord>;

  constructor(context: ReadContext) {
    this.sets = context.table("cloudformation.stack-set");
    this.instances = context.table("cloudformation.stack-set-instance");
    this.operations = context.table("cloudformation.stack-set-operation");
  }

  /** The active set of that name, or any of that id or ARN. */
  find(nameOrId: string): Readonly<StackSetRecord> | undefined {
    const id = nameOrId.includes(":stackset/")
      ? nameOrId.slice(nameOrId.indexOf(":stackset/") + 10)
      : nameOrId;
    if (id.includes(":")) return this.sets.get(id);
    return this.sets.list({ prefix: `${id}:` }).find((one) => one.status === "ACTIVE");
  }

  /** @throws AwsError `StackSetNotFoundException` */
  named(nameOrId: string): Readonly<StackSetRecord> {
    const found = this.find(nameOrId);
    if (!found) throw new AwsError("StackSetNotFoundException", `StackSet ${nameOrId} not found`);
    return found;
  }

  /** @throws AwsError for a set that is gone too */
  active(nameOrId: string): Readonly<StackSetRecord> {
    const found = this.named(nameOrId);
    if (found.status === "DELETED") {
      throw new AwsError("StackSetNotFoundException", `StackSet ${nameOrId} not found`);
    }
    return found;
  }

  instanceKey(set: Pick<StackSetRecord, "id">, account: string, region: string): string {
    return `${set.id}#${account}/${region}`;
  }

  instancesOf(set: Pick<StackSetRecord, "id">): Readonly<StackInstanceRecord>[] {
    return this.instances.list({ prefix: `${set.id}#` });
  }

  operationKey(set: Pick<StackSetRecord, "id">, id: string): string {
    return `${set.id}#${id}`;
  }

  operationsOf(set: Pick<StackSetRecord, "id">): Readonly<OperationRecord>[] {
    return this.operations.list({ prefix: `${set.id}#` }).sort((a, b) => b.createdAt - a.createdAt);
  }
}

export function stackSetArn(context: ReadContext, set: Pick<StackSetRecord, "id">): string {
  return context.arn("cloudformation", `stackset/${set.id}`);
}
