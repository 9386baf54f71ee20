/**
 * A domain's network: the file system for homes with a mount target in each subnet, the two security groups between
 * them and the apps, and an interface for each user or space. As on AWS the file system, its mount targets and the
 * groups stay behind when the domain goes, unless its deletion asks otherwise; their tag names the domain.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-vpc.html
 */
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { draft, save } from "../engine/change.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import {
  createInterface,
  deleteInterfaces,
  ec2,
  MANAGED_TAG,
  type MadeInterface,
} from "../network/interfaces.ts";

/** Ports that the file system's clients need. */
const NFS = 2049;

export interface DomainNetwork {
  inboundGroup?: string;
  outboundGroup?: string;
  fileSystem?: string;
}

export const networkOf = (domain: Readonly<Resource>) => (domain.fields.network ?? {}) as DomainNetwork;

/** Makes the file system, its groups and mount targets. */
export async function makeNetwork(domain: Readonly<Resource>, context: CallContext): Promise<DomainNetwork> {
  const { VpcId, SubnetIds, KmsKeyId } = domain.input as {
    VpcId?: string;
    SubnetIds?: string[];
    KmsKeyId?: string;
  };
  if (VpcId === undefined || !SubnetIds?.length) return {};
  const [id = ""] = domain.id;
  const tags = [{ Key: MANAGED_TAG, Value: domain.arn }];
  const inboundGroup = newGroup(`security-group-for-inbound-nfs-${id}`, VpcId, tags, context);
  const outboundGroup = newGroup(`security-group-for-outbound-nfs-${id}`, VpcId, tags, context);
  const rule = (other: string) => [
    { IpProtocol: "tcp", FromPort: NFS, ToPort: NFS, UserIdGroupPairs: [{ GroupId: other }] },
  ];
  const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  for (const GroupId of [inboundGroup, outboundGroup]) {
    ec2("RevokeSecurityGroupEgress", context, { GroupId, IpPermissions: everything });
  }
  ec2("AuthorizeSecurityGroupIngress", context, {
    GroupId: inboundGroup,
    IpPermissions: rule(outboundGroup),
  });
  ec2("AuthorizeSecurityGroupEgress", context, { GroupId: outboundGroup, IpPermissions: rule(inboundGroup) });
  const made: DomainNetwork = { inboundGroup, outboundGroup };
  try {
    const { FileSystemId } = await context.call("efs", "CreateFileSystem", {
      CreationToken: id,
      Encrypted: true,
      ...(KmsKeyId !== undefined && { KmsKeyId }),
      Tags: tags,
    });
    made.fileSystem = FileSystemId as string;
    for (const SubnetId of onePerZone(SubnetIds, context)) {
      await context.call("efs", "CreateMountTarget", {
        FileSystemId,
        SubnetId,
        SecurityGroups: [inboundGroup],
      });
    }
  } catch (error) {
    await removeNetwork(made, context);
    throw error;
  }
  return made;
}

/** A file system has one mount target in a zone. */
function onePerZone(subnetIds: string[], context: CallContext): string[] {
  const zones = new Map<string, string>();
  for (const { SubnetId, AvailabilityZone } of ec2("DescribeSubnets", context, { SubnetIds: subnetIds })
    .Subnets) {
    if (!zones.has(AvailabilityZone)) zones.set(AvailabilityZone, SubnetId);
  }
  return [...zones.values()];
}

function newGroup(
  name: string,
  vpcId: string,
  tags: { Key: string; Value: string }[],
  context: CallContext,
): string {
  return ec2("CreateSecurityGroup", context, {
    GroupName: name,
    Description: "[DO NOT DELETE] Security Group managed by SageMaker",
    VpcId: vpcId,
    TagSpecifications: [{ ResourceType: "security-group", Tags: tags }],
  }).GroupId as string;
}

/** Takes away the file system and the groups: for a domain deleted with `RetentionPolicy` Delete. */
export async function removeNetwork(network: DomainNetwork, context: CallContext): Promise<void> {
  const { fileSystem, inboundGroup, outboundGroup } = network;
  if (fileSystem !== undefined) {
    const { MountTargets } = await context.call("efs", "DescribeMountTargets", { FileSystemId: fileSystem });
    for (const { MountTargetId } of MountTargets as Fields[])
      await quietly(() => context.call("efs", "DeleteMountTarget", { MountTargetId }));
    await quietly(() => context.call("efs", "DeleteFileSystem", { FileSystemId: fileSystem }));
  }
  const groups = [inboundGroup, outboundGroup].filter((id) => id !== undefined);
  for (const GroupId of groups) {
    await quietly(() => {
      const { SecurityGroups } = ec2("DescribeSecurityGroups", context, { GroupIds: [GroupId] });
      const [group] = SecurityGroups as Fields[];
      for (const [member, operation] of [
        ["IpPermissions", "RevokeSecurityGroupIngress"],
        ["IpPermissionsEgress", "RevokeSecurityGroupEgress"],
      ] as const) {
        const rules = group?.[member] as unknown[] | undefined;
        if (rules?.length) ec2(operation, context, { GroupId, IpPermissions: rules });
      }
    });
  }
  for (const GroupId of groups) await quietly(() => ec2("DeleteSecurityGroup", context, { GroupId }));
}

/** What somebody else removed already, or still uses, stays as it is. */
async function quietly(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAwsError(error)) throw error;
  }
}

/** Where interfaces of users and spaces are kept: key `<domain>/<name>`. */
const interfaces = (context: CallContext) => context.table<MadeInterface>("sagemaker.studio-interface");

/**
 * The interface of a user or space in a VPC-only domain, made on first use: in one of the domain's subnets, with the
 * security groups of the profile, or else of the domain, and the group that may mount homes.
 */
export function interfaceOf(
  domain: Readonly<Resource>,
  owner: Readonly<Resource>,
  context: CallContext,
): Readonly<MadeInterface> | undefined {
  if (domain.input.AppNetworkAccessType !== "VpcOnly") return undefined;
  const key = owner.id.join("/").toLowerCase();
  const known = interfaces(context).get(key);
  if (known && isThere(known, context)) return known;
  const subnets = (domain.input.SubnetIds as string[] | undefined) ?? [];
  const index = Number(owner.fields.HomeEfsFileSystemUid ?? 0) / 5;
  const { outboundGroup } = networkOf(domain);
  const groups = groupsOf(domain, owner);
  const made = createInterface(
    {
      subnetId: subnets[Math.floor(index) % subnets.length] ?? "",
      securityGroupIds: [...(outboundGroup && groups.length > 0 ? [outboundGroup] : []), ...groups],
      description: `[DO NOT DELETE] ENI managed by SageMaker for Studio Domain (${domain.id[0]}) - ${owner.id.join("/")}`,
      owner: domain.arn,
    },
    context,
  );
  return interfaces(context).put(key, made);
}

function isThere(made: Readonly<MadeInterface>, context: CallContext): boolean {
  try {
    context.callSync("ec2", "DescribeNetworkInterfaces", { NetworkInterfaceIds: [made.id] });
    return true;
  } catch (error) {
    if (isAwsError(error)) return false;
    throw error;
  }
}

/** Security groups of a profile's or space's apps. */
function groupsOf(domain: Readonly<Resource>, owner: Readonly<Resource>): string[] {
  const own = (owner.input.UserSettings as Fields | undefined)?.SecurityGroups as string[] | undefined;
  if (own?.length) return own;
  const shared = owner.input.SpaceName === undefined ? "DefaultUserSettings" : "DefaultSpaceSettings";
  return (
    ((domain.input[shared] as Fields | undefined)?.SecurityGroups as string[] | undefined) ??
    ((domain.input.DefaultUserSettings as Fields | undefined)?.SecurityGroups as string[] | undefined) ??
    []
  );
}

/** Takes away the interface of a profile or space that goes. */
export function dropInterface(owner: Readonly<Resource>, context: CallContext): void {
  const key = owner.id.join("/").toLowerCase();
  const made = interfaces(context).get(key);
  if (!made) return;
  deleteInterfaces([made.id], context);
  interfaces(context).delete(key);
}

/** Puts what was made for a domain into its record. */
export function rememberNetwork(
  domain: Readonly<Resource>,
  network: DomainNetwork,
  context: CallContext,
): void {
  const kind = kindNamed("Domain");
  const found = find(kind, domain.id, context);
  if (!found) return;
  const changed = draft(found);
  changed.fields.network = network;
  if (network.fileSystem !== undefined) changed.fields.HomeEfsFileSystemId = network.fileSystem;
  save(kind, changed, context);
}
