/**
 * Mount targets: one a zone, each with a network interface in its subnet.
 * https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
 */
import type { ReadContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { newId } from "../../ec2/identifiers.ts";
import { createInterface, removeInterface } from "../../ec2/interfaces.ts";
import { change, tableOf } from "../../ec2/kind.ts";
import { networkInterfaces, securityGroups, subnets } from "../../ec2/kinds.ts";
import type { Operations } from "../operation.ts";
import {
  accessPoint,
  badRequest,
  failure,
  fileSystem,
  type MountTarget,
  mountTarget,
  mountTargets,
  pageOf,
  targetsOf,
} from "../state.ts";

const MAX_GROUPS = 5;

const view = (
  one: Readonly<MountTarget>,
  context: ReadContext,
  LifeCycleState: "creating" | "available" = "available",
) => ({
  OwnerId: context.account,
  MountTargetId: one.id,
  FileSystemId: one.fileSystemId,
  SubnetId: one.subnetId,
  LifeCycleState,
  IpAddress: one.ip,
  NetworkInterfaceId: one.networkInterfaceId,
  AvailabilityZoneId: one.zoneId,
  AvailabilityZoneName: one.zone,
  VpcId: one.vpcId,
});

function checkGroups(context: ReadContext, ids: readonly string[] | undefined, vpcId: string): void {
  if ((ids?.length ?? 0) > MAX_GROUPS) {
    throw failure("SecurityGroupLimitExceeded", "The number of security groups exceeds the limit of 5.");
  }
  for (const id of ids ?? []) {
    if (tableOf(context, securityGroups).get(id)?.vpcId !== vpcId) {
      throw failure(
        "SecurityGroupNotFound",
        `The security group '${id}' does not exist in the VPC of the subnet.`,
      );
    }
  }
}

export const mountTargetOperations: Operations = {
  CreateMountTarget(input, context) {
    const system = fileSystem(context, input.FileSystemId);
    const subnet = tableOf(context, subnets).get(input.SubnetId);
    if (!subnet) throw failure("SubnetNotFound", `The subnet ID '${input.SubnetId}' does not exist`);
    if (input.IpAddressType && input.IpAddressType !== "IPV4_ONLY") {
      throw badRequest("Mount targets with IPv6 addresses are not supported by the Sagekeep local cloud.");
    }
    const others = targetsOf(context, system.id);
    if (others.some((one) => one.zone === subnet.zone)) {
      throw failure("MountTargetConflict", "mount target already exists in this AZ");
    }
    if (others.some((one) => one.vpcId !== subnet.vpcId)) {
      throw failure(
        "MountTargetConflict",
        "requested subnet for new mount target is not in the same VPC as existing mount targets",
      );
    }
    if (system.zone && system.zone !== subnet.zone) {
      throw failure(
        "AvailabilityZonesMismatch",
        `The subnet is not in the availability zone ${system.zone} of the file system.`,
      );
    }
    checkGroups(context, input.SecurityGroups, subnet.vpcId);
    const id = newId("fsmt");
    try {
      const made = createInterface(context, {
        subnetId: subnet.id,
        groupIds: input.SecurityGroups?.length ? input.SecurityGroups : undefined,
        ...(input.IpAddress && { privateIps: [input.IpAddress] }),
        description: `EFS mount target for ${system.id} (${id})`,
        interfaceType: "efs",
        requester: { id: "AROAEFS:efs", owner: "amazon-efs" },
      });
      const one = mountTargets(context).put(id, {
        id,
        fileSystemId: system.id,
        subnetId: subnet.id,
        vpcId: subnet.vpcId,
        zone: subnet.zone,
        zoneId: subnet.zoneId,
        ip: made.privateIps[0]!,
        networkInterfaceId: made.id,
      });
      return view(one, context, "creating");
    } catch (error) {
      if (!isAwsError(error)) throw error;
      if (error.code === "InvalidIPAddress.InUse") throw failure("IpAddressInUse", error.message);
      if (error.code === "InsufficientFreeAddressesInSubnet")
        throw failure("NoFreeAddressesInSubnet", error.message);
      throw badRequest(error.message);
    }
  },

  DescribeMountTargets(input, context) {
    const given = [input.FileSystemId, input.MountTargetId, input.AccessPointId].filter(Boolean);
    if (given.length !== 1)
      throw badRequest("Exactly one of FileSystemId, MountTargetId or AccessPointId must be given.");
    const known = input.MountTargetId
      ? [mountTarget(context, input.MountTargetId)]
      : targetsOf(
          context,
          input.FileSystemId
            ? fileSystem(context, input.FileSystemId).id
            : accessPoint(context, input.AccessPointId!).fileSystemId,
        );
    const { items, next } = pageOf(known, input.MaxItems ?? 100, input.Marker);
    return { MountTargets: items.map((one) => view(one, context)), Marker: input.Marker, NextMarker: next };
  },

  DeleteMountTarget(input, context) {
    const one = mountTarget(context, input.MountTargetId);
    removeInterface(context, one.networkInterfaceId);
    mountTargets(context).delete(one.id);
    return {};
  },

  DescribeMountTargetSecurityGroups(input, context) {
    const one = mountTarget(context, input.MountTargetId);
    return {
      SecurityGroups: [...(tableOf(context, networkInterfaces).get(one.networkInterfaceId)?.groupIds ?? [])],
    };
  },

  ModifyMountTargetSecurityGroups(input, context) {
    const one = mountTarget(context, input.MountTargetId);
    if (!input.SecurityGroups?.length) throw badRequest("At least one security group must be given.");
    checkGroups(context, input.SecurityGroups, one.vpcId);
    change(context, networkInterfaces, one.networkInterfaceId, (draft) => {
      draft.groupIds = [...new Set(input.SecurityGroups)];
    });
    return {};
  },
};
