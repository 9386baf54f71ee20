/** Refuses a deployment that would lose home directories or data, until each loss is confirmed by name. */

import type { DeployedStack, PlatformChanges, Synthesized } from "@sagekeep/constructs";
import { ToolkitError } from "../../errors.ts";

/**
 * What the deployment would change of what is deployed.
 * @param confirmed names of users, spaces, domains and buckets whose loss is accepted
 * @throws ToolkitError when something would be lost that is not among them
 */
export async function guardLosses(
  stacks: Synthesized["stacks"],
  deployed: readonly DeployedStack[],
  confirmed: readonly string[] = [],
): Promise<PlatformChanges> {
  const { comparePlatforms } = await import("@sagekeep/constructs");
  const changes = comparePlatforms(deployed, stacks, confirmed);
  if (changes.refusals.length === 0) return changes;
  const lines = changes.refusals.map((one) => `  ${one.change.words}: loses ${one.loses}`);
  throw new ToolkitError(
    "DEPLOY0007",
    `the deployment would lose what cannot be made again\n${lines.join("\n")}`,
    {
      help: `keep them in the file, or confirm each by name: ${changes.refusals.map((one) => `--confirm ${one.name}`).join(" ")}`,
      exit: "invalid",
    },
  );
}
