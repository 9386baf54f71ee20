/** IAM Identity Center: instances, permission sets, who has them, applications; groups of the identity store. */
import { isMap, type ValueMap } from "../template/value.ts";
import { compact, declared, list, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, type TagStyle, tagList } from "./tags.ts";

const service = "sso-admin";

function centerTags(arn: (work: Work) => string): TagStyle {
  return {
    put: (work, tags) =>
      work.r.call(service, "TagResource", {
        ResourceArn: arn(work),
        Tags: keyValues(tags),
        ...instance(work),
      }),
    remove: (work, TagKeys) =>
      work.r.call(service, "UntagResource", { ResourceArn: arn(work), TagKeys, ...instance(work) }),
  };
}

const instance = ({ p }: Work): object => (p.InstanceArn === undefined ? {} : { InstanceArn: p.InstanceArn });

/** Physical ids are what identifies the resource, with bars between. */
const part = (id: string, index: number): string => id.split("|")[index] ?? "";
const setKey = ({ id }: Work): { InstanceArn: string; PermissionSetArn: string } => ({
  InstanceArn: part(id, 0),
  PermissionSetArn: part(id, 1),
});
const assignmentKey = (p: ValueMap): ValueMap =>
  pick(p, "InstanceArn", "TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId");
const applicationKey = (p: ValueMap): ValueMap => pick(p, "ApplicationArn", "PrincipalType", "PrincipalId");

const reference = (one: unknown): string => (isMap(one) ? `${text(one.Path) || "/"} ${text(one.Name)}` : "");

async function changePolicies(work: Work): Promise<void> {
  const { p, old, r } = work;
  const key = setKey(work);
  const before = list(old?.ManagedPolicies).map(text);
  const after = list(p.ManagedPolicies).map(text);
  for (const ManagedPolicyArn of after.filter((one) => !before.includes(one)))
    await r.call(service, "AttachManagedPolicyToPermissionSet", { ...key, ManagedPolicyArn });
  for (const ManagedPolicyArn of before.filter((one) => !after.includes(one)))
    await r.call(service, "DetachManagedPolicyFromPermissionSet", { ...key, ManagedPolicyArn });
}

async function changeReferences(work: Work): Promise<void> {
  const { p, old, r } = work;
  const key = setKey(work);
  const before = list(old?.CustomerManagedPolicyReferences);
  const after = list(p.CustomerManagedPolicyReferences);
  const without = (all: typeof before, others: typeof before) =>
    all.filter((one) => !others.some((other) => reference(other) === reference(one)));
  for (const CustomerManagedPolicyReference of without(before, after))
    await r.call(service, "DetachCustomerManagedPolicyReferenceFromPermissionSet", {
      ...key,
      CustomerManagedPolicyReference,
    });
  for (const CustomerManagedPolicyReference of without(after, before))
    await r.call(service, "AttachCustomerManagedPolicyReferenceToPermissionSet", {
      ...key,
      CustomerManagedPolicyReference,
    });
}

const permissionSet = declared({
  service,
  create: {
    op: "CreatePermissionSet",
    input: ({ p, r }) => ({
      ...pick(p, "InstanceArn", "Name", "Description", "SessionDuration"),
      RelayState: p.RelayStateType,
      Tags: tagList(p, r),
    }),
  },
  id: (output, { p }) => `${text(p.InstanceArn)}|${output.PermissionSet.PermissionSetArn}`,
  steps: [
    {
      of: ["Description", "SessionDuration", "RelayStateType"],
      updateOnly: true,
      op: "UpdatePermissionSet",
      input: (work) => ({
        ...setKey(work),
        ...pick(work.p, "Description", "SessionDuration"),
        RelayState: work.p.RelayStateType,
      }),
    },
    { of: ["ManagedPolicies"], run: changePolicies },
    { of: ["CustomerManagedPolicyReferences"], run: changeReferences },
    {
      of: ["InlinePolicy"],
      run: async (work) => {
        const InlinePolicy = policyText(work.p.InlinePolicy);
        if (InlinePolicy === undefined || InlinePolicy === "")
          await work.r.call(service, "DeleteInlinePolicyFromPermissionSet", setKey(work));
        else await work.r.call(service, "PutInlinePolicyToPermissionSet", { ...setKey(work), InlinePolicy });
      },
    },
    {
      of: ["PermissionsBoundary"],
      run: async (work) => {
        const { PermissionsBoundary } = work.p;
        if (PermissionsBoundary === undefined)
          await work.r.call(service, "DeletePermissionsBoundaryFromPermissionSet", setKey(work));
        else
          await work.r.call(service, "PutPermissionsBoundaryToPermissionSet", {
            ...setKey(work),
            PermissionsBoundary,
          });
      },
    },
  ],
  attributes: (_, work) => ({ PermissionSetArn: setKey(work).PermissionSetArn }),
  delete: { op: "DeletePermissionSet", input: setKey },
  tags: centerTags((work) => setKey(work).PermissionSetArn),
});

/** Of a user of the identity store: what changes by replacement, and what is a text. */
const USER_LISTS = ["UserName", "Emails", "Addresses", "PhoneNumbers", "Photos", "Roles"] as const;
const USER_TEXTS = [
  "DisplayName",
  "NickName",
  "ProfileUrl",
  "UserType",
  "Title",
  "PreferredLanguage",
  "Locale",
  "Timezone",
  "Website",
  "Birthdate",
] as const;

const userKey = ({ id, p }: Work): { IdentityStoreId: string; UserId: string } => ({
  IdentityStoreId: text(p.IdentityStoreId),
  UserId: id.slice(id.lastIndexOf("/") + 1),
});

/** The operations that make a user what the template says, leaving attributes out that it does not give any more. */
function userChanges({ p, old }: Work): object[] {
  const path = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
  const changed = USER_TEXTS.filter((name) => p[name] !== old?.[name]).map((name) =>
    compact({ AttributePath: path(name), AttributeValue: p[name] }),
  );
  const [before, after] = [old?.Name, p.Name].map((one) => (isMap(one) ? one : {})) as [ValueMap, ValueMap];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return [
    ...changed,
    ...names
      .filter((name) => before[name] !== after[name])
      .map((name) => compact({ AttributePath: `name.${path(name)}`, AttributeValue: after[name] })),
  ];
}

export const identityCenterTypes: HandlerTable = {
  "AWS::SSO::Instance": declared({
    service,
    create: { op: "CreateInstance", input: ({ p, r }) => ({ Name: p.Name, Tags: tagList(p, r) }) },
    id: (output) => output.InstanceArn,
    describe: {
      op: "DescribeInstance",
      input: ({ id }) => ({ InstanceArn: id }),
      pick: (output) => output,
    },
    attributes: (one) => pick(one, "InstanceArn", "OwnerAccountId", "IdentityStoreId", "Status"),
    delete: { op: "DeleteInstance", input: ({ id }) => ({ InstanceArn: id }) },
    tags: centerTags(({ id }) => id),
  }),
  "AWS::SSO::PermissionSet": {
    ...permissionSet,
    async update(physical, properties, changes, r) {
      await permissionSet.update?.(physical, properties, changes, r);
      const [InstanceArn, PermissionSetArn] = [part(physical.physicalId, 0), part(physical.physicalId, 1)];
      // what is assigned already follows the set, as on AWS
      const key = { InstanceArn, PermissionSetArn };
      const { AccountIds } = await r.read(service, "ListAccountsForProvisionedPermissionSet", key);
      if (AccountIds?.length > 0)
        await r.call(service, "ProvisionPermissionSet", { ...key, TargetType: "ALL_PROVISIONED_ACCOUNTS" });
    },
  },
  "AWS::SSO::Assignment": declared({
    service,
    create: { op: "CreateAccountAssignment", input: ({ p }) => assignmentKey(p) },
    id: (_, { p }) => Object.values(assignmentKey(p)).map(text).join("|"),
    delete: { op: "DeleteAccountAssignment", input: ({ p }) => assignmentKey(p) },
  }),
  "AWS::SSO::Application": declared({
    service,
    create: {
      op: "CreateApplication",
      input: ({ p, r }) => ({
        ...pick(p, "Name", "Description", "InstanceArn", "ApplicationProviderArn", "Status", "PortalOptions"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.ApplicationArn,
    steps: [
      {
        of: ["Name", "Description", "Status", "PortalOptions"],
        updateOnly: true,
        op: "UpdateApplication",
        input: ({ id, p }) => ({
          ApplicationArn: id,
          ...pick(p, "Name", "Description", "Status", "PortalOptions"),
        }),
      },
    ],
    attributes: (_, { id }) => ({ ApplicationArn: id }),
    delete: { op: "DeleteApplication", input: ({ id }) => ({ ApplicationArn: id }) },
    tags: centerTags(({ id }) => id),
  }),
  "AWS::SSO::ApplicationAssignment": declared({
    service,
    create: { op: "CreateApplicationAssignment", input: ({ p }) => applicationKey(p) },
    id: (_, { p }) => Object.values(applicationKey(p)).map(text).join("|"),
    delete: { op: "DeleteApplicationAssignment", input: ({ p }) => applicationKey(p) },
  }),
  "AWS::IdentityStore::User": declared({
    service: "identitystore",
    create: {
      op: "CreateUser",
      input: ({ p }) => pick(p, "IdentityStoreId", ...USER_LISTS, ...USER_TEXTS, "Name"),
    },
    id: (output) => `arn:aws:identitystore:::user/${output.UserId}`,
    steps: [
      {
        of: [...USER_TEXTS, "Name"],
        updateOnly: true,
        op: "UpdateUser",
        input: (work) => ({ ...userKey(work), Operations: userChanges(work) }),
      },
    ],
    describe: { op: "DescribeUser", input: userKey, pick: (output) => output },
    attributes: (one, work) => ({
      ...pick(one, "UserStatus", "CreatedBy", "UpdatedBy"),
      Arn: work.id,
      UserId: userKey(work).UserId,
      CreatedAt: one.CreatedAt?.toISOString(),
      UpdatedAt: one.UpdatedAt?.toISOString(),
    }),
    delete: { op: "DeleteUser", input: userKey },
  }),
  "AWS::IdentityStore::Group": declared({
    service: "identitystore",
    create: {
      op: "CreateGroup",
      input: ({ p }) => pick(p, "IdentityStoreId", "DisplayName", "Description"),
    },
    id: (output, { p }) => `${output.GroupId}|${text(p.IdentityStoreId)}`,
    steps: [
      {
        of: ["DisplayName", "Description"],
        updateOnly: true,
        op: "UpdateGroup",
        input: ({ id, p }) => ({
          IdentityStoreId: part(id, 1),
          GroupId: part(id, 0),
          Operations: [
            { AttributePath: "displayName", AttributeValue: p.DisplayName },
            compact({ AttributePath: "description", AttributeValue: p.Description }),
          ],
        }),
      },
    ],
    attributes: (_, { id }) => ({ GroupId: part(id, 0) }),
    delete: {
      op: "DeleteGroup",
      input: ({ id }) => ({ IdentityStoreId: part(id, 1), GroupId: part(id, 0) }),
    },
  }),
  "AWS::IdentityStore::GroupMembership": declared({
    service: "identitystore",
    create: {
      op: "CreateGroupMembership",
      input: ({ p }) => pick(p, "IdentityStoreId", "GroupId", "MemberId"),
    },
    id: (output, { p }) => `${output.MembershipId}|${text(p.IdentityStoreId)}`,
    attributes: (_, { id }) => ({ MembershipId: part(id, 0) }),
    delete: {
      op: "DeleteGroupMembership",
      input: ({ id }) => ({ IdentityStoreId: part(id, 1), MembershipId: part(id, 0) }),
    },
  }),
};
