/**
 * The default VPC that an account has in every region: a /16, a public subnet in each zone, an internet gateway.
 * Made on the first EC2 call in a region, unless `SAGEKEEP_DEFAULT_VPC=off`.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
import type { CallContext } from "../../context.ts";
import { printCidr } from "../../network/cidr.ts";
import { newId } from "./identifiers.ts";
import { add, all, change } from "./kind.ts";
import { internetGateways, routeTables } from "./kinds.ts";
import { createSubnet } from "./operations/subnets.ts";
import { createVpc } from "./operations/vpcs.ts";
import type { VpcRecord } from "./records.ts";
import { zonesOf } from "./zones.ts";

const CIDR = "172.31.0.0/16";

export function createDefaultVpc(context: CallContext): Readonly<VpcRecord> {
  const vpc = createVpc(context, { cidr: CIDR, isDefault: true });
  zonesOf(context.region).forEach((zone, index) => {
    createSubnet(context, { vpc, zone, cidr: defaultSubnetCidr(index), isDefault: true });
  });
  const gateway = add(context, internetGateways, { id: newId("igw"), tags: {}, vpcId: vpc.id });
  const table = all(context, routeTables).find((one) => one.vpcId === vpc.id)!;
  change(context, routeTables, table.id, (draft) => {
    draft.routes.push({
      cidr: "0.0.0.0/0",
      target: { kind: "internet-gateway", id: gateway.id },
      origin: "CreateRoute",
    });
  });
  return vpc;
}

export const defaultSubnetCidr = (index: number): string =>
  printCidr({ family: 4, base: (172n << 24n) | (31n << 16n) | (BigInt(index) << 12n), prefix: 20 });

/** Makes the default VPC once in the life of an account and region; who deletes it must ask for a new one. */
export function ensureDefaultVpc(context: CallContext): void {
  const settings = context.table<{ made: boolean }>("ec2.settings");
  if (settings.has("default-vpc")) return;
  settings.put("default-vpc", { made: true });
  if (process.env.SAGEKEEP_DEFAULT_VPC !== "off") createDefaultVpc(context);
}
