/** Drift by stack: stacks that are missing, stuck or of another file, and what CloudFormation itself finds changed. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Synthesized } from "@sagekeep/constructs";
import type { Gap } from "../../account/snapshot.ts";
import type { Clients } from "../../aws/clients.ts";
import { deployedStacks } from "../deploy/deployed-stacks.ts";

export interface StackDrift {
  stack: string;
  /** Empty when nothing differs. */
  findings: string[];
}

/** @returns a record a stack, and what CloudFormation could not tell */
export async function findStackDrift(
  synthesis: Synthesized,
  clients: Clients,
): Promise<{ stacks: StackDrift[]; gaps: Gap[] }> {
  const { comparePlatforms } = await import("@sagekeep/constructs");
  const kept = synthesis.stacks.filter((one) => one.target === "platform");
  const names = kept.map((one) => one.name);
  const deployed = await deployedStacks(kept[0]?.tags.platform ?? "", clients, names);
  const { changes, removedStacks } = comparePlatforms(deployed, kept);
  const gaps: Gap[] = [];
  const stacks: StackDrift[] = [];
  for (const stack of [...names, ...removedStacks]) {
    if (!deployed.some((one) => one.name === stack)) {
      stacks.push({ stack, findings: ["is not deployed"] });
      continue;
    }
    if (!names.includes(stack)) {
      stacks.push({ stack, findings: ["is deployed and not in the file any more"] });
      continue;
    }
    stacks.push({
      stack,
      findings: [
        ...changes.filter((one) => one.stack === stack).map((one) => `the file would ${one.words}`),
        ...(await detected(stack, clients, gaps)),
      ],
    });
  }
  return { stacks, gaps };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html */
async function detected(StackName: string, clients: Clients, gaps: Gap[]): Promise<string[]> {
  try {
    const { StackDriftDetectionId } = await clients.call("cloudformation", "DetectStackDrift", { StackName });
    const local = clients.target.kind === "local";
    for (let tries = 0; ; tries++) {
      const now = await clients.call("cloudformation", "DescribeStackDriftDetectionStatus", {
        StackDriftDetectionId,
      });
      if (now.DetectionStatus === "DETECTION_FAILED")
        gaps.push({ what: `drift of some resources of ${StackName}`, why: now.DetectionStatusReason ?? "" });
      if (now.DetectionStatus !== "DETECTION_IN_PROGRESS") break;
      if (tries > 150) throw new Error("CloudFormation did not finish looking in five minutes");
      await sleep(local ? 20 : 2000);
    }
    const found: string[] = [];
    const input = { StackName, StackResourceDriftStatusFilters: ["MODIFIED" as const, "DELETED" as const] };
    const tokens = { in: "NextToken", out: "NextToken" };
    for await (const page of clients.pages("cloudformation", "DescribeStackResourceDrifts", input, tokens))
      for (const one of page.StackResourceDrifts ?? []) {
        const properties = (one.PropertyDifferences ?? []).map((each) => each.PropertyPath).join(", ");
        const what = `${one.LogicalResourceId} (${one.ResourceType})`;
        found.push(
          one.StackResourceDriftStatus === "DELETED"
            ? `${what} was deleted`
            : `${what} was changed: ${properties}`,
        );
      }
    return found;
  } catch (error) {
    const { name, message } = error as Error;
    const why = `${name}: ${message}`;
    // the same answer for every stack is said once
    if (!gaps.some((gap) => gap.why === why)) gaps.push({ what: "what CloudFormation finds changed", why });
    return [];
  }
}
