/**
 * What SageMaker leaves when a domain goes: its file system with the homes, the mount targets and their interfaces,
 * the two NFS security groups that name each other. All of them carry the domain's ARN.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/gs-studio-delete-domain.html
 */

import type { SecurityGroup } from "@aws-sdk/client-ec2";
import type { FileSystemDescription } from "@aws-sdk/client-efs";
import { ToolkitError } from "../../../errors.ts";
import { gone, ifThere, listAll, look, names, until } from "../calls.ts";
import { demandStackGone } from "../held.ts";
import { type Ground, type Item, inTurn, type Phase } from "../item.ts";
import { removeGroup } from "../security-group.ts";

/** Tag that SageMaker puts on what it makes for a domain; its value is the domain's ARN. */
export const MANAGED_TAG = "ManagedByAmazonSageMakerResource";

export const fileSystems: Phase = {
  id: "file-systems",
  title: "delete what SageMaker leaves behind",
  async find(ground) {
    const systems = await look(ground, "file systems", () => ownFileSystems(ground));
    const targets = await look(ground, "mount targets", async () =>
      (await Promise.all(systems.map((one) => mountTargets(ground, one)))).flat(),
    );
    const groups = await look(ground, "NFS security groups", () => nfsGroups(ground));
    return inTurn(
      targets,
      systems.map((one) => systemItem(ground, one)),
      groups.map((one) => groupItem(ground, one)),
    );
  },
};

type OwnFileSystem = FileSystemDescription & { domain: string; why: string };

/** The domain must be gone: as long as it is there, its homes are in use. */
async function demandDomainGone(ground: Ground, domain: string): Promise<void> {
  await demandStackGone(ground, ground.own.of("AWS::SageMaker::Domain", domain));
  if (await gone(() => ground.clients.call("sagemaker", "DescribeDomain", { DomainId: domain }))) return;
  throw new ToolkitError("DESTROY0010", `domain ${domain} is still there`);
}

/** File systems of domains that are, or were, the platform's. */
export async function ownFileSystems({ clients, own }: Ground): Promise<OwnFileSystem[]> {
  const all = await listAll(clients, "efs", "DescribeFileSystems", {}, "FileSystems", {
    in: "Marker",
    out: "NextMarker",
  });
  return (all as unknown as FileSystemDescription[]).flatMap((one) => {
    const domain = own.domainIn(names(one.Tags)[MANAGED_TAG] ?? "");
    return domain ? [{ ...one, domain, why: `home directories of domain ${domain}` }] : [];
  });
}

async function mountTargets(ground: Ground, system: OwnFileSystem): Promise<Item[]> {
  const FileSystemId = system.FileSystemId ?? "";
  const list = () => ground.clients.call("efs", "DescribeMountTargets", { FileSystemId });
  const { MountTargets = [] } = await list();
  return MountTargets.map(({ MountTargetId = "", LifeCycleState }) => ({
    kind: "mount target",
    id: MountTargetId,
    why: `of file system ${FileSystemId}`,
    async remove() {
      await demandDomainGone(ground, system.domain);
      if (LifeCycleState !== "deleting")
        await ground.clients.call("efs", "DeleteMountTarget", { MountTargetId });
      // its interface goes with it, some seconds later than the answer
      await until(ground, `mount target ${MountTargetId}`, () =>
        gone(() => ground.clients.call("efs", "DescribeMountTargets", { MountTargetId })),
      );
    },
  }));
}

function systemItem(ground: Ground, system: OwnFileSystem): Item {
  const FileSystemId = system.FileSystemId ?? "";
  const points = () => ground.clients.call("efs", "DescribeAccessPoints", { FileSystemId });
  return {
    kind: "file system",
    id: FileSystemId,
    why: system.why,
    loses: `all home directories (${size(system.SizeInBytes?.Value ?? 0)})`,
    async remove() {
      await demandDomainGone(ground, system.domain);
      for (const { AccessPointId } of (await ifThere(points))?.AccessPoints ?? [])
        await ifThere(() => ground.clients.call("efs", "DeleteAccessPoint", { AccessPointId }));
      await ground.clients.call("efs", "DeleteFileSystem", { FileSystemId });
      await until(ground, `file system ${FileSystemId}`, () =>
        gone(() => ground.clients.call("efs", "DescribeFileSystems", { FileSystemId })),
      );
    },
  };
}

export const size = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`;

async function nfsGroups({ clients, own }: Ground): Promise<SecurityGroup[]> {
  const all = await listAll(
    clients,
    "ec2",
    "DescribeSecurityGroups",
    { Filters: [{ Name: "group-name", Values: ["security-group-for-*bound-nfs-*"] }] },
    "SecurityGroups",
  );
  return (all as unknown as SecurityGroup[]).filter((one) => {
    const id = domainOf(one);
    // the name is what SageMaker gives; where it tagged the group as well, the tag must agree
    const tag = names(one.Tags)[MANAGED_TAG];
    return own.of("AWS::SageMaker::Domain", id) && (tag === undefined || own.domainIn(tag) === id);
  });
}

const domainOf = (group: SecurityGroup): string | undefined =>
  /^security-group-for-(?:in|out)bound-nfs-(d-[a-z0-9]+)$/.exec(group.GroupName ?? "")?.[1];

function groupItem(ground: Ground, group: SecurityGroup): Item {
  return {
    kind: "security group",
    id: `${group.GroupName} (${group.GroupId})`,
    why: "made by SageMaker for the domain",
    async remove() {
      await demandDomainGone(ground, domainOf(group) ?? "");
      await removeGroup(ground, group.GroupId ?? "");
    },
  };
}
