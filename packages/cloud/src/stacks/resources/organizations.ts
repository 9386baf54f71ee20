/** AWS Organizations: units, and policies with what they are attached to. */
import { declared, list, pick, policyText } from "./declared.ts";
import { listChanges } from "./ec2/shared.ts";
import type { HandlerTable } from "./handler.ts";
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

export const organizationTypes: HandlerTable = {
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
