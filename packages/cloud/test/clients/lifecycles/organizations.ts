import type { Lifecycle } from "../lifecycle.ts";

export const organizations: Lifecycle = {
  service: "organizations",
  calls: [
    { call: "DescribeOrganization", fails: "AWSOrganizationsNotInUseException" },
    { call: "CreateOrganization", with: { FeatureSet: "ALL" }, expect: { "Organization.FeatureSet": "ALL" } },
    { call: "ListRoots", keep: { root: "Roots.0.Id" } },
    {
      call: "CreateOrganizationalUnit",
      with: { ParentId: "${root}", Name: "ml" },
      keep: { unit: "OrganizationalUnit.Id" },
    },
    { call: "EnablePolicyType", with: { RootId: "${root}", PolicyType: "SERVICE_CONTROL_POLICY" } },
    {
      call: "CreatePolicy",
      with: {
        Name: "guard",
        Description: "",
        Type: "SERVICE_CONTROL_POLICY",
        Content: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Deny", Action: "iam:CreateUser", Resource: "*" }],
        }),
      },
      keep: { policy: "Policy.PolicySummary.Id" },
    },
    { call: "AttachPolicy", with: { PolicyId: "${policy}", TargetId: "${unit}" } },
    { call: "DeletePolicy", with: { PolicyId: "${policy}" }, fails: "PolicyInUseException" },
    { call: "DetachPolicy", with: { PolicyId: "${policy}", TargetId: "${unit}" } },
    { call: "DeletePolicy", with: { PolicyId: "${policy}" } },
    { call: "DeleteOrganizationalUnit", with: { OrganizationalUnitId: "${unit}" } },
    { call: "DeleteOrganization" },
  ],
};
