/** A policy of a wrong shape is refused where it is given, in AWS's words, and never makes a later decision fail. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { compiled } from "./compiled.ts";

let cloud: Cloud;
const failures: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud({ onError: (error) => failures.push(error) });
});
afterAll(() => cloud.close());

const good = {
  Effect: "Allow",
  Principal: { AWS: "111122223333" },
  Action: "*",
  Resource: "*",
};
const statements: unknown[] = [
  null,
  "text",
  7,
  [],
  [null],
  [[good]],
  ["Allow"],
  { ...good, Effect: "Maybe" },
  { ...good, Effect: ["Allow"] },
  { ...good, Effect: undefined },
  { ...good, Action: undefined },
  { ...good, Action: { s3: "*" } },
  { ...good, Action: [1] },
  { ...good, Action: [["*"]] },
  { ...good, Action: null },
  { ...good, Resource: { a: 1 } },
  { ...good, Resource: [null] },
  { ...good, Principal: 5 },
  { ...good, Principal: { AWS: 5 } },
  { ...good, Principal: { AWS: [{}] } },
  { ...good, Principal: { AWS: null } },
  { ...good, Principal: null },
  { ...good, Principal: [] },
  { ...good, Condition: "x" },
  { ...good, Condition: null },
  { ...good, Condition: [] },
  { ...good, Condition: { StringEquals: "x" } },
  { ...good, Condition: { StringEquals: null } },
  { ...good, Condition: { StringEquals: { "aws:a": { b: 1 } } } },
  { ...good, Condition: { StringEquals: { "aws:a": null } } },
  { ...good, Condition: { StringEquals: { "aws:a": [["b"]] } } },
  { ...good, Condition: { __proto__: null, toString: { a: "b" } } },
  { ...good, Condition: { Bool: { "aws:SecureTransport": [[]] } } },
];
const documents = [
  "",
  "{",
  "null",
  "[]",
  '"text"',
  "1",
  "{}",
  ...statements.map((Statement) => JSON.stringify({ Version: "2012-10-17", Statement })),
  JSON.stringify({ Version: 1, Statement: good }),
  JSON.stringify({ Version: "2012-10-17", Id: 5, Statement: good }),
];

/** Where policies come in: how one is given, and a call that is decided with it. */
const doors: Record<string, () => Promise<[(document: string) => Promise<unknown>, () => Promise<unknown>]>> =
  {
    async s3() {
      await cloud.call("s3", "CreateBucket", { Bucket: "policy-bucket" });
      return [
        (Policy) => cloud.call("s3", "PutBucketPolicy", { Bucket: "policy-bucket", Policy }),
        () => cloud.call("s3", "ListObjectsV2", { Bucket: "policy-bucket" }),
      ];
    },
    async kms() {
      const { KeyMetadata } = await cloud.call("kms", "CreateKey", {});
      const { KeyId } = KeyMetadata;
      return [
        (Policy) => cloud.call("kms", "PutKeyPolicy", { KeyId, Policy }),
        () => cloud.call("kms", "DescribeKey", { KeyId }),
      ];
    },
    async efs() {
      const { FileSystemId } = await cloud.call("efs", "CreateFileSystem", { CreationToken: "t" });
      return [
        (Policy) =>
          cloud.call("efs", "PutFileSystemPolicy", {
            FileSystemId,
            Policy,
            BypassPolicyLockoutSafetyCheck: true,
          }),
        () => cloud.call("efs", "DescribeFileSystemPolicy", { FileSystemId }).catch(notFound),
      ];
    },
    async ecr() {
      await cloud.call("ecr", "CreateRepository", { repositoryName: "images" });
      return [
        (policyText) => cloud.call("ecr", "SetRepositoryPolicy", { repositoryName: "images", policyText }),
        () => cloud.call("ecr", "ListImages", { repositoryName: "images" }),
      ];
    },
    async logs() {
      await cloud.call("cloudwatch-logs", "CreateLogGroup", { logGroupName: "g" });
      return [
        (policyDocument) =>
          cloud.call("cloudwatch-logs", "PutResourcePolicy", { policyName: "p", policyDocument }),
        () =>
          cloud.call("cloudwatch-logs", "CreateLogStream", {
            logGroupName: "g",
            logStreamName: `s${Math.random()}`,
          }),
      ];
    },
    async role() {
      const AssumeRolePolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
      });
      const { Role } = await cloud.call("iam", "CreateRole", { RoleName: "r", AssumeRolePolicyDocument });
      const assume = () =>
        cloud.call("iam", "SimulatePrincipalPolicy", {
          PolicySourceArn: Role.Arn,
          ActionNames: ["s3:GetObject"],
        });
      return [
        (PolicyDocument) =>
          cloud.call("iam", "PutRolePolicy", { RoleName: "r", PolicyName: "p", PolicyDocument }),
        assume,
      ];
    },
    async trust() {
      const AssumeRolePolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
      });
      await cloud.call("iam", "CreateRole", { RoleName: "t", AssumeRolePolicyDocument });
      return [
        (PolicyDocument) => cloud.call("iam", "UpdateAssumeRolePolicy", { RoleName: "t", PolicyDocument }),
        () => cloud.call("iam", "GetRole", { RoleName: "t" }),
      ];
    },
    async endpoint() {
      const { Vpc } = await cloud.call("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
      const { VpcEndpoint } = await cloud.call("ec2", "CreateVpcEndpoint", {
        VpcId: Vpc.VpcId,
        ServiceName: "com.amazonaws.us-east-1.s3",
      });
      const { VpcEndpointId } = VpcEndpoint;
      return [
        (PolicyDocument) =>
          cloud.call("ec2", "ModifyVpcEndpoint", { VpcEndpointId, PolicyDocument: PolicyDocument || "x" }),
        () => cloud.call("ec2", "DescribeVpcEndpoints", { VpcEndpointIds: [VpcEndpointId] }),
      ];
    },
    async scp() {
      await cloud.call("organizations", "CreateOrganization", { FeatureSet: "ALL" });
      let made = 0;
      return [
        (Content) =>
          cloud.call("organizations", "CreatePolicy", {
            Content,
            Name: `p${made++}`,
            Description: "",
            Type: "SERVICE_CONTROL_POLICY",
          }),
        () => cloud.call("organizations", "ListRoots", {}),
      ];
    },
  };

const notFound = (error: { code?: string }): void => {
  if (!/NotFound/.test(error.code ?? "")) throw error;
};

it.each(Object.keys(doors))("%s refuses what is no policy and decides on", async (name) => {
  const [give, use] = await (doors[name] as (typeof doors)[string])();
  let refused = 0;
  for (const document of documents) {
    const problem = await give(document).then(
      () => undefined,
      (error: { code?: string; status?: number }) => error,
    );
    if (problem) {
      refused++;
      // an AWS error by name, not an accident
      expect(problem.code, `${document}: ${problem}`).toMatch(
        /Malformed|InvalidPolicy|InvalidParameter|Validation/,
      );
    }
    await use().catch((error: { code?: string }) => {
      // what was kept may allow nothing, but it decides
      if (!/AccessDenied/.test(error.code ?? "")) throw error;
    });
  }
  expect(refused).toBeGreaterThan(documents.length - 12);
  expect(failures).toEqual([]);
});

it("a document that cannot be read allows nothing", () => {
  const policy = compiled(
    { name: "old", document: '{"Statement":[{"Effect":"Allow","Action":5}]}' },
    "resource",
  );
  expect(JSON.stringify(policy.document ?? policy)).toContain("Deny");
});
