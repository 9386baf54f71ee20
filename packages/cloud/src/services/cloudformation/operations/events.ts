/**
 * DescribeEvents: what happened, grouped by operation ("View stack events by operation"). Operations are read off the
 * stack's own events: each begins where the stack's status turns.
 */
import { createHash } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import type { EventRecord, StackRecord } from "../../../stacks/engine/records.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import {
  type ChangeSetRecord,
  changeSetNamed,
  changeSets,
  existingStack,
  StackTables,
  stackKey,
} from "../state.ts";

/** Statuses of a stack with which an operation begins. */
const BEGINNINGS: readonly [status: RegExp, type: Api.OperationType][] = [
  [/^REVIEW_IN_PROGRESS$/, "CREATE_CHANGESET"],
  [/^(?:CREATE|IMPORT)_IN_PROGRESS$/, "CREATE_STACK"],
  [/^UPDATE_IN_PROGRESS$/, "UPDATE_STACK"],
  [/^DELETE_IN_PROGRESS$/, "DELETE_STACK"],
  [/^(?:UPDATE_|IMPORT_)?ROLLBACK_IN_PROGRESS$/, "ROLLBACK"],
];
const ERRORS = new Set<string | undefined>([
  "PROVISIONING_ERROR",
  "VALIDATION_ERROR",
  "HOOK_INVOCATION_ERROR",
]);

export const eventOperations = {
  DescribeEvents(input, context) {
    const all = eventsAsked(input, context)
      .filter((one) => input.OperationId === undefined || one.OperationId === input.OperationId)
      .filter((one) => !input.Filters?.FailedEvents || ERRORS.has(one.EventType));
    const { items, NextToken } = page(all, input.NextToken, 100);
    return { OperationEvents: items, NextToken };
  },
} satisfies Handlers<typeof Api, CallContext>;

/** Newest first. @throws AwsError `ValidationError` */
function eventsAsked(input: Api.DescribeEventsInput, context: CallContext): Api.OperationEvent[] {
  const tables = new StackTables(context);
  if (input.ChangeSetName !== undefined) {
    return [changeSetEvent(changeSetNamed(context, input.ChangeSetName, input.StackName))];
  }
  if (input.StackName !== undefined) {
    const stack = tables.find(input.StackName);
    if (!stack) return eventsOf(existingStack(tables, input.StackName), context);
    return eventsOf(stack, context);
  }
  if (input.OperationId === undefined) {
    throw validationError("One of ChangeSetName, OperationId or StackName must be specified");
  }
  const found = tables.stacks
    .list()
    .map((stack) => eventsOf(stack, context))
    .find((events) => events.some((one) => one.OperationId === input.OperationId));
  if (!found) throw validationError(`Operation [${input.OperationId}] does not exist`);
  return found;
}

function eventsOf(stack: Readonly<StackRecord>, context: CallContext): Api.OperationEvent[] {
  const { events } = new StackTables(context);
  const sets = changeSets(context).list({ prefix: `${stackKey(stack.id)}#` });
  const all = [
    ...grouped(stack, events.list({ prefix: `${stackKey(stack.id)}#` })),
    ...sets.map(changeSetEvent),
  ];
  return all.reverse().sort((a, b) => (b.Timestamp?.getTime() ?? 0) - (a.Timestamp?.getTime() ?? 0));
}

function grouped(
  stack: Readonly<StackRecord>,
  events: readonly Readonly<EventRecord>[],
): Api.OperationEvent[] {
  let operation: Pick<Api.OperationEvent, "OperationId" | "OperationType"> = {};
  let StartTime: Date | undefined;
  let before = "";
  return events.map((event) => {
    const own = event.physicalId === stack.id;
    const begun = own ? BEGINNINGS.find(([status]) => status.test(event.status))?.[1] : undefined;
    if (begun !== undefined) {
      const OperationType = before === "UPDATE_ROLLBACK_FAILED" ? "CONTINUE_ROLLBACK" : begun;
      operation = { OperationId: uuidOf(event.id), OperationType };
      StartTime = new Date(event.time);
    }
    if (own) before = event.status;
    const Timestamp = new Date(event.time);
    const ended = own && !event.status.endsWith("_IN_PROGRESS");
    return {
      EventId: event.id,
      StackId: stack.id,
      ...operation,
      ...(own ? { OperationStatus: outcome(event.status) } : {}),
      EventType: own
        ? "STACK_EVENT"
        : event.status.endsWith("_FAILED")
          ? "PROVISIONING_ERROR"
          : "PROGRESS_EVENT",
      LogicalResourceId: event.logicalId,
      PhysicalResourceId: event.physicalId,
      ResourceType: event.type,
      Timestamp,
      ...(StartTime === undefined ? {} : { StartTime }),
      ...(ended ? { EndTime: Timestamp } : {}),
      ResourceStatus: event.status as Api.ResourceStatus,
      ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
      ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
      ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
    };
  });
}

function outcome(status: string): Api.BeaconStackOperationStatus {
  if (status.endsWith("_IN_PROGRESS")) return "IN_PROGRESS";
  return status.endsWith("_FAILED") ? "FAILED" : "SUCCEEDED";
}

function changeSetEvent(set: Readonly<ChangeSetRecord>): Api.OperationEvent {
  const Timestamp = new Date(set.createdAt);
  return {
    EventId: uuidOf(`event of ${set.id}`),
    StackId: set.stackId,
    OperationId: uuidOf(set.id),
    OperationType: "CREATE_CHANGESET",
    OperationStatus: outcome(set.status),
    EventType: "STACK_EVENT",
    Timestamp,
    StartTime: Timestamp,
    EndTime: Timestamp,
    ...(set.token === undefined ? {} : { ClientRequestToken: set.token }),
  };
}

/** An id that is always the same for the same thing. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
