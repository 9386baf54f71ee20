/** Wait conditions: complete when their handle, or they themselves by a creation policy, got enough signals. */
import { ResourceFailure } from "../engine/failure.ts";
import type { Signal } from "../engine/signals.ts";
import { handleOf } from "../engine/signals.ts";
import type { ValueMap } from "../template/value.ts";
import { map } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";

/** Most seconds to wait, when nothing is said: AWS's upper limit. */
const LONGEST = 43_200;

export const waitConditionTypes: HandlerTable = {
  "AWS::CloudFormation::WaitConditionHandle": {
    create: async (_, r) => ({ physicalId: r.newHandle() }),
    attributes: async ({ physicalId }) => ({ Id: physicalId }),
    update: async () => {},
    delete: async (_, r) => r.forgetSignals(),
  },
  "AWS::CloudFormation::WaitCondition": {
    timeoutMinutes: LONGEST / 60 + 60,
    async create(p, r) {
      r.made(`${r.stackId}/${r.logicalId}`);
      const attributes = await waited(p, r);
      return { physicalId: `${r.stackId}/${r.logicalId}`, attributes };
    },
    attributes: async ({ attributes }) => attributes,
    update() {
      throw new ResourceFailure(
        "Update to resource type AWS::CloudFormation::WaitCondition is not supported.",
      );
    },
    delete: async (_, r) => r.forgetSignals(),
  },
};

async function waited(p: ValueMap, r: ResourceRequest): Promise<ValueMap> {
  const policy = map(map(r.creationPolicy).ResourceSignal);
  if (p.Handle === undefined && Object.keys(policy).length === 0) return { Data: "{}" };
  const byPolicy = p.Handle === undefined;
  const from = byPolicy ? r.logicalId : (handleOf(text(p.Handle))?.logicalId ?? r.logicalId);
  const count = Number((byPolicy ? policy.Count : p.Count) ?? 1);
  const seconds = byPolicy ? secondsOf(text(policy.Timeout) || "PT5M") : Number(p.Timeout ?? LONGEST);
  const deadline = r.now() + seconds * 1000;
  const noted = new Set<string>();
  const signals = await r.until(async () => {
    const received = r.signals(from);
    for (const one of received) {
      if (!byPolicy || noted.has(one.uniqueId)) continue;
      noted.add(one.uniqueId);
      r.progress(`Received ${one.status} signal with UniqueId ${one.uniqueId}`);
    }
    const failed = received.find((one) => one.status === "FAILURE");
    if (failed) throw new ResourceFailure(failureOf(failed, byPolicy, received, count));
    if (received.length >= count) return received;
    if (r.now() < deadline) return undefined;
    throw new ResourceFailure(
      byPolicy
        ? `Failed to receive ${count - received.length} resource signal(s) within the specified duration`
        : `WaitCondition timed out. Received ${received.length} conditions when expecting ${count}`,
    );
  });
  const data = Object.fromEntries(signals.map((one) => [one.uniqueId, one.data ?? ""]));
  return { Data: JSON.stringify(data) };
}

function failureOf(
  signal: Readonly<Signal>,
  byPolicy: boolean,
  received: readonly Signal[],
  count: number,
): string {
  if (!byPolicy)
    return `WaitCondition received failed message: '${signal.reason ?? ""}' for uniqueId: ${signal.uniqueId}`;
  const failures = received.filter((one) => one.status === "FAILURE").length;
  return `Received ${failures} FAILURE signal(s) out of ${count}.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement`;
}

/** Seconds of an ISO 8601 duration of hours, minutes and seconds. */
function secondsOf(duration: string): number {
  const found = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration);
  if (!found) throw new ResourceFailure(`Invalid Timeout ${duration} in CreationPolicy`);
  const [hours, minutes, seconds] = found.slice(1).map((one) => Number(one ?? 0));
  return Math.min((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0), LONGEST);
}
