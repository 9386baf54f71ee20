/** Refuses a deployment that would lose home directories or data, until each loss is confirmed by name. */

import type { DeployedStack, PlatformChanges, Synthesized } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";

/** The templates of those stacks that are deployed. */
export async function deployedStacks(names: readonly string[], clients: Clients): Promise<DeployedStack[]> {
  const wanted = new Set(names);
  const deployed: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await clients.call(
      "cloudformation",
      "DescribeStacks",
      NextToken === undefined ? {} : { NextToken },
    );
    for (const { StackName, StackStatus } of page.Stacks ?? [])
      if (
        StackName &&
        wanted.has(StackName) &&
        !/^DELETE_|^ROLLBACK_|^REVIEW_|^CREATE_FAILED/.test(StackStatus ?? "")
      )
        deployed.push(StackName);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return Promise.all(
    deployed.map(async (name) => {
      const { TemplateBody = "{}" } = await clients.call("cloudformation", "GetTemplate", {
        StackName: name,
      });
      return { name, template: JSON.parse(TemplateBody) as DeployedStack["template"] };
    }),
  );
}

/**
 * What the deployment would change of what is deployed.
 * @param confirmed names of users, spaces, domains and buckets whose loss is accepted
 * @throws ToolkitError when something would be lost that is not among them
 */
export async function guardLosses(
  synthesis: Synthesized,
  clients: Clients,
  confirmed: readonly string[] = [],
): Promise<PlatformChanges> {
  const { comparePlatforms } = await import("@sagekeep/constructs");
  const before = await deployedStacks(
    synthesis.stacks.map((stack) => stack.name),
    clients,
  );
  const names = new Set(before.map((stack) => stack.name));
  const changes = comparePlatforms(
    before,
    synthesis.stacks.filter((stack) => names.has(stack.name)),
    confirmed,
  );
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
