import type { Lifecycle } from "../lifecycle.ts";

const allow = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

export const iam: Lifecycle = {
  service: "iam",
  calls: [
    {
      call: "CreateRole",
      with: {
        RoleName: "studio",
        Path: "/team/",
        AssumeRolePolicyDocument: trust,
        Tags: [{ Key: "team", Value: "a" }],
      },
      keep: { role: "Role.Arn" },
      expect: { "Role.Arn": "arn:aws:iam::111122223333:role/team/studio", "Role.MaxSessionDuration": null },
    },
    {
      call: "CreateRole",
      with: { RoleName: "studio", AssumeRolePolicyDocument: trust },
      fails: "EntityAlreadyExists",
    },
    {
      call: "CreatePolicy",
      with: { PolicyName: "read", PolicyDocument: allow("s3:GetObject") },
      keep: { policy: "Policy.Arn" },
      expect: { "Policy.DefaultVersionId": "v1", "Policy.AttachmentCount": 0 },
    },
    {
      call: "CreatePolicy",
      with: { PolicyName: "odd", PolicyDocument: "{}" },
      fails: "MalformedPolicyDocument",
    },
    { call: "AttachRolePolicy", with: { RoleName: "studio", PolicyArn: "${policy}" } },
    {
      call: "PutRolePolicy",
      with: { RoleName: "studio", PolicyName: "own", PolicyDocument: allow("sagemaker:List*") },
    },
    {
      call: "ListAttachedRolePolicies",
      with: { RoleName: "studio" },
      expect: { "AttachedPolicies.0.PolicyArn": "${policy}", IsTruncated: false },
    },
    {
      call: "SimulatePrincipalPolicy",
      with: { PolicySourceArn: "${role}", ActionNames: ["s3:GetObject"] },
      expect: { "EvaluationResults.0.EvalDecision": "allowed" },
    },
    { call: "DeletePolicy", with: { PolicyArn: "${policy}" }, fails: "DeleteConflict" },
    { call: "DetachRolePolicy", with: { RoleName: "studio", PolicyArn: "${policy}" } },
    { call: "DeletePolicy", with: { PolicyArn: "${policy}" } },
    { call: "DeleteRolePolicy", with: { RoleName: "studio", PolicyName: "own" } },
    { call: "DeleteRole", with: { RoleName: "studio" } },
    { call: "GetRole", with: { RoleName: "studio" }, fails: "NoSuchEntity" },
  ],
};
