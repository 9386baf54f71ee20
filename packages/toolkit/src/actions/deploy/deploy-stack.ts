/** Deploys one stack through a change set, as `aws cloudformation deploy` does, and reports its events as they come. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Change, ResourceChange, StackEvent } from "@aws-sdk/client-cloudformation";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import type { Io } from "../../messages.ts";

/** A template with what it is deployed with. */
export interface StackInput {
  name: string;
  /** Template text, JSON or YAML. */
  body: string;
  parameters?: Record<string, string>;
  tags?: Record<string, string>;
  capabilities?: readonly string[];
}

export interface StackOutcome {
  name: string;
  outcome: "created" | "updated" | "unchanged";
  outputs: Record<string, string>;
  resources: number;
}

/** What a change set would do. */
export interface StackPlan {
  name: string;
  kind: "create" | "update" | "unchanged" | "delete";
  changes: ResourceChange[];
}

const failed = (status = "") => /FAILED|ROLLBACK/.test(status);
const settled = (status = "") => !status.endsWith("_IN_PROGRESS");

/** Delays in ms between looks: the local cloud answers at once, AWS takes its time. */
function* pauses(local: boolean): Generator<number> {
  for (let pause = local ? 10 : 1500; ; pause = Math.min(pause * 1.5, local ? 150 : 5000)) yield pause;
}

export class StackDeployer {
  readonly #clients: Clients;
  readonly #io: Io;

  constructor(clients: Clients, io: Io) {
    this.#clients = clients;
    this.#io = io;
  }

  /** Status of a stack, `undefined` when there is none. */
  async status(
    name: string,
  ): Promise<{ status: string; reason?: string; outputs: Record<string, string> } | undefined> {
    try {
      const { Stacks } = await this.#clients.call("cloudformation", "DescribeStacks", { StackName: name });
      const stack = Stacks?.[0];
      if (!stack?.StackStatus || stack.StackStatus === "DELETE_COMPLETE") return undefined;
      const outputs = Object.fromEntries(
        (stack.Outputs ?? []).map((one) => [one.OutputKey ?? "", one.OutputValue ?? ""]),
      );
      return {
        status: stack.StackStatus,
        outputs,
        ...(stack.StackStatusReason && { reason: stack.StackStatusReason }),
      };
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** Makes a change set and reads it; it is deleted again unless `keep`. */
  async plan(stack: StackInput, keep?: string): Promise<StackPlan & { changeSet: string }> {
    const now = await this.status(stack.name);
    if (now && !settled(now.status)) {
      throw new ToolkitError("DEPLOY0001", `the stack \`${stack.name}\` is busy: ${now.status}`, {
        help: "wait until it has settled, then run this again",
      });
    }
    if (now?.status === "ROLLBACK_COMPLETE" || now?.status === "ROLLBACK_FAILED") {
      // a first creation that failed leaves an empty shell that AWS lets nobody update
      await this.delete(stack.name);
    }
    const fresh = !now || now.status === "REVIEW_IN_PROGRESS" || now.status.startsWith("ROLLBACK_");
    const changeSet = keep ?? `sagekeep-plan-${Date.now().toString(36)}`;
    const { Id } = await this.#clients.call("cloudformation", "CreateChangeSet", {
      StackName: stack.name,
      ChangeSetName: changeSet,
      ChangeSetType: fresh ? "CREATE" : "UPDATE",
      TemplateBody: stack.body,
      Parameters: Object.entries(stack.parameters ?? {}).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: Object.entries(stack.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
      Capabilities: [...(stack.capabilities ?? ["CAPABILITY_NAMED_IAM"])] as (
        | "CAPABILITY_NAMED_IAM"
        | "CAPABILITY_IAM"
        | "CAPABILITY_AUTO_EXPAND"
      )[],
    });
    const changes: Change[] = [];
    for (const pause of this.#pauses()) {
      const described = await this.#clients.call("cloudformation", "DescribeChangeSet", {
        StackName: stack.name,
        ChangeSetName: Id ?? changeSet,
      });
      const { Status, StatusReason } = described;
      if (Status === "FAILED") {
        await this.#dropChangeSet(stack.name, changeSet, fresh);
        if (/didn't contain changes|No updates are to be performed/.test(StatusReason ?? ""))
          return { name: stack.name, kind: "unchanged", changes: [], changeSet };
        throw new ToolkitError(
          "DEPLOY0002",
          `the change set of stack \`${stack.name}\` failed: ${StatusReason}`,
        );
      }
      if (Status === "CREATE_COMPLETE") {
        changes.push(...(described.Changes ?? []));
        for (let token = described.NextToken; token; ) {
          const page = await this.#clients.call("cloudformation", "DescribeChangeSet", {
            StackName: stack.name,
            ChangeSetName: Id ?? changeSet,
            NextToken: token,
          });
          changes.push(...(page.Changes ?? []));
          token = page.NextToken;
        }
        break;
      }
      await sleep(pause, undefined, this.#signal());
    }
    if (!keep) await this.#dropChangeSet(stack.name, changeSet, fresh);
    return {
      name: stack.name,
      kind: fresh ? "create" : "update",
      changes: changes.flatMap((one) => (one.ResourceChange ? [one.ResourceChange] : [])),
      changeSet,
    };
  }

  /** Deploys and waits. @throws ToolkitError with the first cause when the stack fails; it has rolled back by then */
  async deploy(stack: StackInput, id: string): Promise<StackOutcome> {
    const plan = await this.plan(stack, `sagekeep-${Date.now().toString(36)}`);
    if (plan.kind === "unchanged") {
      return {
        name: stack.name,
        outcome: "unchanged",
        outputs: (await this.status(stack.name))?.outputs ?? {},
        resources: 0,
      };
    }
    const since = new Date();
    await this.#clients.call("cloudformation", "ExecuteChangeSet", {
      StackName: stack.name,
      ChangeSetName: plan.changeSet,
    });
    const status = await this.#follow(stack.name, id, plan.changes.length);
    if (failed(status.status) || status.status === "DELETE_COMPLETE") {
      const cause = await this.#firstFailure(stack.name, since);
      const reason = cause?.ResourceStatusReason ?? status.reason ?? "no reason given";
      const what = cause ? `${cause.LogicalResourceId} (${cause.ResourceType}): ` : "";
      throw new ToolkitError("DEPLOY0003", `the stack \`${stack.name}\` failed: ${what}${reason}`, {
        help: `it is now ${status.status}${/ROLLBACK_COMPLETE/.test(status.status) ? ": what this deployment made was removed again" : ""}; mend the cause and deploy again`,
      });
    }
    return {
      name: stack.name,
      outcome: plan.kind === "create" ? "created" : "updated",
      outputs: status.outputs,
      resources: plan.changes.length,
    };
  }

  /** Deletes a stack and waits until it is gone. */
  async delete(name: string): Promise<void> {
    await this.#clients.call("cloudformation", "DeleteStack", { StackName: name });
    for (const pause of this.#pauses()) {
      const now = await this.status(name);
      if (!now) return;
      if (now.status === "DELETE_FAILED")
        throw new ToolkitError(
          "DEPLOY0004",
          `the stack \`${name}\` could not be deleted: ${now.reason ?? "no reason given"}`,
        );
      await sleep(pause, undefined, this.#signal());
    }
  }

  async #follow(name: string, id: string, total: number) {
    for (const pause of this.#pauses()) {
      const now = await this.status(name);
      if (!now) return { status: "DELETE_COMPLETE", outputs: {} };
      if (settled(now.status)) return now;
      const { StackResources = [] } = await this.#clients.call("cloudformation", "DescribeStackResources", {
        StackName: name,
      });
      const done = StackResources.filter((one) => one.ResourceStatus?.endsWith("_COMPLETE")).length;
      this.#io.emit({
        type: "progress",
        id,
        text: `${now.status.toLowerCase().replaceAll("_", " ")}: ${done}/${total} resources`,
      });
      await sleep(pause, undefined, this.#signal());
    }
    throw new Error("unreachable");
  }

  async #firstFailure(name: string, since: Date): Promise<StackEvent | undefined> {
    const events: StackEvent[] = [];
    for await (const page of this.#clients.pages(
      "cloudformation",
      "DescribeStackEvents",
      { StackName: name },
      { in: "NextToken", out: "NextToken" },
    )) {
      events.push(...(page.StackEvents ?? []));
    }
    const recent = events.filter(
      (one) =>
        (one.Timestamp?.getTime() ?? 0) >= since.getTime() - 5000 &&
        one.ResourceStatusReason &&
        !/cancelled/i.test(one.ResourceStatusReason),
    );
    // oldest first in time is last in the list; a stack may fail by itself, with no resource to blame
    return (
      recent.filter((one) => one.ResourceStatus?.endsWith("_FAILED")).pop() ??
      recent.filter((one) => /ROLLBACK_IN_PROGRESS$/.test(one.ResourceStatus ?? "")).pop()
    );
  }

  async #dropChangeSet(stack: string, changeSet: string, fresh: boolean): Promise<void> {
    await this.#clients.call("cloudformation", "DeleteChangeSet", {
      StackName: stack,
      ChangeSetName: changeSet,
    });
    // a stack that only ever was in review would stay as an empty shell
    if (fresh && (await this.status(stack))?.status === "REVIEW_IN_PROGRESS") await this.delete(stack);
  }

  #pauses() {
    return pauses(this.#clients.target.kind === "local");
  }

  #signal() {
    return this.#io.signal ? { signal: this.#io.signal } : {};
  }
}
