/** What a stack holds goes after the stack: when that one stays, so does its data. */
import { ToolkitError } from "../../errors.ts";
import type { OwnResource } from "./belongings.ts";
import { ifThere } from "./calls.ts";
import type { Ground } from "./item.ts";

/** @throws ToolkitError when the stack of a resource is still there */
export async function demandStackGone(ground: Ground, resource: OwnResource | undefined): Promise<void> {
  if (!resource?.live) return;
  const stack = ground.own.stacks.find(
    (one) => one.name === resource.stack && one.status !== "DELETE_COMPLETE",
  );
  if (!stack) return;
  const found = await ifThere(() =>
    ground.clients.call("cloudformation", "DescribeStacks", { StackName: stack.id }),
  );
  const status = found?.Stacks?.[0]?.StackStatus;
  if (status !== undefined && status !== "DELETE_COMPLETE")
    throw new ToolkitError("DESTROY0009", `stack ${stack.name}, which holds it, is still there`);
}
