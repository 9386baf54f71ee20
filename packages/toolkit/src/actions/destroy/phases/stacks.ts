/**
 * The stacks in reverse: one goes when nothing imports its exports any more. The network's goes last of all, in a
 * phase of its own, after what SageMaker leaves in its subnets.
 */
import { ToolkitError } from "../../../errors.ts";
import type { OwnStack } from "../belongings.ts";
import { gone, ifThere, look, until } from "../calls.ts";
import type { Ground, Item, Phase } from "../item.ts";

export const stacks: Phase = {
  id: "stacks",
  title: "delete the stacks",
  find: (ground) => findStacks(ground, (stack) => !holdsNetwork(ground, stack)),
};

export const networkStacks: Phase = {
  id: "network-stacks",
  title: "delete the network",
  find: (ground) => findStacks(ground, (stack) => holdsNetwork(ground, stack)),
};

const holdsNetwork = ({ own }: Ground, stack: OwnStack) =>
  stack.name === `${own.name}-network` ||
  own.resources.some((one) => one.type === "AWS::EC2::VPC" && one.live && one.stack === stack.name);

async function findStacks(ground: Ground, wanted: (stack: OwnStack) => boolean): Promise<Item[]> {
  const live: OwnStack[] = [];
  for (const stack of ground.own.stacks) {
    if (stack.status === "DELETE_COMPLETE" || !wanted(stack)) continue;
    const status = await ifThere(() => statusOf(ground, stack.id));
    if (status !== undefined && status !== "DELETE_COMPLETE") live.push({ ...stack, status });
  }
  const importers = await look(ground, "which stack needs which", async () => [
    ...(await readImports(ground, live)),
    ...(await readAttachments(ground, live)),
  ]);
  return live
    .sort((one, other) => other.createdAt - one.createdAt)
    .map((stack) => ({
      kind: "stack",
      id: stack.name,
      why: `tagged platform=${ground.own.name}`,
      holds: contentsOf(ground, stack),
      after: importers
        .filter((one) => one.exporter === stack.name && live.some((other) => other.name === one.importer))
        .map((one) => `stack ${one.importer}`),
      remove: () => remove(ground, stack),
    }));
}

function contentsOf({ own }: Ground, stack: OwnStack): string {
  const count = new Map<string, number>();
  for (const one of own.resources)
    if (one.live && one.stack === stack.name) count.set(one.type, (count.get(one.type) ?? 0) + 1);
  const top = [...count].sort((one, other) => other[1] - one[1]).slice(0, 3);
  const words = top.map(([type, n]) => `${n} ${type.replace(/^AWS::/, "").replaceAll("::", " ")}`);
  return `${[...count.values()].reduce((sum, n) => sum + n, 0)} resources: ${words.join(", ")}${count.size > 3 ? ", …" : ""}`;
}

async function statusOf({ clients }: Ground, id: string): Promise<string | undefined> {
  const { Stacks } = await clients.call("cloudformation", "DescribeStacks", { StackName: id });
  return Stacks?.[0]?.StackStatus;
}

async function readImports(
  { clients }: Ground,
  stacks: readonly OwnStack[],
): Promise<{ exporter: string; importer: string }[]> {
  const found: { exporter: string; importer: string }[] = [];
  const byId = new Map(stacks.map((one) => [one.id, one.name]));
  for await (const page of clients.pages(
    "cloudformation",
    "ListExports",
    {},
    { in: "NextToken", out: "NextToken" },
  )) {
    for (const { ExportingStackId = "", Name = "" } of page.Exports ?? []) {
      const exporter = byId.get(ExportingStackId);
      if (exporter === undefined) continue;
      const imports = await clients
        .call("cloudformation", "ListImports", { ExportName: Name })
        .catch((error: Error) => {
          if (/is not imported by any stack/.test(error.message)) return { Imports: [] };
          throw error;
        });
      for (const importer of imports.Imports ?? []) found.push({ exporter, importer });
    }
  }
  return found;
}

/** Policies of one stack that roles of another name by ARN, without an import. */
async function readAttachments(
  { clients, own }: Ground,
  stacks: readonly OwnStack[],
): Promise<{ exporter: string; importer: string }[]> {
  const policies = own.resources.filter((one) => one.live && one.type === "AWS::IAM::ManagedPolicy");
  const found: { exporter: string; importer: string }[] = [];
  for (const { id, name } of stacks) {
    const answer = await ifThere(() => clients.call("cloudformation", "GetTemplate", { StackName: id }));
    const text = answer?.TemplateBody ?? "";
    const exporters = policies.filter((one) => one.stack !== name && text.includes(`"${one.id}"`));
    for (const exporter of new Set(exporters.map((one) => one.stack)))
      found.push({ exporter, importer: name });
  }
  return found;
}

async function remove(ground: Ground, stack: OwnStack): Promise<void> {
  const { clients } = ground;
  if (stack.protected)
    throw new ToolkitError("DESTROY0005", `stack ${stack.name} has termination protection`, {
      help: `somebody wanted it to stay; if it may go: \`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack.name}\``,
    });
  // a change that is under way must end first
  await until(ground, `stack ${stack.name}`, async () => {
    const now = await ifThere(() => statusOf(ground, stack.id));
    return (
      now === undefined ||
      now === "REVIEW_IN_PROGRESS" ||
      now === "DELETE_IN_PROGRESS" ||
      !now.endsWith("_IN_PROGRESS")
    );
  });
  if ((await statusOf(ground, stack.id)) !== "DELETE_IN_PROGRESS")
    await clients.call("cloudformation", "DeleteStack", { StackName: stack.id });
  let status: string | undefined;
  await until(ground, `stack ${stack.name}`, async () => {
    if (await gone(async () => (status = await statusOf(ground, stack.id)))) return true;
    return !status?.endsWith("_IN_PROGRESS");
  });
  if (status === undefined || status === "DELETE_COMPLETE") return;
  const reason = await reasonOf(ground, stack);
  throw new ToolkitError("DESTROY0006", `stack ${stack.name} could not be deleted: ${reason}`, {
    ...(/s3:DeleteBucketPolicy/.test(reason) && {
      help: "the bucket's policy shuts out the administrator; the account's root user always may delete it: `aws s3api delete-bucket-policy` as root, then run this again",
    }),
  });
}

/** The latest failures of its resources, which say more than the stack's own status. */
async function reasonOf({ clients }: Ground, stack: OwnStack): Promise<string> {
  const { StackEvents = [] } = await clients.call("cloudformation", "DescribeStackEvents", {
    StackName: stack.id,
  });
  const failures: string[] = [];
  for (const one of StackEvents) {
    if (one.ResourceStatus === "DELETE_IN_PROGRESS" && one.PhysicalResourceId === stack.id) break;
    if (one.ResourceStatus === "DELETE_FAILED" && one.PhysicalResourceId !== stack.id)
      failures.push(`${one.LogicalResourceId} (${one.ResourceType}): ${one.ResourceStatusReason}`);
  }
  return failures.reverse().join("; ") || (StackEvents[0]?.ResourceStatusReason ?? "no reason given");
}
