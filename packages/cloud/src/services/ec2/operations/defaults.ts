/** Default VPCs and subnets, asked for again after they were deleted. */
import { overlaps, parseCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { createDefaultVpc, defaultSubnetCidr } from "../default-vpc.ts";
import { badParameter, need } from "../errors.ts";
import { all } from "../kind.ts";
import { subnets, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { zonesOf } from "../zones.ts";
import { createSubnet, newSubnetView } from "./subnets.ts";
import { newVpcView } from "./vpcs.ts";

const SLOTS = 16;

export const defaultOperations: Operations = {
  CreateDefaultVpc(_, context) {
    if (all(context, vpcs).some((one) => one.isDefault)) {
      throw new AwsError(
        "DefaultVpcAlreadyExists",
        "A Default VPC already exists for this account in this region.",
      );
    }
    return { Vpc: newVpcView(createDefaultVpc(context), context) };
  },

  CreateDefaultSubnet(input, context) {
    const vpc = all(context, vpcs).find((one) => one.isDefault);
    if (!vpc) {
      throw new AwsError("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
    }
    const name = need(input.AvailabilityZone ?? input.AvailabilityZoneId, "availabilityZone");
    const zone = zonesOf(context.region).find((one) => one.name === name || one.id === name);
    if (!zone) throw badParameter("availabilityZone", name);
    const own = all(context, subnets).filter((one) => one.vpcId === vpc.id);
    const old = own.find((one) => one.isDefault && one.zone === zone.name);
    if (old) {
      throw new AwsError(
        "DefaultSubnetAlreadyExistsInAvailabilityZone",
        `'${old.id}' is already the default subnet in ${zone.name}.`,
      );
    }
    const taken = own.flatMap((one) => parseCidr(one.cidr) ?? []);
    const cidr = Array.from({ length: SLOTS }, (_, index) => defaultSubnetCidr(index)).find(
      (block) => !taken.some((one) => overlaps(one, parseCidr(block)!)),
    );
    if (!cidr)
      throw new AwsError("InsufficientFreeAddressesInSubnet", `The VPC '${vpc.id}' has no free block.`);
    return { Subnet: newSubnetView(createSubnet(context, { vpc, cidr, zone, isDefault: true }), context) };
  },
};
