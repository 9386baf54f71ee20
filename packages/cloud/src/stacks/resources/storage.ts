/** S3 access points and EFS. Buckets are in bucket.ts. */
import { ResourceFailure } from "../engine/failure.ts";
import { compact, declared, map, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, tagList } from "./tags.ts";

const accessPoint = ({ id, r }: Work) => ({
  AccountId: r.account,
  ResourceArn: `arn:${r.partition}:s3:${r.region}:${r.account}:accesspoint/${id}`,
});

export const storageTypes: HandlerTable = {
  "AWS::S3::AccessPoint": declared({
    service: "s3-control",
    create: {
      op: "CreateAccessPoint",
      input: ({ p, r }) => ({
        AccountId: r.account,
        Name: text(p.Name) || r.generatedName(50, { lower: true }),
        ...pick(p, "Bucket", "BucketAccountId", "VpcConfiguration", "PublicAccessBlockConfiguration"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => text(output.AccessPointArn).split("/").pop() ?? "",
    steps: [
      {
        of: ["Policy"],
        run: async ({ id, p, r }) => {
          if (p.Policy === undefined)
            await r.call("s3-control", "DeleteAccessPointPolicy", { AccountId: r.account, Name: id });
          else
            await r.call("s3-control", "PutAccessPointPolicy", {
              AccountId: r.account,
              Name: id,
              Policy: policyText(p.Policy),
            });
        },
      },
    ],
    describe: {
      op: "GetAccessPoint",
      input: ({ id, r }) => ({ AccountId: r.account, Name: id }),
      pick: (output) => output,
    },
    attributes: (point, { id, r }) => ({
      Arn: point.AccessPointArn ?? `arn:${r.partition}:s3:${r.region}:${r.account}:accesspoint/${id}`,
      Alias: point.Alias ?? "",
      Name: id,
      NetworkOrigin: point.NetworkOrigin ?? "Internet",
    }),
    delete: { op: "DeleteAccessPoint", input: ({ id, r }) => ({ AccountId: r.account, Name: id }) },
    nameProperty: "Name",
    tags: {
      put: (work, tags) =>
        work.r.call("s3-control", "TagResource", { ...accessPoint(work), Tags: keyValues(tags) }),
      remove: (work, TagKeys) =>
        work.r.call("s3-control", "UntagResource", { ...accessPoint(work), TagKeys }),
    },
  }),
  "AWS::EFS::FileSystem": declared({
    service: "efs",
    create: {
      op: "CreateFileSystem",
      input: ({ p, r }) => ({
        CreationToken: `${r.stackId.split("/").pop()}-${r.generatedName(20)}`.slice(0, 64),
        ...pick(
          p,
          "PerformanceMode",
          "Encrypted",
          "KmsKeyId",
          "ThroughputMode",
          "ProvisionedThroughputInMibps",
          "AvailabilityZoneName",
        ),
        Backup: map(p.BackupPolicy).Status === "ENABLED" ? true : undefined,
        Tags: tagList(p, r, "FileSystemTags"),
      }),
    },
    id: (output) => output.FileSystemId,
    describe: {
      op: "DescribeFileSystems",
      input: ({ id }) => ({ FileSystemId: id }),
      pick: (output) => output.FileSystems?.[0],
    },
    ready: (one) => one?.LifeCycleState === "available",
    attributes: (one, { id }) => ({ FileSystemId: id, Arn: one.FileSystemArn }),
    steps: [
      {
        of: ["LifecyclePolicies"],
        op: "PutLifecycleConfiguration",
        input: ({ id, p }) => ({ FileSystemId: id, LifecyclePolicies: p.LifecyclePolicies ?? [] }),
      },
      {
        of: ["FileSystemPolicy", "BypassPolicyLockoutSafetyCheck"],
        run: async ({ id, p, r }) => {
          if (p.FileSystemPolicy === undefined)
            await r.call("efs", "DeleteFileSystemPolicy", { FileSystemId: id });
          else
            await r.call(
              "efs",
              "PutFileSystemPolicy",
              compact({
                FileSystemId: id,
                Policy: policyText(p.FileSystemPolicy),
                BypassPolicyLockoutSafetyCheck: p.BypassPolicyLockoutSafetyCheck,
              }),
            );
        },
      },
      {
        of: ["FileSystemProtection"],
        op: "UpdateFileSystemProtection",
        input: ({ id, p }) => ({
          FileSystemId: id,
          ReplicationOverwriteProtection:
            map(p.FileSystemProtection).ReplicationOverwriteProtection ?? "ENABLED",
        }),
      },
      {
        of: ["BackupPolicy"],
        op: "PutBackupPolicy",
        input: ({ id, p }) => ({ FileSystemId: id, BackupPolicy: p.BackupPolicy ?? { Status: "DISABLED" } }),
      },
      {
        of: ["ThroughputMode", "ProvisionedThroughputInMibps"],
        updateOnly: true,
        op: "UpdateFileSystem",
        input: ({ id, p }) => ({
          FileSystemId: id,
          ...pick(p, "ThroughputMode", "ProvisionedThroughputInMibps"),
        }),
      },
    ],
    delete: { op: "DeleteFileSystem", input: ({ id }) => ({ FileSystemId: id }) },
    gone: (one) => one.LifeCycleState === "deleted",
    tags: {
      property: "FileSystemTags",
      put: ({ id, r }, tags) => r.call("efs", "TagResource", { ResourceId: id, Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) => r.call("efs", "UntagResource", { ResourceId: id, TagKeys }),
    },
  }),
  "AWS::EFS::MountTarget": declared({
    service: "efs",
    create: {
      op: "CreateMountTarget",
      input: ({ p }) =>
        pick(p, "FileSystemId", "SubnetId", "SecurityGroups", "IpAddress", "Ipv6Address", "IpAddressType"),
    },
    id: (output) => output.MountTargetId,
    describe: {
      op: "DescribeMountTargets",
      input: ({ id }) => ({ MountTargetId: id }),
      pick: (output) => output.MountTargets?.[0],
    },
    ready: (one) => {
      if (one?.LifeCycleState === "error")
        throw new ResourceFailure(`mount target ${one.MountTargetId} is in state error`);
      return one?.LifeCycleState === "available";
    },
    gone: (one) => one.LifeCycleState === "deleted",
    steps: [
      {
        of: ["SecurityGroups"],
        updateOnly: true,
        op: "ModifyMountTargetSecurityGroups",
        input: ({ id, p }) => ({ MountTargetId: id, SecurityGroups: p.SecurityGroups }),
      },
    ],
    attributes: (one, { id }) => ({ Id: id, IpAddress: one.IpAddress ?? "" }),
    delete: { op: "DeleteMountTarget", input: ({ id }) => ({ MountTargetId: id }) },
  }),
  "AWS::EFS::AccessPoint": declared({
    service: "efs",
    create: {
      op: "CreateAccessPoint",
      input: ({ p, r }) => ({
        ClientToken: text(p.ClientToken) || r.generatedName(64),
        ...pick(p, "FileSystemId", "PosixUser", "RootDirectory"),
        Tags: tagList(p, r, "AccessPointTags"),
      }),
    },
    id: (output) => output.AccessPointId,
    describe: {
      op: "DescribeAccessPoints",
      input: ({ id }) => ({ AccessPointId: id }),
      pick: (output) => output.AccessPoints?.[0],
    },
    ready: (one) => one?.LifeCycleState === "available",
    attributes: (one, { id }) => ({ AccessPointId: id, Arn: one.AccessPointArn }),
    delete: { op: "DeleteAccessPoint", input: ({ id }) => ({ AccessPointId: id }) },
    tags: {
      property: "AccessPointTags",
      put: ({ id, r }, tags) => r.call("efs", "TagResource", { ResourceId: id, Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) => r.call("efs", "UntagResource", { ResourceId: id, TagKeys }),
    },
  }),
};
