/** What opens ways on the network: rules of security groups and routes, as lines that can be compared. */
import type { IpPermission } from "@aws-sdk/client-ec2";
import type { Clients } from "../aws/clients.ts";
import { attemptRead } from "./read-resources.ts";
import type { Gap, PathRecord } from "./snapshot.ts";

const tokens = { in: "NextToken", out: "NextToken" };

export async function readPaths(clients: Clients, gaps: Gap[]): Promise<PathRecord[]> {
  const [groups, routes] = await Promise.all([
    attemptRead(gaps, "the security groups", () => readGroups(clients)),
    attemptRead(gaps, "the route tables", () => readRoutes(clients)),
  ]);
  return [...(groups ?? []), ...(routes ?? [])];
}

async function readGroups(clients: Clients): Promise<PathRecord[]> {
  const all = [];
  for await (const page of clients.pages("ec2", "DescribeSecurityGroups", {}, tokens))
    all.push(...(page.SecurityGroups ?? []));
  const names = new Map(all.map((one) => [one.GroupId ?? "", one.GroupName ?? ""]));
  return all
    .filter((one) => one.GroupName !== "default")
    .map(({ GroupName = "", IpPermissions = [], IpPermissionsEgress = [] }) => ({
      where: `security group ${GroupName}`,
      lines: [
        ...IpPermissions.flatMap((rule) => linesOf("from", rule, names)),
        ...IpPermissionsEgress.flatMap((rule) => linesOf("to", rule, names)),
      ],
    }));
}

function linesOf(direction: "from" | "to", rule: IpPermission, names: ReadonlyMap<string, string>): string[] {
  const { IpProtocol = "-1", FromPort, ToPort } = rule;
  const ports =
    FromPort === undefined || IpProtocol === "-1"
      ? ""
      : ` ${FromPort}${ToPort === FromPort ? "" : `–${ToPort}`}`;
  const what = `${IpProtocol === "-1" ? "everything" : `${IpProtocol}${ports}`} ${direction}`;
  return [
    ...(rule.IpRanges ?? []).map((one) => `${what} ${one.CidrIp}`),
    ...(rule.Ipv6Ranges ?? []).map((one) => `${what} ${one.CidrIpv6}`),
    ...(rule.PrefixListIds ?? []).map((one) => `${what} ${one.PrefixListId}`),
    ...(rule.UserIdGroupPairs ?? []).map((one) => `${what} ${names.get(one.GroupId ?? "") ?? one.GroupId}`),
  ];
}

async function readRoutes(clients: Clients): Promise<PathRecord[]> {
  const records: PathRecord[] = [];
  for await (const page of clients.pages("ec2", "DescribeRouteTables", {}, tokens)) {
    for (const { Tags = [], Routes = [] } of page.RouteTables ?? []) {
      const name = Tags.find((one) => one.Key === "Name")?.Value;
      if (!name) continue;
      const lines = Routes.map((one) => {
        const to = one.DestinationCidrBlock ?? one.DestinationIpv6CidrBlock ?? one.DestinationPrefixListId;
        const target =
          one.NatGatewayId ?? one.GatewayId ?? one.NetworkInterfaceId ?? one.TransitGatewayId ?? "?";
        return `${to} through ${kindOf(target)}`;
      });
      records.push({ where: `route table ${name}`, lines });
    }
  }
  return records;
}

/** Ids differ between accounts, what they are does not. */
function kindOf(id: string): string {
  const kinds: Record<string, string> = {
    igw: "an internet gateway",
    nat: "a NAT gateway",
    vpce: "a VPC endpoint",
    eni: "a network interface",
    tgw: "a transit gateway",
    pcx: "a peering connection",
    vgw: "a VPN gateway",
  };
  return kinds[id.split("-")[0] ?? ""] ?? id;
}
