/** IAM roles, users and groups, with their inline and attached policies. */

import { isGone, ResourceFailure } from "../../engine/failure.ts";
import type { Value, ValueMap } from "../../template/value.ts";
import { declared, list, map, pick, policyText, type Step, type Work } from "../declared.ts";
import { listChanges } from "../ec2/shared.ts";
import { type HandlerTable, type ResourceRequest, text } from "../handler.ts";
import { keyValues, type TagStyle, tagList } from "../tags.ts";

const service = "iam";
type Kind = "Role" | "User" | "Group";

const nameOf = (kind: Kind, { p, r }: Work): string =>
  text(p[`${kind}Name`]) || r.generatedName(kind === "Group" ? 128 : 64);

/** Inline policies: `Policies: [{PolicyName, PolicyDocument}]`. */
function inlineStep(kind: Kind): Step {
  return {
    of: ["Policies"],
    run: async ({ id, p, old, r }) => {
      const [before, after] = [old?.Policies, p.Policies].map((all) => list(all).map(map));
      for (const one of after ?? []) {
        await r.call(service, `Put${kind}Policy`, {
          [`${kind}Name`]: id,
          PolicyName: one.PolicyName,
          PolicyDocument: policyText(one.PolicyDocument),
        });
      }
      for (const one of before ?? []) {
        if (after?.some((other) => other.PolicyName === one.PolicyName)) continue;
        await r.call(service, `Delete${kind}Policy`, { [`${kind}Name`]: id, PolicyName: one.PolicyName });
      }
    },
  };
}

function attachedStep(kind: Kind): Step {
  return {
    of: ["ManagedPolicyArns"],
    run: async ({ id, p, old, r }) => {
      const [added, removed] = listChanges(old?.ManagedPolicyArns, p.ManagedPolicyArns);
      for (const PolicyArn of removed)
        await r.call(service, `Detach${kind}Policy`, { [`${kind}Name`]: id, PolicyArn });
      for (const PolicyArn of added)
        await r.call(service, `Attach${kind}Policy`, { [`${kind}Name`]: id, PolicyArn });
    },
  };
}

function boundaryStep(kind: "Role" | "User"): Step {
  return {
    of: ["PermissionsBoundary"],
    updateOnly: true,
    run: async ({ id, p, r }) => {
      if (p.PermissionsBoundary === undefined)
        await r.call(service, `Delete${kind}PermissionsBoundary`, { [`${kind}Name`]: id });
      else
        await r.call(service, `Put${kind}PermissionsBoundary`, {
          [`${kind}Name`]: id,
          PermissionsBoundary: p.PermissionsBoundary,
        });
    },
  };
}

/** Takes everything off a principal that would keep it from being deleted and that the template gave it. */
async function strip(kind: Kind, { id, p, r }: Work): Promise<void> {
  for (const one of list(p.Policies).map(map)) {
    await unlessGone(
      r.call(service, `Delete${kind}Policy`, { [`${kind}Name`]: id, PolicyName: one.PolicyName }),
    );
  }
  for (const PolicyArn of list(p.ManagedPolicyArns)) {
    await unlessGone(r.call(service, `Detach${kind}Policy`, { [`${kind}Name`]: id, PolicyArn }));
  }
}

export async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function iamTags(kind: "Role" | "User"): TagStyle {
  return {
    put: ({ id, r }, tags) => r.call(service, `Tag${kind}`, { [`${kind}Name`]: id, Tags: keyValues(tags) }),
    remove: ({ id, r }, keys) => r.call(service, `Untag${kind}`, { [`${kind}Name`]: id, TagKeys: keys }),
  };
}

/** Wraps a type's deletion with what has to be taken off before. */
function stripping(handler: ReturnType<typeof declared>, before: (work: Work) => Promise<void>) {
  return {
    ...handler,
    delete: async (physical: Parameters<typeof handler.delete>[0], r: ResourceRequest) => {
      await before({ p: physical.properties, id: physical.physicalId, attributes: physical.attributes, r });
      await handler.delete(physical, r);
    },
  };
}

/** A path of a group or user is changed by renaming to the same name elsewhere. */
function pathStep(kind: "Group" | "User"): Step {
  return {
    of: ["Path"],
    updateOnly: true,
    op: `Update${kind}`,
    input: ({ id, p }) => ({ [`${kind}Name`]: id, NewPath: p.Path ?? "/" }),
  };
}

export const principalTypes: HandlerTable = {
  "AWS::IAM::Role": stripping(
    declared({
      service,
      create: {
        op: "CreateRole",
        input: (work) => ({
          RoleName: nameOf("Role", work),
          AssumeRolePolicyDocument: policyText(work.p.AssumeRolePolicyDocument),
          ...pick(work.p, "Path", "Description", "MaxSessionDuration", "PermissionsBoundary"),
          Tags: tagList(work.p, work.r),
        }),
      },
      id: (output) => output.Role.RoleName,
      steps: [
        {
          of: ["AssumeRolePolicyDocument"],
          updateOnly: true,
          op: "UpdateAssumeRolePolicy",
          input: ({ id, p }) => ({ RoleName: id, PolicyDocument: policyText(p.AssumeRolePolicyDocument) }),
        },
        {
          of: ["Description", "MaxSessionDuration"],
          updateOnly: true,
          op: "UpdateRole",
          input: ({ id, p }) => ({
            RoleName: id,
            Description: p.Description ?? "",
            MaxSessionDuration: p.MaxSessionDuration ?? 3600,
          }),
        },
        boundaryStep("Role"),
        attachedStep("Role"),
        inlineStep("Role"),
      ],
      describe: { op: "GetRole", input: ({ id }) => ({ RoleName: id }), pick: (output) => output.Role },
      attributes: (role) => ({ Arn: role.Arn, RoleId: role.RoleId }),
      delete: { op: "DeleteRole", input: ({ id }) => ({ RoleName: id }) },
      tags: iamTags("Role"),
      nameProperty: "RoleName",
    }),
    (work) => strip("Role", work),
  ),
  "AWS::IAM::User": stripping(
    declared({
      service,
      create: {
        op: "CreateUser",
        input: (work) => ({
          UserName: nameOf("User", work),
          ...pick(work.p, "Path", "PermissionsBoundary"),
          Tags: tagList(work.p, work.r),
        }),
      },
      id: (output) => output.User.UserName,
      steps: [
        pathStep("User"),
        {
          of: ["Groups"],
          run: async ({ id, p, old, r }) => {
            const [added, removed] = listChanges(old?.Groups, p.Groups);
            for (const GroupName of removed)
              await r.call(service, "RemoveUserFromGroup", { GroupName, UserName: id });
            for (const GroupName of added)
              await r.call(service, "AddUserToGroup", { GroupName, UserName: id });
          },
        },
        {
          of: ["LoginProfile"],
          run: async ({ id, p, old, r }) => {
            const profile = pick(map(p.LoginProfile), "Password", "PasswordResetRequired");
            if (p.LoginProfile === undefined) await r.call(service, "DeleteLoginProfile", { UserName: id });
            else
              await r.call(
                service,
                old?.LoginProfile === undefined ? "CreateLoginProfile" : "UpdateLoginProfile",
                { UserName: id, ...profile },
              );
          },
        },
        boundaryStep("User"),
        attachedStep("User"),
        inlineStep("User"),
      ],
      describe: { op: "GetUser", input: ({ id }) => ({ UserName: id }), pick: (output) => output.User },
      attributes: (user) => ({ Arn: user.Arn }),
      delete: { op: "DeleteUser", input: ({ id }) => ({ UserName: id }) },
      tags: iamTags("User"),
      nameProperty: "UserName",
    }),
    async (work) => {
      const { id, p, r } = work;
      await strip("User", work);
      for (const GroupName of list(p.Groups))
        await unlessGone(r.call(service, "RemoveUserFromGroup", { GroupName, UserName: id }));
      if (p.LoginProfile !== undefined)
        await unlessGone(r.call(service, "DeleteLoginProfile", { UserName: id }));
    },
  ),
  "AWS::IAM::Group": stripping(
    declared({
      service,
      create: {
        op: "CreateGroup",
        input: (work) => ({ GroupName: nameOf("Group", work), ...pick(work.p, "Path") }),
      },
      id: (output) => output.Group.GroupName,
      steps: [pathStep("Group"), attachedStep("Group"), inlineStep("Group")],
      describe: { op: "GetGroup", input: ({ id }) => ({ GroupName: id }), pick: (output) => output.Group },
      attributes: (group) => ({ Arn: group.Arn }),
      delete: { op: "DeleteGroup", input: ({ id }) => ({ GroupName: id }) },
      nameProperty: "GroupName",
    }),
    (work) => strip("Group", work),
  ),
  "AWS::IAM::InstanceProfile": stripping(
    declared({
      service,
      create: {
        op: "CreateInstanceProfile",
        input: ({ p, r }) => ({
          InstanceProfileName: text(p.InstanceProfileName) || r.generatedName(128),
          ...pick(p, "Path"),
        }),
      },
      id: (output) => output.InstanceProfile.InstanceProfileName,
      steps: [
        {
          of: ["Roles"],
          run: async ({ id, p, old, r }) => {
            const [added, removed] = listChanges(old?.Roles, p.Roles);
            for (const RoleName of removed)
              await r.call(service, "RemoveRoleFromInstanceProfile", { InstanceProfileName: id, RoleName });
            for (const RoleName of added)
              await r.call(service, "AddRoleToInstanceProfile", { InstanceProfileName: id, RoleName });
          },
        },
      ],
      describe: {
        op: "GetInstanceProfile",
        input: ({ id }) => ({ InstanceProfileName: id }),
        pick: (output) => output.InstanceProfile,
      },
      attributes: (profile) => ({ Arn: profile.Arn }),
      delete: { op: "DeleteInstanceProfile", input: ({ id }) => ({ InstanceProfileName: id }) },
      nameProperty: "InstanceProfileName",
    }),
    async ({ id, p, r }) => {
      for (const RoleName of list(p.Roles)) {
        await unlessGone(
          r.call(service, "RemoveRoleFromInstanceProfile", { InstanceProfileName: id, RoleName }),
        );
      }
    },
  ),
  "AWS::IAM::UserToGroupAddition": {
    async create(p, r) {
      for (const UserName of list(p.Users))
        await r.call(service, "AddUserToGroup", { GroupName: p.GroupName, UserName });
      return { physicalId: r.generatedName(128) };
    },
    attributes: async ({ physicalId }) => ({ Id: physicalId }),
    async update({ properties: old }, p, _, r) {
      const same = old.GroupName === p.GroupName;
      for (const UserName of list(old.Users)) {
        if (same && list(p.Users).includes(UserName)) continue;
        await unlessGone(r.call(service, "RemoveUserFromGroup", { GroupName: old.GroupName, UserName }));
      }
      for (const UserName of list(p.Users))
        await r.call(service, "AddUserToGroup", { GroupName: p.GroupName, UserName });
    },
    async delete({ properties: p }, r) {
      for (const UserName of list(p.Users)) {
        await unlessGone(r.call(service, "RemoveUserFromGroup", { GroupName: p.GroupName, UserName }));
      }
    },
  },
  "AWS::IAM::AccessKey": {
    async create(p, r) {
      const { AccessKey } = await r.call(service, "CreateAccessKey", { UserName: p.UserName });
      r.made(AccessKey.AccessKeyId);
      await status(AccessKey.AccessKeyId, p, r);
      return {
        physicalId: AccessKey.AccessKeyId,
        attributes: { Id: AccessKey.AccessKeyId, SecretAccessKey: AccessKey.SecretAccessKey },
      };
    },
    async update({ physicalId }, p, _, r) {
      await status(physicalId, p, r);
    },
    async delete({ physicalId, properties }, r) {
      await r.call(service, "DeleteAccessKey", { AccessKeyId: physicalId, UserName: properties.UserName });
    },
  },
  "AWS::IAM::ServiceLinkedRole": declared({
    service,
    create: {
      op: "CreateServiceLinkedRole",
      input: ({ p }) => pick(p, "AWSServiceName", "CustomSuffix", "Description"),
    },
    id: (output) => output.Role.RoleName,
    steps: [
      {
        of: ["Description"],
        updateOnly: true,
        op: "UpdateRole",
        input: ({ id, p }) => ({ RoleName: id, Description: p.Description ?? "" }),
      },
    ],
    attributes: (_, { id }) => ({ RoleName: id }),
    delete: { op: "DeleteServiceLinkedRole", input: ({ id }) => ({ RoleName: id }) },
  }),
};

async function status(AccessKeyId: string, p: ValueMap, r: ResourceRequest): Promise<void> {
  const Status: Value = p.Status ?? "Active";
  if (Status !== "Active" && Status !== "Inactive")
    throw new ResourceFailure(`Invalid access key status ${text(Status)}`);
  await r.call(service, "UpdateAccessKey", { AccessKeyId, UserName: p.UserName, Status });
}
