/** AWS Organizations: the organization, accounts, units, and policies with what they are attached to. */
import { ResourceFailure } from "../engine/failure.ts";
import { declared, list, pick, policyText, type Work } from "./declared.ts";
import { listChanges } from "./ec2/shared.ts";
import { calling, type HandlerTable, text } from "./handler.ts";
import { unlessGone } from "./iam/principals.ts";
import { keyValues, type TagStyle, tagList } from "./tags.ts";

const service = "organizations";

const organizationTags: TagStyle = {
  put: ({ id, r }, tags) => r.call(service, "TagResource", { ResourceId: id, Tags: keyValues(tags) }),
  remove: ({ id, r }, TagKeys) => r.call(service, "UntagResource", { ResourceId: id, TagKeys }),
};

const policy = declared({
  service,
  create: {
    op: "CreatePolicy",
    input: ({ p, r }) => ({
      ...pick(p, "Name", "Type"),
      Description: p.Description ?? "",
      Content: policyText(p.Content),
      Tags: tagList(p, r),
    }),
  },
  id: (output) => output.Policy.PolicySummary.Id,
  steps: [
    {
      of: ["Name", "Description", "Content"],
      updateOnly: true,
      op: "UpdatePolicy",
      input: ({ id, p }) => ({
        PolicyId: id,
        Name: p.Name,
        Description: p.Description ?? "",
        Content: policyText(p.Content),
      }),
    },
    {
      of: ["TargetIds"],
      run: async ({ id, p, old, r }) => {
        const [added, removed] = listChanges(old?.TargetIds, p.TargetIds);
        for (const TargetId of added) await r.call(service, "AttachPolicy", { PolicyId: id, TargetId });
        for (const TargetId of removed) await r.call(service, "DetachPolicy", { PolicyId: id, TargetId });
      },
    },
  ],
  describe: {
    op: "DescribePolicy",
    input: ({ id }) => ({ PolicyId: id }),
    pick: (output) => output.Policy?.PolicySummary,
  },
  attributes: (one, { id }) => ({ Id: id, Arn: one.Arn ?? "", AwsManaged: one.AwsManaged ?? false }),
  delete: { op: "DeletePolicy", input: ({ id }) => ({ PolicyId: id }) },
  tags: organizationTags,
});

/** Moves an account to the parent that its template names: there is never more than one. */
async function move({ id, p, r }: Work): Promise<void> {
  const DestinationParentId = text(list(p.ParentIds)[0]);
  const { Parents } = await r.read(service, "ListParents", { ChildId: id });
  const SourceParentId = Parents[0]?.Id;
  if (!DestinationParentId || DestinationParentId === SourceParentId) return;
  await r.call(service, "MoveAccount", { AccountId: id, SourceParentId, DestinationParentId });
}

const account = declared({
  service,
  create: {
    op: "CreateAccount",
    input: ({ p, r }) => ({ ...pick(p, "AccountName", "Email", "RoleName"), Tags: tagList(p, r) }),
  },
  id: (output) => {
    const { AccountId, FailureReason } = output.CreateAccountStatus;
    if (AccountId === undefined) throw new ResourceFailure(`Account creation failed: ${FailureReason}`);
    return AccountId;
  },
  steps: [{ of: ["ParentIds"], run: move }],
  describe: {
    op: "DescribeAccount",
    input: ({ id }) => ({ AccountId: id }),
    pick: (output) => output.Account,
  },
  attributes: (one, { id }) => ({
    ...pick(one, "Arn", "Status", "State", "JoinedMethod"),
    AccountId: id,
    JoinedTimestamp: one.JoinedTimestamp?.toISOString() ?? "",
  }),
  delete: { op: "CloseAccount", input: ({ id }) => ({ AccountId: id }) },
  tags: organizationTags,
});

export const organizationTypes: HandlerTable = {
  "AWS::Organizations::Account": {
    ...account,
    create(p, r) {
      // an account comes some time after it is asked for
      const waiting = calling(r, async (of, operation, input, region) => {
        const output = await r.call(of, operation, input, region);
        if (operation !== "CreateAccount") return output;
        const { Id, State } = output.CreateAccountStatus;
        if (State !== "IN_PROGRESS") return output;
        return r.until(async () => {
          const now = await r.read(service, "DescribeCreateAccountStatus", { CreateAccountRequestId: Id });
          return now.CreateAccountStatus.State === "IN_PROGRESS" ? undefined : now;
        });
      });
      return account.create(p, waiting);
    },
  },
  "AWS::Organizations::Organization": declared({
    service,
    create: { op: "CreateOrganization", input: ({ p }) => ({ FeatureSet: p.FeatureSet ?? "ALL" }) },
    id: (output) => output.Organization.Id,
    describe: {
      op: "DescribeOrganization",
      input: () => ({}),
      pick: (output) => output.Organization,
    },
    attributes: async (one, { r }) => {
      const { Roots } = await r.read(service, "ListRoots", {});
      return {
        ...pick(one, "Id", "Arn"),
        RootId: Roots[0]?.Id ?? "",
        ManagementAccountArn: one.MasterAccountArn ?? "",
        ManagementAccountId: one.MasterAccountId ?? "",
        ManagementAccountEmail: one.MasterAccountEmail ?? "",
      };
    },
    delete: { op: "DeleteOrganization", input: () => ({}) },
  }),
  "AWS::Organizations::Policy": {
    ...policy,
    async delete(physical, r) {
      for (const TargetId of list(physical.properties.TargetIds)) {
        await unlessGone(r.call(service, "DetachPolicy", { PolicyId: physical.physicalId, TargetId }));
      }
      await policy.delete(physical, r);
    },
  },
  "AWS::Organizations::OrganizationalUnit": declared({
    service,
    create: {
      op: "CreateOrganizationalUnit",
      input: ({ p, r }) => ({ ...pick(p, "Name", "ParentId"), Tags: tagList(p, r) }),
    },
    id: (output) => output.OrganizationalUnit.Id,
    steps: [
      {
        of: ["Name"],
        updateOnly: true,
        op: "UpdateOrganizationalUnit",
        input: ({ id, p }) => ({ OrganizationalUnitId: id, Name: p.Name }),
      },
    ],
    describe: {
      op: "DescribeOrganizationalUnit",
      input: ({ id }) => ({ OrganizationalUnitId: id }),
      pick: (output) => output.OrganizationalUnit,
    },
    attributes: (one, { id }) => ({ Id: id, Arn: one.Arn ?? "" }),
    delete: { op: "DeleteOrganizationalUnit", input: ({ id }) => ({ OrganizationalUnitId: id }) },
    tags: organizationTags,
  }),
};
