/**
 * Security groups that serve in further VPCs than their own.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
 */
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { dependency, invalidValue, need } from "../errors.ts";
import { predicate } from "../filters.ts";
import { all, change, find } from "../kind.ts";
import { networkInterfaces, securityGroups, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";

const chosen = (
  context: CallContext,
  input: { GroupId?: string | undefined; VpcId?: string | undefined },
) => ({
  group: find(context, securityGroups, need(input.GroupId, "groupId")),
  vpc: find(context, vpcs, need(input.VpcId, "vpcId")),
});

export const groupAssociationOperations: Operations = {
  AssociateSecurityGroupVpc(input, context) {
    const { group, vpc } = chosen(context, input);
    if (group.name === "default") {
      throw invalidValue("The default security group of a VPC cannot be associated with another VPC.");
    }
    if (find(context, vpcs, group.vpcId).isDefault || vpc.isDefault) {
      throw invalidValue("Security group associations are not supported for default VPCs.");
    }
    if (group.vpcId === vpc.id || group.vpcIds?.includes(vpc.id)) {
      throw new AwsError(
        "InvalidParameterValue",
        `The security group ${group.id} is already associated with VPC ${vpc.id}.`,
      );
    }
    if (all(context, securityGroups).some((one) => one.vpcId === vpc.id && one.name === group.name)) {
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${group.name}' already exists for VPC '${vpc.id}'`,
      );
    }
    change(context, securityGroups, group.id, (draft) => {
      draft.vpcIds = [...(draft.vpcIds ?? []), vpc.id];
    });
    return { State: "associating" };
  },

  DisassociateSecurityGroupVpc(input, context) {
    const { group, vpc } = chosen(context, input);
    if (!group.vpcIds?.includes(vpc.id)) {
      throw new AwsError(
        "InvalidSecurityGroupVpcAssociation.NotFound",
        `The security group ${group.id} is not associated with VPC ${vpc.id}.`,
      );
    }
    if (
      all(context, networkInterfaces).some((one) => one.vpcId === vpc.id && one.groupIds.includes(group.id))
    ) {
      throw dependency(`resource ${group.id} has a dependent object`);
    }
    change(context, securityGroups, group.id, (draft) => {
      draft.vpcIds = draft.vpcIds?.filter((id) => id !== vpc.id) ?? [];
    });
    return { State: "disassociating" };
  },

  DescribeSecurityGroupVpcAssociations(input, context) {
    const pairs = all(context, securityGroups).flatMap((group) =>
      (group.vpcIds ?? []).map((VpcId) => ({
        GroupId: group.id,
        GroupOwnerId: context.account,
        VpcId,
        VpcOwnerId: context.account,
        State: "associated" as const,
      })),
    );
    const holds = predicate<(typeof pairs)[number]>(
      input.Filters,
      {
        "group-id": (one) => one.GroupId,
        "group-owner-id": (one) => one.GroupOwnerId,
        state: (one) => one.State,
        "vpc-id": (one) => one.VpcId,
        "vpc-owner-id": (one) => one.VpcOwnerId,
      },
      undefined,
      context,
    );
    const { items, next } = page(pairs.filter(holds), input);
    return { SecurityGroupVpcAssociations: items, NextToken: next };
  },
};
