/** Drift detection: stacks and resources compared with what really is there. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { type Drift, detectDrift, detectsDrift } from "../../../stacks/drift/detect.ts";
import type { ResourceRecord, StackRecord } from "../../../stacks/engine/records.ts";
import { scalarText, type Value } from "../../../stacks/template/value.ts";
import type { Handlers } from "../../../wire/types.ts";
import { callerOf } from "../definition.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import { StackTables, stackNamed } from "../state.ts";
import { type Detection, detections, drifts } from "../state-drift.ts";

const DETECTABLE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_ROLLBACK_FAILED",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
]);

function detectable(tables: StackTables, name: string): Readonly<StackRecord> {
  const stack = stackNamed(tables, name);
  if (!DETECTABLE.has(stack.status)) {
    throw validationError(
      `Drift detection cannot be performed on stack [${stack.id}] while it is in ${stack.status} state`,
    );
  }
  return stack;
}

async function check(
  stack: Readonly<StackRecord>,
  record: Readonly<ResourceRecord>,
  context: CallContext,
): Promise<Drift> {
  const tables = new StackTables(context);
  const as = callerOf(stack.roleArn);
  const drift = await detectDrift(
    record,
    tables.resourcesOf(stack.id),
    (service, operation, input) => context.call(service, operation, input, as),
    context.clock.now(),
  );
  drifts(context).put(tables.resourceKey(stack.id, record.logicalId), drift);
  return drift;
}

export const driftOperations = {
  async DetectStackDrift(input, context) {
    const tables = new StackTables(context);
    const stack = detectable(tables, input.StackName);
    const wanted = input.LogicalResourceIds;
    const records = tables
      .resourcesOf(stack.id)
      .filter((one) => detectsDrift(one.type) && (!wanted?.length || wanted.includes(one.logicalId)));
    const id = randomUUID();
    const found: Detection = {
      id,
      stackId: stack.id,
      status: "DETECTION_COMPLETE",
      drifted: 0,
      stackStatus: "IN_SYNC",
      at: context.clock.now(),
    };
    try {
      for (const record of records) {
        const { status } = await check(stack, record, context);
        if (status === "MODIFIED" || status === "DELETED") found.drifted++;
      }
    } catch (error) {
      found.status = "DETECTION_FAILED";
      found.reason = `Failed to detect drift: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (found.drifted > 0) found.stackStatus = "DRIFTED";
    detections(context).put(id, found);
    tables.stacks.update(stack.id.slice(stack.id.indexOf(":stack/") + 7), (draft) => {
      draft.drift = { status: found.stackStatus, at: found.at };
    });
    return { StackDriftDetectionId: id };
  },

  DescribeStackDriftDetectionStatus(input, context) {
    const found = detections(context).get(input.StackDriftDetectionId);
    if (!found) {
      throw validationError(`Drift detection operation [${input.StackDriftDetectionId}] does not exist`);
    }
    return {
      StackId: found.stackId,
      StackDriftDetectionId: found.id,
      StackDriftStatus: found.stackStatus,
      DetectionStatus: found.status,
      ...(found.reason === undefined ? {} : { DetectionStatusReason: found.reason }),
      DriftedStackResourceCount: found.drifted,
      Timestamp: new Date(found.at),
    };
  },

  async DetectStackResourceDrift(input, context) {
    const tables = new StackTables(context);
    const stack = detectable(tables, input.StackName);
    const record = tables.resources.get(tables.resourceKey(stack.id, input.LogicalResourceId));
    if (!record) {
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    if (!detectsDrift(record.type)) {
      throw validationError(
        `Drift detection is not supported for resource type ${record.type} by the Sagekeep local cloud`,
      );
    }
    return { StackResourceDrift: view(stack, record, await check(stack, record, context)) };
  },

  DescribeStackResourceDrifts(input, context) {
    const tables = new StackTables(context);
    const stack = stackNamed(tables, input.StackName);
    const wanted = new Set<string>(input.StackResourceDriftStatusFilters ?? []);
    const all = tables.resourcesOf(stack.id).flatMap((record) => {
      const drift = drifts(context).get(tables.resourceKey(stack.id, record.logicalId));
      return drift && (wanted.size === 0 || wanted.has(drift.status)) ? [view(stack, record, drift)] : [];
    });
    const { items, NextToken } = page(all, input.NextToken, input.MaxResults ?? 100);
    return { StackResourceDrifts: items, NextToken };
  },
} satisfies Handlers<typeof Api, CallContext>;

function view(
  stack: Readonly<StackRecord>,
  record: Readonly<ResourceRecord>,
  drift: Readonly<Drift>,
): Api.StackResourceDrift {
  return {
    StackId: stack.id,
    LogicalResourceId: record.logicalId,
    ...(record.physicalId === undefined ? {} : { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    ExpectedProperties: JSON.stringify(drift.expected),
    ...(drift.actual ? { ActualProperties: JSON.stringify(drift.actual) } : {}),
    PropertyDifferences: drift.differences.map((one) => ({
      PropertyPath: one.path,
      ExpectedValue: shown(one.expected),
      ActualValue: shown(one.actual),
      DifferenceType: one.kind,
    })),
    StackResourceDriftStatus: drift.status,
    Timestamp: new Date(drift.at),
  };
}

function shown(value: Value | undefined): string {
  return value === undefined ? "null" : (scalarText(value) ?? JSON.stringify(value));
}
