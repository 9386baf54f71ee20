/** Amazon EFS: file systems, mount targets with their interfaces, access points. What is in a file system is not simulated. */
import type * as Efs from "@aws-sdk/client-efs";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check, Service } from "../../service.ts";
import { accessPointOperations } from "./operations/access-points.ts";
import { accountPreferenceOperations } from "./operations/account-preferences.ts";
import { fileSystemOperations } from "./operations/file-systems.ts";
import { mountTargetOperations } from "./operations/mount-targets.ts";
import { accessPoints, bareId, fileSystems, mountTargets } from "./state.ts";

interface Input {
  FileSystemId?: string;
  AccessPointId?: string;
  MountTargetId?: string;
  ResourceId?: string;
  SubnetId?: string;
  SecurityGroups?: string[];
  Encrypted?: boolean;
  KmsKeyId?: string;
  Tags?: { Key?: string; Value?: string }[];
  TagKeys?: string[];
}

const arn = (context: ReadContext, id: string) =>
  context.arn(
    "elasticfilesystem",
    `${id.startsWith("fsap-") ? "access-point" : "file-system"}/${bareId(id)}`,
  );

const tagKeys = ({ Tags, TagKeys }: Input): Record<string, string | string[]> => {
  if (TagKeys?.length) return { "aws:TagKeys": TagKeys };
  if (!Tags?.length) return {};
  return {
    "aws:TagKeys": Tags.map((tag) => String(tag.Key)),
    ...Object.fromEntries(Tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
  };
};

/** On the file system, or access point, that the request is about; on all when it names none. */
const rule =
  (action: string): AuthorizationRule<Input> =>
  (input, context) => {
    const target = input.MountTargetId && mountTargets(context).get(input.MountTargetId);
    const id =
      input.ResourceId ??
      input.AccessPointId ??
      input.FileSystemId ??
      (target ? target.fileSystemId : undefined);
    const resource = id ? arn(context, bareId(id)) : context.arn("elasticfilesystem", "file-system/*");
    return [{ action: `elasticfilesystem:${action}`, resource, context: tagKeys(input) }];
  };

const withTags =
  (action: string, keys: (input: Input) => Record<string, string>): AuthorizationRule<Input> =>
  (input, context) => {
    const resource =
      action === "CreateAccessPoint"
        ? arn(context, String(input.FileSystemId))
        : context.arn("elasticfilesystem", "file-system/*");
    const keysOfAll = { ...tagKeys(input), ...keys(input) };
    const facts = action === "CreateFileSystem" ? { facts: { account: context.account } } : {};
    const checks: Check[] = [
      { action: `elasticfilesystem:${action}`, resource, context: keysOfAll, ...facts },
    ];
    if (input.Tags?.length) {
      const own = { "elasticfilesystem:CreateAction": action };
      checks.push({
        action: "elasticfilesystem:TagResource",
        resource,
        context: { ...keysOfAll, ...own },
        ...facts,
      });
    }
    return checks;
  };

const operations = {
  ...accountPreferenceOperations,
  ...fileSystemOperations,
  ...mountTargetOperations,
  ...accessPointOperations,
};

const special: AuthorizationTable = {
  CreateFileSystem: withTags("CreateFileSystem", (input) => ({
    "elasticfilesystem:Encrypted": String(input.Encrypted ?? Boolean(input.KmsKeyId)),
  })),
  CreateAccessPoint: withTags("CreateAccessPoint", () => ({})),
  // the interface is made with the caller's permissions
  CreateMountTarget: (input: Input, context) => [
    { action: "elasticfilesystem:CreateMountTarget", resource: arn(context, String(input.FileSystemId)) },
    { action: "ec2:DescribeSubnets", resource: "*" },
    { action: "ec2:DescribeNetworkInterfaces", resource: "*" },
    ...[
      `network-interface/*`,
      `subnet/${input.SubnetId}`,
      ...(input.SecurityGroups ?? []).map((id) => `security-group/${id}`),
    ].map((resource) => ({
      action: "ec2:CreateNetworkInterface",
      resource: context.arn("ec2", resource),
      ...(resource.endsWith("*") && { facts: { account: context.account } }),
    })),
  ],
  DescribeAccountPreferences: () => [
    { action: "elasticfilesystem:DescribeAccountPreferences", resource: "*" },
  ],
  PutAccountPreferences: () => [{ action: "elasticfilesystem:PutAccountPreferences", resource: "*" }],
  DescribeReplicationConfigurations: rule("DescribeReplicationConfigurations"),
};

export const service: Service<typeof Efs> = {
  key: "efs",
  actionPrefix: "elasticfilesystem",
  principal: "elasticfilesystem.amazonaws.com",
  operations,
  authorization: Object.fromEntries(
    Object.keys(operations).map((name) => [name, special[name] ?? rule(name)]),
  ),
  resource(resourceArn, context) {
    const [, , , region = "", account = "", path = ""] = resourceArn.split(":");
    const home = context.in(account, region);
    const id = bareId(path);
    const point = accessPoints(home).get(id);
    if (point) return { account, tags: { ...point.tags } };
    const system = fileSystems(home).get(id);
    return (
      system && {
        account,
        tags: { ...system.tags },
        ...(system.policy && { policy: { name: system.id, document: system.policy } }),
      }
    );
  },
};
