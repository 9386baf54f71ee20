/** Entities with everything inside them, for GetAccountAuthorizationDetails. */
import type * as Iam from "@aws-sdk/client-iam";
import type { ReadContext } from "../../../context.ts";
import { countUses } from "../entities.ts";
import type { AwsManaged } from "../managed/aws-managed.ts";
import { versionsOf } from "../managed/older-versions.ts";
import { type Group, instanceProfiles, type ManagedPolicy, type Role, type User } from "../state.ts";
import { currentTrust } from "../trust.ts";
import { shownBoundary } from "./boundaries.ts";
import { shownProfile } from "./instance-profiles.ts";

const inline = (entity: { inline: Record<string, string> }) =>
  Object.entries(entity.inline).map(([PolicyName, document]) => ({
    PolicyName,
    PolicyDocument: encodeURIComponent(document),
  }));
const attached = (entity: { attached: string[] }) =>
  entity.attached.map((PolicyArn) => ({
    PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf("/") + 1),
    PolicyArn,
  }));

export function userDetail(user: User): Iam.UserDetail {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.created),
    ...(Object.keys(user.inline).length > 0 && { UserPolicyList: inline(user) }),
    GroupList: [...user.groups],
    AttachedManagedPolicies: attached(user),
    ...shownBoundary(user.boundary),
    Tags: user.tags.map((one) => ({ ...one })),
  };
}

export function groupDetail(group: Group): Iam.GroupDetail {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.created),
    GroupPolicyList: inline(group),
    AttachedManagedPolicies: attached(group),
  };
}

export function roleDetail(role: Role, context: ReadContext): Iam.RoleDetail {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodeURIComponent(currentTrust(role, context)),
    InstanceProfileList: instanceProfiles(context)
      .list()
      .filter((one) => one.role === role.name)
      .map((one) => shownProfile(one, context)),
    RolePolicyList: inline(role),
    AttachedManagedPolicies: attached(role),
    ...shownBoundary(role.boundary),
    Tags: role.tags.map((one) => ({ ...one })),
    RoleLastUsed: role.lastUsed
      ? { LastUsedDate: new Date(role.lastUsed.time), Region: role.lastUsed.region }
      : {},
  };
}

export function policyDetail(
  policy: ManagedPolicy | AwsManaged,
  context: ReadContext,
): Iam.ManagedPolicyDetail {
  const versions = "versions" in policy ? [...policy.versions].reverse() : versionsOf(policy);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: countUses(context, policy.arn, "attached"),
    PermissionsBoundaryUsageCount: countUses(context, policy.arn, "boundary"),
    IsAttachable: policy.path !== "/aws-service-role/",
    ...(policy.description !== undefined && { Description: policy.description }),
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
    PolicyVersionList: versions.map((one) => ({
      Document: encodeURIComponent(one.document),
      VersionId: one.id,
      IsDefaultVersion: one.id === policy.defaultVersion,
      ...(one.created !== undefined && { CreateDate: new Date(one.created) }),
    })),
  };
}
