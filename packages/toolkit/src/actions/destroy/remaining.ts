/**
 * The proof at the end: everything in the account and region that costs money, and whose it is. It looks anew, at all
 * of a kind, not only at what was removed.
 */
import { type Fields, ifThere, listAll, look, names } from "./calls.ts";
import { findWork } from "./find-work.ts";
import type { Ground } from "./item.ts";
import { listBuckets } from "./phases/buckets.ts";
import { MANAGED_TAG } from "./phases/file-systems.ts";
import { listKeys } from "./phases/keys.ts";
import { ALL_KINDS } from "./sagemaker-kinds.ts";

export interface Thing {
  kind: string;
  id: string;
  /** Why it is the platform's; absent for what is not. */
  why?: string;
}

export interface Remaining {
  /** The platform's own things that cost money. */
  own: Thing[];
  /** The platform's own things that cost nothing, stacks and VPCs among them. */
  free: Thing[];
  /** Things that cost money, and that nothing shows to be the platform's: they were not touched. */
  foreign: Thing[];
  /** Keys that wait for their deletion: they cost nothing. */
  pendingKeys: Thing[];
}

export async function findRemaining(ground: Ground): Promise<Remaining> {
  const found = { own: [], free: [], foreign: [], pendingKeys: [] } as Remaining;
  const add = (kind: string, id: string, why: string | undefined, free = false) => {
    const thing = { kind, id, ...(why !== undefined && { why }) };
    if (why === undefined) {
      if (!free) found.foreign.push(thing);
    } else (free ? found.free : found.own).push(thing);
  };
  await inSageMaker(ground, add);
  for (const one of await look(ground, "buckets", () => listBuckets(ground)))
    add("bucket", one.name, one.why);
  for (const one of await look(ground, "keys", () => listKeys(ground))) {
    if (one.state !== "PendingDeletion") add("key", one.id, one.why);
    else if (one.why !== undefined) found.pendingKeys.push({ kind: "key", id: one.id, why: one.why });
  }
  await inNetwork(ground, add);
  await inLogs(ground, add);
  for (const stack of ground.own.stacks) {
    if (stack.status === "DELETE_COMPLETE") continue;
    const now = await ifThere(() =>
      ground.clients.call("cloudformation", "DescribeStacks", { StackName: stack.id }),
    );
    const status = now?.Stacks?.[0]?.StackStatus;
    if (status !== undefined && status !== "DELETE_COMPLETE")
      add("stack", stack.name, `${status.toLowerCase()}`, true);
  }
  return found;
}

type Add = (kind: string, id: string, why: string | undefined, free?: boolean) => void;

async function inSageMaker(ground: Ground, add: Add): Promise<void> {
  const { clients, own } = ground;
  const kinds = ALL_KINDS.filter((kind) => kind.billable);
  for (const one of await findWork(ground, kinds)) add(one.kind.what, one.name, one.why);
  for (const one of await look(ground, "SageMaker domains", () =>
    listAll(clients, "sagemaker", "ListDomains", {}, "Domains"),
  )) {
    const id = String(one.DomainId);
    const resource = own.of("AWS::SageMaker::Domain", id);
    const why = resource && `of stack ${resource.stack}`;
    add("domain", `${String(one.DomainName)} (${id})`, why, true);
    for (const [operation, member, kind] of [
      ["ListApps", "Apps", "app"],
      ["ListSpaces", "Spaces", "space"],
    ] as const) {
      const parts = await look(ground, `${kind}s of ${id}`, () =>
        listAll(clients, "sagemaker", operation, { DomainIdEquals: id }, member),
      );
      for (const part of parts) {
        if (part.Status === "Deleted" || part.Status === "Failed") continue;
        add(
          kind,
          `${id}/${String(part.SpaceName ?? part.UserProfileName)}/${String(part.AppName ?? "")}`,
          why,
        );
      }
    }
  }
  for (const one of await look(ground, "file systems", () =>
    listAll(clients, "efs", "DescribeFileSystems", {}, "FileSystems", { in: "Marker", out: "NextMarker" }),
  )) {
    const domain = own.domainIn(names(one.Tags)[MANAGED_TAG] ?? "");
    add("file system", String(one.FileSystemId), domain && `home directories of domain ${domain}`);
  }
}

async function inNetwork(ground: Ground, add: Add): Promise<void> {
  const { clients, own } = ground;
  const vpcs = new Set(own.ids("AWS::EC2::VPC", { deleted: true }));
  const why = (one: Fields) =>
    vpcs.has(String(one.VpcId))
      ? `in the platform's VPC ${String(one.VpcId)}`
      : own.tagged(names(one.Tags)) === "own"
        ? `tagged platform=${own.name}`
        : undefined;
  const list = (what: string, operation: string, member: string) =>
    look(ground, what, () => listAll(clients, "ec2", operation, {}, member));
  for (const one of await list("NAT gateways", "DescribeNatGateways", "NatGateways"))
    if (one.State !== "deleted") add("NAT gateway", String(one.NatGatewayId), why(one));
  for (const one of await list("VPC endpoints", "DescribeVpcEndpoints", "VpcEndpoints"))
    if (one.VpcEndpointType !== "Gateway" && !/^deleted$/i.test(String(one.State)))
      add("VPC endpoint", `${String(one.VpcEndpointId)} (${String(one.ServiceName)})`, why(one));
  const addresses = await look(
    ground,
    "elastic addresses",
    async () => ((await clients.call("ec2", "DescribeAddresses", {})).Addresses ?? []) as unknown as Fields[],
  );
  for (const one of addresses) add("elastic address", String(one.AllocationId ?? one.PublicIp), why(one));
  for (const one of await look(ground, "firewalls", () =>
    listAll(clients, "network-firewall", "ListFirewalls", {}, "Firewalls"),
  )) {
    const name = String(one.FirewallName);
    const about = await ifThere(() =>
      clients.call("network-firewall", "DescribeFirewall", { FirewallName: name }),
    );
    if (about) add("firewall", name, why({ VpcId: about.Firewall?.VpcId, Tags: about.Firewall?.Tags }));
  }
  for (const one of await list("VPCs", "DescribeVpcs", "Vpcs")) {
    const id = String(one.VpcId);
    if (vpcs.has(id)) add("VPC", id, "of the platform", true);
  }
}

async function inLogs(ground: Ground, add: Add): Promise<void> {
  const { clients, own } = ground;
  const token = { in: "nextToken", out: "nextToken" };
  for (const one of await look(ground, "log groups", () =>
    listAll(clients, "cloudwatch-logs", "DescribeLogGroups", {}, "logGroups", token),
  )) {
    const name = String(one.logGroupName);
    const held = own.of("AWS::Logs::LogGroup", name);
    add("log group", name, held?.live ? `of stack ${held.stack}` : undefined);
  }
  for (const one of await look(ground, "alarms", () =>
    listAll(clients, "cloudwatch", "DescribeAlarms", {}, "MetricAlarms"),
  )) {
    const name = String(one.AlarmName);
    const held = own.of("AWS::CloudWatch::Alarm", name);
    add("alarm", name, held?.live ? `of stack ${held.stack}` : undefined);
  }
  for (const one of await look(ground, "repositories", () =>
    listAll(clients, "ecr", "DescribeRepositories", {}, "repositories", token),
  )) {
    const name = String(one.repositoryName);
    const held = own.of("AWS::ECR::Repository", name);
    add("repository", name, held?.live ? `of stack ${held.stack}` : undefined);
  }
}
