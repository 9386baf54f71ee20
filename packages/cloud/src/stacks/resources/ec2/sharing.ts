/** Reserved blocks of subnets, groups in further VPCs, permissions on interfaces, the block of public snapshots. */
import { declared, pick, type Work } from "../declared.ts";
import type { HandlerTable } from "../handler.ts";
import { keyValues } from "../tags.ts";
import { describeOne, tagSpecifications } from "./shared.ts";

const service = "ec2";

/** Parts of a physical id of several identifiers. */
const parts = ({ id }: Work) => id.split("|");

export const sharingTypes: HandlerTable = {
  "AWS::EC2::SubnetCidrReservation": declared({
    service,
    create: {
      op: "CreateSubnetCidrReservation",
      input: (work) => ({
        ...pick(work.p, "SubnetId", "Cidr", "ReservationType", "Description"),
        TagSpecifications: tagSpecifications("subnet-cidr-reservation", work),
      }),
    },
    id: ({ SubnetCidrReservation: made }) => `${made.SubnetId}|${made.SubnetCidrReservationId}`,
    attributes: (_, work) => {
      const [, SubnetCidrReservationId = ""] = parts(work);
      const { account, region } = work.r;
      return {
        SubnetCidrReservationId,
        OwnerId: account,
        Arn: `arn:aws:ec2:${region}:${account}:subnet-cidr-reservation/${SubnetCidrReservationId}`,
      };
    },
    delete: {
      op: "DeleteSubnetCidrReservation",
      input: (work) => ({ SubnetCidrReservationId: parts(work)[1] }),
    },
    tags: {
      put: (work, tags) =>
        work.r.call(service, "CreateTags", { Resources: [parts(work)[1]], Tags: keyValues(tags) }),
      system: (work, tags) =>
        work.r.read(service, "CreateTags", { Resources: [parts(work)[1]], Tags: keyValues(tags) }),
      remove: (work, keys) =>
        work.r.call(service, "DeleteTags", {
          Resources: [parts(work)[1]],
          Tags: keys.map((Key) => ({ Key })),
        }),
    },
  }),
  "AWS::EC2::SecurityGroupVpcAssociation": declared({
    service,
    create: { op: "AssociateSecurityGroupVpc", input: ({ p }) => pick(p, "GroupId", "VpcId") },
    id: (_, { p }) => `${String(p.GroupId)}|${String(p.VpcId)}`,
    describe: {
      op: "DescribeSecurityGroupVpcAssociations",
      input: (work) => ({
        Filters: [
          { Name: "group-id", Values: [parts(work)[0]] },
          { Name: "vpc-id", Values: [parts(work)[1]] },
        ],
      }),
      pick: (output) => output?.SecurityGroupVpcAssociations?.[0],
    },
    attributes: ({ VpcOwnerId, State }) => ({ VpcOwnerId, State, StateReason: "" }),
    delete: {
      op: "DisassociateSecurityGroupVpc",
      input: (work) => ({ GroupId: parts(work)[0], VpcId: parts(work)[1] }),
    },
  }),
  "AWS::EC2::NetworkInterfacePermission": declared({
    service,
    create: {
      op: "CreateNetworkInterfacePermission",
      input: ({ p }) => pick(p, "NetworkInterfaceId", "AwsAccountId", "Permission"),
    },
    id: (output) => output.InterfacePermission.NetworkInterfacePermissionId,
    describe: describeOne(
      "DescribeNetworkInterfacePermissions",
      "NetworkInterfacePermissionIds",
      "NetworkInterfacePermissions",
    ),
    attributes: (_, { id }) => ({ Id: id }),
    delete: {
      op: "DeleteNetworkInterfacePermission",
      input: ({ id }) => ({ NetworkInterfacePermissionId: id, Force: true }),
    },
  }),
  "AWS::EC2::SnapshotBlockPublicAccess": declared({
    service,
    create: { op: "EnableSnapshotBlockPublicAccess", input: ({ p }) => pick(p, "State") },
    id: (_, { r }) => r.account,
    steps: [
      {
        of: ["State"],
        updateOnly: true,
        op: "EnableSnapshotBlockPublicAccess",
        input: ({ p }) => pick(p, "State"),
      },
    ],
    attributes: (_, { r }) => ({ AccountId: r.account }),
    delete: { op: "DisableSnapshotBlockPublicAccess", input: () => ({}) },
  }),
};
