import type { Lifecycle } from "../lifecycle.ts";

const template = (value: string) =>
  JSON.stringify({
    Resources: {
      P: { Type: "AWS::SSM::Parameter", Properties: { Name: "/of/stack", Type: "String", Value: value } },
    },
    Outputs: { Name: { Value: { Ref: "P" } } },
  });

export const cloudformation: Lifecycle = {
  service: "cloudformation",
  calls: [
    { call: "ValidateTemplate", with: { TemplateBody: "{}" }, fails: "ValidationError" },
    {
      call: "CreateStack",
      with: { StackName: "life", TemplateBody: template("1") },
      keep: { stack: "StackId" },
    },
    {
      call: "DescribeStacks",
      with: { StackName: "life" },
      expect: { "Stacks.0.StackStatus": "CREATE_COMPLETE", "Stacks.0.Outputs.0.OutputValue": "/of/stack" },
      waits: true,
    },
    {
      call: "UpdateStack",
      with: { StackName: "life", TemplateBody: template("1") },
      fails: "ValidationError",
    },
    {
      call: "CreateChangeSet",
      with: { StackName: "life", ChangeSetName: "two", TemplateBody: template("2") },
      keep: { set: "Id" },
    },
    {
      call: "DescribeChangeSet",
      with: { ChangeSetName: "${set}" },
      expect: { Status: "CREATE_COMPLETE", "Changes.0.ResourceChange.Action": "Modify" },
      waits: true,
    },
    { call: "ExecuteChangeSet", with: { ChangeSetName: "${set}" } },
    {
      call: "DescribeStacks",
      with: { StackName: "life" },
      expect: { "Stacks.0.StackStatus": "UPDATE_COMPLETE" },
      waits: true,
    },
    { call: "DeleteStack", with: { StackName: "life" } },
    {
      call: "DescribeStacks",
      with: { StackName: "${stack}" },
      expect: { "Stacks.0.StackStatus": "DELETE_COMPLETE" },
      waits: true,
    },
    { call: "DescribeStacks", with: { StackName: "life" }, fails: "ValidationError" },
  ],
};
