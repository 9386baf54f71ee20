/** Addresses of a deployed platform's private subnets: who uses them now, what is free, whether N users would fit. */
import { addressesNeeded } from "@sagekeep/spec";
import { exportsOf } from "../../account/exports.ts";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import type { CapacityOptions } from "./capacity.ts";

export interface SubnetUse {
  id: string;
  zone: string;
  cidr: string;
  /** Free addresses, as EC2 counts them. */
  free: number;
  /** Network interfaces by what they are for. */
  uses: Record<string, number>;
}

export interface AccountCapacity {
  users: number;
  subnets: SubnetUse[];
  /** Addresses the platform needs with so many users, and those of them it has already. */
  needed: number;
  taken: number;
  /** Addresses still to be found; negative never. */
  missing: number;
  free: number;
  fits: boolean;
}

const OWN = ["endpoints", "file systems", "apps and jobs"];

export async function capacityOfAccount(
  clients: Clients,
  { platform }: PlatformFile,
  options: CapacityOptions = {},
): Promise<AccountCapacity> {
  const users = options.users ?? platform.users.length;
  const ids =
    platform.network.existing?.subnets.map((one) => one.id) ?? (await subnetsOf(clients, platform.name));
  const { Subnets = [] } = await clients.call("ec2", "DescribeSubnets", { SubnetIds: [...ids] });
  const uses = await interfacesOf(clients, ids);
  const subnets = Subnets.map((one) => ({
    id: one.SubnetId ?? "",
    zone: one.AvailabilityZone ?? "",
    cidr: one.CidrBlock ?? "",
    free: one.AvailableIpAddressCount ?? 0,
    uses: uses.get(one.SubnetId ?? "") ?? {},
  }));
  const { total: needed } = addressesNeeded(platform.network, users, platform.domains.length, options);
  const taken = subnets.reduce(
    (sum, one) => sum + OWN.reduce((part, use) => part + (one.uses[use] ?? 0), 0),
    0,
  );
  const free = subnets.reduce((sum, one) => sum + one.free, 0);
  const missing = Math.max(0, needed - taken);
  return { users, subnets, needed, taken, missing, free, fits: missing <= free };
}

async function subnetsOf(clients: Clients, platform: string): Promise<string[]> {
  const exports = await exportsOf(clients);
  const ids = Object.entries(exports)
    .filter(([name]) => name.startsWith(`${platform}:network:PrivateSubnet`))
    .map(([, value]) => value);
  if (ids.length === 0)
    throw new ToolkitError(
      "CAPACITY0001",
      `platform \`${platform}\` is not deployed: it exports no subnets`,
      {
        help: "deploy it first, or leave out `--deployed` to plan by the file",
        exit: "invalid",
      },
    );
  return ids;
}

async function interfacesOf(
  clients: Clients,
  ids: readonly string[],
): Promise<Map<string, Record<string, number>>> {
  const found = new Map<string, Record<string, number>>();
  const input = { Filters: [{ Name: "subnet-id", Values: [...ids] }] };
  const tokens = { in: "NextToken", out: "NextToken" };
  for await (const page of clients.pages("ec2", "DescribeNetworkInterfaces", input, tokens)) {
    for (const { SubnetId = "", InterfaceType, Description, RequesterId } of page.NetworkInterfaces ?? []) {
      const uses = found.get(SubnetId) ?? {};
      const use = useOf(InterfaceType, Description, RequesterId);
      uses[use] = (uses[use] ?? 0) + 1;
      found.set(SubnetId, uses);
    }
  }
  return found;
}

/** By what AWS writes on the interfaces it makes. */
function useOf(type = "", description = "", requester = ""): string {
  if (type === "vpc_endpoint" || description.startsWith("VPC Endpoint Interface")) return "endpoints";
  if (type === "efs" || description.startsWith("EFS mount target")) return "file systems";
  if (/sagemaker/i.test(`${description} ${requester}`)) return "apps and jobs";
  if (type === "nat_gateway") return "NAT gateways";
  return "others";
}
