/** 4.5 and 4.6: what keeps a profile, and what a domain leaves behind. */
import type { Bench } from "../../../bench.ts";
import { call, type Step } from "../../../model.ts";
import { attemptTo, demand, ifThere, waitFor } from "../attempts.ts";
import { leftBehind } from "../diagrams.ts";

const PROFILE = "lab4-guest";
const SPACE = "lab4-notes";
const nameOf = (bench: Bench) => `${bench.platform}-lab4`;
const MANAGED_TAG = "ManagedByAmazonSageMakerResource";

export const studio: Step = {
  id: "4.5",
  title: "What keeps a user profile",
  text: `
**The idea.** Studio is a tree: domain, profiles, spaces, apps. It is taken down from the leaves: apps first (those of spaces
and, from older days, those of profiles), then spaces, whose volumes go with them, then profiles, then the domain. Each level
refuses to go while there is one below.

**What to see.** The profile does not go while a space is its own. Deleting the space deletes its EBS volume at once, without
a snapshot: whoever leaves must have pushed their work before.

An app in status *Failed* is not deleted (the call answers with an error): it holds nothing, and goes with its owner.`,
  hint: "Nothing to write. `aws sagemaker list-spaces --domain-id-equals …` shows whose spaces there are.",
  async prepare(bench) {
    const DomainId = await bench.domainId("bank");
    const UserProfileName = PROFILE;
    await bench.admin.call("sagemaker", "CreateUserProfile", { DomainId, UserProfileName }).catch(existing);
    await waitFor(bench, "the profile", async () => {
      const { Status } = await bench.admin.call("sagemaker", "DescribeUserProfile", {
        DomainId,
        UserProfileName,
      });
      return Status === "InService";
    });
    await bench.admin
      .call("sagemaker", "CreateSpace", {
        DomainId,
        SpaceName: SPACE,
        OwnershipSettings: { OwnerUserProfileName: PROFILE },
        SpaceSharingSettings: { SharingType: "Private" },
        SpaceSettings: { AppType: "JupyterLab" },
      })
      .catch(existing);
    await waitFor(bench, "the space", async () => {
      const space = await bench.admin.call("sagemaker", "DescribeSpace", { DomainId, SpaceName: SPACE });
      return space.Status === "InService";
    });
  },
  async experiments(bench) {
    const DomainId = await bench.domainId("bank");
    return [
      {
        what: "delete the profile while it owns a space",
        as: "admin",
        attempt: call("sagemaker", "DeleteUserProfile", { DomainId, UserProfileName: PROFILE }),
        expect: "failed",
        code: "ResourceInUse",
        why: "SageMaker refuses; a stack that holds the profile would end as DELETE_FAILED",
      },
      {
        what: "delete the space, and then the profile",
        as: "admin",
        attempt: attemptTo(
          `aws sagemaker delete-space --domain-id ${DomainId} --space-name ${SPACE}; aws sagemaker delete-user-profile --domain-id ${DomainId} --user-profile-name ${PROFILE}`,
          async (on) => {
            await removeProfile(on, DomainId);
            return "both are gone";
          },
        ),
        expect: "allowed",
        why: "from the leaves to the root, waiting for each",
      },
    ];
  },
  async undo(bench) {
    await removeProfile(bench, await bench.domainId("bank"));
  },
};

async function removeProfile(bench: Bench, DomainId: string): Promise<void> {
  const { admin } = bench;
  const space = { DomainId, SpaceName: SPACE };
  await ifThere(() => admin.call("sagemaker", "DeleteSpace", space));
  await waitFor(
    bench,
    "the space",
    async () => !(await ifThere(() => admin.call("sagemaker", "DescribeSpace", space))),
  );
  const profile = { DomainId, UserProfileName: PROFILE };
  await ifThere(() => admin.call("sagemaker", "DeleteUserProfile", profile));
  await waitFor(
    bench,
    "the profile",
    async () => !(await ifThere(() => admin.call("sagemaker", "DescribeUserProfile", profile))),
  );
}

/** A step that is run again finds what it made. */
function existing(error: Error): void {
  if (error.name !== "ResourceInUse") throw error;
}

export const leftovers: Step = {
  id: "4.6",
  title: "What a domain leaves behind",
  text: `
**The idea.** Deleting a domain does not delete the homes of its users: \`RetentionPolicy\` is *Retain* unless you say *Delete*.
That is a good default for people and a bad surprise for the bill and the VPC. What stays:

${leftBehind}

- the **file system** (it costs by the GB, and holds copies of data that nobody thinks of any more);
- a **mount target** in each subnet, each with an interface: the subnet cannot go;
- two **security groups**, inbound and outbound NFS, whose rules name each other: neither can go first. This stays even
  with \`RetentionPolicy: Delete\`.

All of them carry the tag \`${MANAGED_TAG}\` with the domain's ARN, or its id in their name. That is how they are
found, also when the domain is long gone.

**What to see.** The step makes a small domain, deletes it, and meets what is left. On a real account this takes about ten
minutes.`,
  hint: "Nothing to write. The order that works: mount targets, wait until their interfaces are gone, file system, then the rules of both groups, then the groups.",
  async prepare(bench) {
    await removeLeftovers(bench);
    const { admin } = bench;
    const { DomainArn = "" } = await admin.call("sagemaker", "CreateDomain", {
      DomainName: nameOf(bench),
      AuthMode: "IAM",
      AppNetworkAccessType: "VpcOnly",
      VpcId: await bench.exported("network:Vpc"),
      SubnetIds: [await bench.exported("network:PrivateSubnet1")],
      KmsKeyId: await bench.exported("keys:studio"),
      DefaultUserSettings: {
        ExecutionRole: await bench.exported("access:bank:DefaultRole"),
        SecurityGroups: [await bench.exported("network:StudioGroup")],
      },
    });
    const DomainId = DomainArn.split("/").pop() ?? "";
    const status = () => ifThere(() => admin.call("sagemaker", "DescribeDomain", { DomainId }));
    await waitFor(bench, "the domain", async () => (await status())?.Status === "InService");
    bench.kept.set("lab4:domain", DomainId);
    bench.kept.set("lab4:files", (await status())?.HomeEfsFileSystemId ?? "");
    await admin.call("sagemaker", "DeleteDomain", { DomainId });
    await waitFor(bench, "the domain's end", async () => (await status()) === undefined);
  },
  async experiments(bench) {
    const DomainId = bench.kept.get("lab4:domain") ?? "";
    const FileSystemId = bench.kept.get("lab4:files") ?? "";
    return [
      {
        what: "the domain is gone",
        as: "admin",
        attempt: call("sagemaker", "DescribeDomain", { DomainId }),
        expect: "failed",
        code: "ResourceNotFound",
        why: "no console page of SageMaker shows anything of it any more",
      },
      {
        what: "its file system is not",
        as: "admin",
        attempt: attemptTo(`aws efs describe-file-systems --file-system-id ${FileSystemId}`, async (on) => {
          const { FileSystems = [] } = await on.admin.call("efs", "DescribeFileSystems", { FileSystemId });
          const tag = FileSystems[0]?.Tags?.find((one) => one.Key === MANAGED_TAG);
          demand(tag?.Value?.endsWith(DomainId) ?? false, "it does not name its domain");
          return `${MANAGED_TAG}=${tag?.Value}`;
        }),
        expect: "allowed",
        why: "the default retains the homes, and the tag still says whose they were",
      },
      {
        what: "delete the file system",
        as: "admin",
        attempt: call("efs", "DeleteFileSystem", { FileSystemId }),
        expect: "failed",
        code: "FileSystemInUse",
        why: "its mount targets are there",
      },
      {
        what: "delete the outbound NFS group",
        as: "admin",
        attempt: attemptTo(
          `aws ec2 delete-security-group --group-name security-group-for-outbound-nfs-${DomainId}`,
          async (on) => {
            const [group] = await nfsGroups(on, DomainId, "outbound");
            await on.admin.call("ec2", "DeleteSecurityGroup", { GroupId: group?.GroupId });
            return "deleted";
          },
        ),
        expect: "failed",
        code: "DependencyViolation",
        why: "a rule of the inbound group names it, and the other way round: the rules go first",
      },
    ];
  },
  undo: removeLeftovers,
};

async function nfsGroups({ admin }: Bench, domain: string, way: "inbound" | "outbound" | "*") {
  const Values = [`security-group-for-${way === "*" ? "*bound" : way}-nfs-${domain}`];
  const { SecurityGroups = [] } = await admin.call("ec2", "DescribeSecurityGroups", {
    Filters: [{ Name: "group-name", Values }],
  });
  return SecurityGroups;
}

/** The order of clean-up, by hand. */
async function removeLeftovers(bench: Bench): Promise<void> {
  const { admin } = bench;
  const { Domains = [] } = await admin.call("sagemaker", "ListDomains", {});
  for (const { DomainId = "", DomainName } of Domains) {
    if (DomainName !== nameOf(bench)) continue;
    bench.kept.set("lab4:domain", DomainId);
    await ifThere(() => admin.call("sagemaker", "DeleteDomain", { DomainId }));
    await waitFor(
      bench,
      "the domain",
      async () => !(await ifThere(() => admin.call("sagemaker", "DescribeDomain", { DomainId }))),
    );
  }
  const domain = bench.kept.get("lab4:domain");
  if (!domain) return;
  const { FileSystems = [] } = await admin.call("efs", "DescribeFileSystems", {});
  for (const { FileSystemId = "", Tags = [] } of FileSystems) {
    if (!Tags.some((one) => one.Key === MANAGED_TAG && one.Value?.endsWith(`/${domain}`))) continue;
    const targets = () => ifThere(() => admin.call("efs", "DescribeMountTargets", { FileSystemId }));
    for (const { MountTargetId } of (await targets())?.MountTargets ?? [])
      await ifThere(() => admin.call("efs", "DeleteMountTarget", { MountTargetId }));
    await waitFor(bench, "mount targets", async () => ((await targets())?.MountTargets ?? []).length === 0);
    await ifThere(() => admin.call("efs", "DeleteFileSystem", { FileSystemId }));
  }
  const groups = await nfsGroups(bench, domain, "*");
  for (const { GroupId, IpPermissions = [], IpPermissionsEgress = [] } of groups) {
    if (IpPermissions.length > 0)
      await admin.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
    if (IpPermissionsEgress.length > 0)
      await admin.call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: IpPermissionsEgress });
  }
  for (const { GroupId } of groups)
    await ifThere(() => admin.call("ec2", "DeleteSecurityGroup", { GroupId }));
  bench.kept.delete("lab4:domain");
}
