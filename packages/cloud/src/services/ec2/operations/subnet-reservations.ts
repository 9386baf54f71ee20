/**
 * Subnet CIDR reservations: blocks of a subnet out of which no address is given unless it is asked for.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
 */
import type { SubnetCidrReservation } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { contains, overlaps, parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, need, notACidr } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, describe, find, remove, tagList } from "../kind.ts";
import { subnetReservations, subnets } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { SubnetReservationRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const view = (one: Readonly<SubnetReservationRecord>, context: ReadContext): SubnetCidrReservation => ({
  SubnetCidrReservationId: one.id,
  SubnetId: one.subnetId,
  Cidr: one.cidr,
  ReservationType: one.type,
  OwnerId: context.account,
  ...(one.description !== undefined && { Description: one.description }),
  Tags: tagList(one.tags),
});

export const subnetReservationOperations: Operations = {
  CreateSubnetCidrReservation(input, context) {
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    const text = need(input.Cidr, "cidr");
    const type = need(input.ReservationType as string | undefined, "reservationType");
    if (type !== "prefix" && type !== "explicit") throw badParameter("reservationType", type);
    const cidr = parseCidr(text);
    if (!cidr) throw notACidr("cidr", text);
    const blocks = [subnet.cidr, ...subnet.ipv6Cidrs.map((one) => one.cidr)].flatMap(
      (block) => parseCidr(block) ?? [],
    );
    if (!blocks.some((block) => contains(block, cidr))) {
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
    }
    const rival = all(context, subnetReservations).find(
      (one) => one.subnetId === subnet.id && overlaps(parseCidr(one.cidr)!, cidr),
    );
    if (rival) {
      throw new AwsError(
        "InvalidCidr.Conflict",
        `The CIDR '${text}' conflicts with the subnet CIDR reservation ${rival.id}`,
      );
    }
    const one = add(context, subnetReservations, {
      id: newId("scr"),
      tags: specifiedTags(input.TagSpecifications, "subnet-cidr-reservation"),
      subnetId: subnet.id,
      cidr: printCidr(cidr),
      type,
      ...(input.Description !== undefined && { description: input.Description }),
    });
    return { SubnetCidrReservation: view(one, context) };
  },

  GetSubnetCidrReservations(input, context) {
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    const from = all(context, subnetReservations).filter((one) => one.subnetId === subnet.id);
    const { items, next } = describe(context, subnetReservations, input, undefined, { from });
    const family = (wanted: 4 | 6) =>
      items.filter((one) => parseCidr(one.cidr)?.family === wanted).map((one) => view(one, context));
    return {
      SubnetIpv4CidrReservations: family(4),
      SubnetIpv6CidrReservations: family(6),
      NextToken: next,
    };
  },

  DeleteSubnetCidrReservation(input, context) {
    const id = need(input.SubnetCidrReservationId, "subnetCidrReservationId");
    const one = find(context, subnetReservations, id);
    remove(context, subnetReservations, id);
    return { DeletedSubnetCidrReservation: view(one, context) };
  },
};
