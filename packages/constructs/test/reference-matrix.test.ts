/** The labs' questions, put to the engine with the policies of the reference platform's templates. */

import { readFileSync } from "node:fs";
import { parsePlatform } from "@sagekeep/spec";
import { beforeAll, describe, expect, test } from "vitest";
import { synthesize } from "../src/index.ts";
import { type Ask, SyntheticAccount } from "./synthetic-account.ts";

const platform = parsePlatform(
  readFileSync(new URL("../../../examples/bank-marketing/platform.yaml", import.meta.url), "utf8"),
);
const SCIENTIST = "bank-marketing-team-a-data-scientist";
const MLOPS = "bank-marketing-team-b-mlops";
const R = "arn:aws:sagemaker:us-east-1:111122223333";
const BUCKET = "arn:aws:s3:::bank-marketing-marketing-111122223333-us-east-1";
const DEFAULT = "arn:aws:s3:::sagemaker-us-east-1-111122223333";
let account: SyntheticAccount;
beforeAll(async () => {
  account = new SyntheticAccount(platform, await synthesize(platform));
});

type Row = [string, Ask | (() => Ask), "A" | "D" | "explicit"];

function rows(name: string, all: Row[]) {
  describe(name, () => {
    test.each(all)("%s", (_, ask, expected) => {
      const decision = account.decide(typeof ask === "function" ? ask() : ask);
      const shown = decision.allowed
        ? "A"
        : expected === "explicit" && decision.outcome === "ExplicitlyDenied"
          ? "explicit"
          : "D";
      expect(shown).toBe(expected);
    });
  });
}

const exported = (name: string) => account.exports[`bank-marketing:${name}`]!;
const domain = () => `${R}:domain/${exported("domain:bank:Id")}`;

/** A job as the platform wants it; `change` takes keys away (undefined) or replaces them. */
function job(
  as: string,
  change: Record<string, string | readonly string[] | undefined> = {},
  tags: Record<string, string> = { team: as === SCIENTIST ? "team-a" : "team-b" },
  action = "CreateProcessingJob",
): Ask {
  const context: Record<string, string | readonly string[] | undefined> = {
    "sagemaker:InstanceTypes": ["ml.m5.large"],
    "sagemaker:VpcSubnets": [exported("network:PrivateSubnet1"), exported("network:PrivateSubnet2")],
    "sagemaker:VpcSecurityGroupIds": [exported("network:JobGroup")],
    "sagemaker:VolumeKmsKeyArn": exported("keys:jobs"),
    "sagemaker:InterContainerTrafficEncryption": "true",
    "sagemaker:NetworkIsolation": "false",
    ...change,
  };
  const kinds: Record<string, string> = {
    CreateProcessingJob: "processing-job",
    CreateTrainingJob: "training-job",
  };
  return {
    as,
    action: `sagemaker:${action}`,
    resource: `${R}:${kinds[action] ?? "x"}/team-a-1`,
    requestTags: tags,
    context: Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
  };
}

rows("lab 1", [
  [
    "1.7 describe-parameters",
    { as: SCIENTIST, action: "ssm:DescribeParameters", resource: "arn:aws:ssm:us-east-1:111122223333:*" },
    "D",
  ],
  [
    "1.9 create-user-profile",
    () => ({
      as: SCIENTIST,
      action: "sagemaker:CreateUserProfile",
      resource: `${domain().replace("domain/", "user-profile/")}/x`,
    }),
    "explicit",
  ],
  [
    "1.9 delete-domain",
    () => ({ as: MLOPS, action: "sagemaker:DeleteDomain", resource: domain() }),
    "explicit",
  ],
  [
    "1.9 delete-user-profile",
    () => ({
      as: MLOPS,
      action: "sagemaker:DeleteUserProfile",
      resource: `${domain().replace("domain/", "user-profile/")}/x`,
    }),
    "explicit",
  ],
  [
    "1.9 create-notebook-instance",
    { as: MLOPS, action: "sagemaker:CreateNotebookInstance", resource: `${R}:notebook-instance/x` },
    "explicit",
  ],
  ["1.9 list-notebook-instances", { as: SCIENTIST, action: "sagemaker:ListNotebookInstances" }, "explicit"],
  [
    "1.10 describe-domain, scientist",
    () => ({ as: SCIENTIST, action: "sagemaker:DescribeDomain", resource: domain() }),
    "A",
  ],
  [
    "1.10 describe-domain, mlops",
    () => ({ as: MLOPS, action: "sagemaker:DescribeDomain", resource: domain() }),
    "A",
  ],
  ["1.11 search-products, scientist", { as: SCIENTIST, action: "servicecatalog:SearchProducts" }, "D"],
  ["1.11 search-products, mlops", { as: MLOPS, action: "servicecatalog:SearchProducts" }, "A"],
  [
    "1.15 get-parameter",
    {
      as: SCIENTIST,
      action: "ssm:GetParameter",
      resource: "arn:aws:ssm:us-east-1:111122223333:parameter/sagekeep/bank-marketing/vpc-id",
    },
    "A",
  ],
  [
    "1.6 open a colleague's Studio",
    () => ({
      as: SCIENTIST,
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${domain().replace("domain/", "user-profile/")}/user2-mlops`,
    }),
    "explicit",
  ],
  [
    "pass the own job role",
    {
      as: SCIENTIST,
      action: "iam:PassRole",
      resource: "arn:aws:iam::111122223333:role/bank-marketing-team-a-processing-job",
      context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    },
    "A",
  ],
  [
    "pass it to EC2",
    {
      as: SCIENTIST,
      action: "iam:PassRole",
      resource: "arn:aws:iam::111122223333:role/bank-marketing-team-a-processing-job",
      context: { "iam:PassedToService": "ec2.amazonaws.com" },
    },
    "D",
  ],
  [
    "1.21 pass the other team's role",
    {
      as: SCIENTIST,
      action: "iam:PassRole",
      resource: `arn:aws:iam::111122223333:role/${MLOPS}`,
      context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    },
    "D",
  ],
  [
    "pass the own execution role",
    {
      as: SCIENTIST,
      action: "iam:PassRole",
      resource: `arn:aws:iam::111122223333:role/${SCIENTIST}`,
      context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    },
    "D",
  ],
]);

rows("signing in", [
  [
    "own profile, inside",
    () => ({
      as: "bank-marketing-sign-in",
      sessionTags: { user: "user1-data-scientist" },
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${domain().replace("domain/", "user-profile/")}/user1-data-scientist`,
      resourceTags: { platform: "bank-marketing" },
    }),
    "A",
  ],
  [
    "own profile, outside",
    () => ({
      as: "bank-marketing-sign-in",
      from: "outside",
      sessionTags: { user: "user1-data-scientist" },
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${domain().replace("domain/", "user-profile/")}/user1-data-scientist`,
      resourceTags: { platform: "bank-marketing" },
    }),
    "explicit",
  ],
  [
    "a colleague's",
    () => ({
      as: "bank-marketing-sign-in",
      sessionTags: { user: "user1-data-scientist" },
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${domain().replace("domain/", "user-profile/")}/user2-mlops`,
      resourceTags: { platform: "bank-marketing" },
    }),
    "D",
  ],
  [
    "without a user tag",
    () => ({
      as: "bank-marketing-sign-in",
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${domain().replace("domain/", "user-profile/")}/user2-mlops`,
      resourceTags: { platform: "bank-marketing" },
    }),
    "D",
  ],
]);

rows("lab 2: data", [
  ["2.4 list all buckets", { as: SCIENTIST, action: "s3:ListAllMyBuckets" }, "D"],
  ["2.5 list the intended bucket", { as: SCIENTIST, action: "s3:ListBucket", resource: BUCKET }, "A"],
  [
    "2.5 from outside",
    { as: SCIENTIST, action: "s3:ListBucket", resource: BUCKET, from: "outside" },
    "explicit",
  ],
  ["read it", { as: SCIENTIST, action: "s3:GetObject", resource: `${BUCKET}/bank.csv` }, "A"],
  [
    "2.2 over plain HTTP",
    {
      as: SCIENTIST,
      action: "s3:PutObject",
      resource: `${BUCKET}/x`,
      context: { "aws:SecureTransport": "false" },
    },
    "explicit",
  ],
  [
    "2.2 with another encryption",
    {
      as: SCIENTIST,
      action: "s3:PutObject",
      resource: `${BUCKET}/x`,
      context: { "s3:x-amz-server-side-encryption": "AES256" },
    },
    "explicit",
  ],
  [
    "2.2 with another key",
    {
      as: SCIENTIST,
      action: "s3:PutObject",
      resource: `${BUCKET}/x`,
      context: {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/other",
      },
    },
    "explicit",
  ],
  [
    "with the right key",
    () => ({
      as: SCIENTIST,
      action: "s3:PutObject",
      resource: `${BUCKET}/x`,
      context: {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": exported("keys:data"),
      },
    }),
    "A",
  ],
  [
    "without headers: default encryption",
    { as: SCIENTIST, action: "s3:PutObject", resource: `${BUCKET}/x` },
    "A",
  ],
  [
    "with a customer's own key",
    {
      as: SCIENTIST,
      action: "s3:PutObject",
      resource: `${BUCKET}/x`,
      context: { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" },
    },
    "explicit",
  ],
  ["2.3 decrypt", () => ({ as: SCIENTIST, action: "kms:Decrypt", resource: exported("keys:data") }), "A"],
  [
    "2.3 outside the endpoint",
    () => ({ as: SCIENTIST, action: "kms:Decrypt", resource: exported("keys:data"), from: "outside" }),
    "explicit",
  ],
  [
    "2.3 by S3 for the caller",
    () => ({
      as: SCIENTIST,
      action: "kms:Decrypt",
      resource: exported("keys:data"),
      from: "outside",
      context: { "aws:ViaAWSService": "true" },
    }),
    "A",
  ],
  [
    "2.3 by a role the key does not name",
    () => ({ as: "bank-marketing-bank-default", action: "kms:Decrypt", resource: exported("keys:data") }),
    "D",
  ],
  ["2.6 another bucket", { as: SCIENTIST, action: "s3:ListBucket", resource: "arn:aws:s3:::other" }, "D"],
  ["2.6 make a bucket", { as: SCIENTIST, action: "s3:CreateBucket", resource: "arn:aws:s3:::other" }, "D"],
  [
    "2.7 break glass from outside",
    {
      as: "bank-marketing-break-glass",
      action: "s3:GetObject",
      resource: `${BUCKET}/bank.csv`,
      from: "outside",
    },
    "A",
  ],
  [
    "load from outside",
    {
      as: "bank-marketing-data-loader",
      action: "s3:PutObject",
      resource: `${BUCKET}/bank.csv`,
      from: "outside",
    },
    "A",
  ],
  [
    "the loader reads nothing",
    {
      as: "bank-marketing-data-loader",
      action: "s3:GetObject",
      resource: `${BUCKET}/bank.csv`,
      from: "outside",
    },
    "D",
  ],
  [
    "2.9 own access point",
    {
      as: SCIENTIST,
      action: "s3:GetObject",
      resource: "arn:aws:s3:us-east-1:111122223333:accesspoint/bank-marketing-marketing-team-a/object/x",
    },
    "A",
  ],
  [
    "2.9 another team's access point",
    {
      as: MLOPS,
      action: "s3:GetObject",
      resource: "arn:aws:s3:us-east-1:111122223333:accesspoint/bank-marketing-marketing-team-a/object/x",
    },
    "D",
  ],
  ["other team's data", { as: MLOPS, action: "s3:GetObject", resource: `${BUCKET}/bank.csv` }, "D"],
  [
    "own folder of the default bucket",
    { as: MLOPS, action: "s3:PutObject", resource: `${DEFAULT}/team-b/x` },
    "A",
  ],
  ["another folder", { as: MLOPS, action: "s3:GetObject", resource: `${DEFAULT}/team-a/x` }, "explicit"],
  [
    "a job of the team reads",
    { as: "bank-marketing-team-a-training-job", action: "s3:GetObject", resource: `${BUCKET}/bank.csv` },
    "A",
  ],
  [
    "a job of the other team",
    { as: "bank-marketing-team-b-training-job", action: "s3:GetObject", resource: `${BUCKET}/bank.csv` },
    "D",
  ],
]);

rows("lab 2: isolation by tag", [
  [
    "2.10 tag own job with own team",
    {
      as: SCIENTIST,
      action: "sagemaker:AddTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      requestTags: { team: "team-a" },
    },
    "A",
  ],
  [
    "2.10 add another key",
    {
      as: SCIENTIST,
      action: "sagemaker:AddTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      requestTags: { project: "p" },
    },
    "A",
  ],
  [
    "2.10 tag it with the other team",
    {
      as: SCIENTIST,
      action: "sagemaker:AddTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      requestTags: { team: "team-b" },
    },
    "explicit",
  ],
  [
    "a second spelling of the tag",
    {
      as: SCIENTIST,
      action: "sagemaker:AddTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      requestTags: { Team: "team-a" },
    },
    "explicit",
  ],
  ["2.11 job without a tag", () => job(SCIENTIST, {}, {}), "D"],
  ["2.11 job with another key", () => job(SCIENTIST, {}, { project: "p" }), "D"],
  ["2.11 job with another team", () => job(SCIENTIST, {}, { team: "team-b" }), "explicit"],
  ["2.11 job with the own team", () => job(SCIENTIST), "A"],
  [
    "2.12 describe own job",
    {
      as: SCIENTIST,
      action: "sagemaker:DescribeProcessingJob",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
    },
    "A",
  ],
  [
    "2.12 stop own job",
    {
      as: SCIENTIST,
      action: "sagemaker:StopProcessingJob",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
    },
    "A",
  ],
  [
    "2.12 describe another team's job",
    {
      as: SCIENTIST,
      action: "sagemaker:DescribeProcessingJob",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-b" },
    },
    "D",
  ],
  [
    "2.12 stop another team's job",
    {
      as: SCIENTIST,
      action: "sagemaker:StopProcessingJob",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-b" },
    },
    "D",
  ],
  [
    "2.13 retag another team's job",
    {
      as: SCIENTIST,
      action: "sagemaker:AddTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-b" },
      requestTags: { team: "team-a" },
    },
    "explicit",
  ],
  [
    "2.13 untag another team's job",
    {
      as: SCIENTIST,
      action: "sagemaker:DeleteTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-b" },
      context: { "aws:TagKeys": ["team"] },
    },
    "explicit",
  ],
  [
    "2.13 take the team off own job",
    {
      as: SCIENTIST,
      action: "sagemaker:DeleteTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      context: { "aws:TagKeys": ["team"] },
    },
    "explicit",
  ],
  [
    "2.13 take another tag off own job",
    {
      as: SCIENTIST,
      action: "sagemaker:DeleteTags",
      resource: `${R}:processing-job/x`,
      resourceTags: { team: "team-a" },
      context: { "aws:TagKeys": ["project"] },
    },
    "A",
  ],
  ["2.14 list all jobs", { as: SCIENTIST, action: "sagemaker:ListProcessingJobs" }, "A"],
]);

rows("lab 3: logs", [
  [
    "3.1 find groups",
    {
      as: SCIENTIST,
      action: "logs:DescribeLogGroups",
      resource: "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/studio",
    },
    "A",
  ],
  [
    "3.1 find streams",
    {
      as: SCIENTIST,
      action: "logs:DescribeLogStreams",
      resource: "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/studio",
    },
    "A",
  ],
  [
    "3.3 own domain's stream",
    () => ({
      as: SCIENTIST,
      action: "logs:GetLogEvents",
      resource: `arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/studio:log-stream:${exported("domain:bank:Id")}/u/JupyterLab/default`,
    }),
    "A",
  ],
  [
    "3.3 another domain's stream",
    {
      as: SCIENTIST,
      action: "logs:GetLogEvents",
      resource:
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/studio:log-stream:d-other/u/JupyterLab/default",
    },
    "D",
  ],
]);

rows("lab 3: controls", [
  ["as asked", () => job(MLOPS), "A"],
  [
    "3.6 no VPC",
    () => job(SCIENTIST, { "sagemaker:VpcSubnets": undefined, "sagemaker:VpcSecurityGroupIds": undefined }),
    "explicit",
  ],
  ["3.7 subnets only", () => job(SCIENTIST, { "sagemaker:VpcSecurityGroupIds": undefined }), "explicit"],
  ["3.7 groups only", () => job(SCIENTIST, { "sagemaker:VpcSubnets": undefined }), "explicit"],
  [
    "3.8 a subnet that is not ours",
    () => job(SCIENTIST, { "sagemaker:VpcSubnets": [exported("network:PrivateSubnet1"), "subnet-other"] }),
    "explicit",
  ],
  [
    "a group that is not ours",
    () => job(SCIENTIST, { "sagemaker:VpcSecurityGroupIds": ["sg-other"] }),
    "explicit",
  ],
  ["2.1 no key", () => job(SCIENTIST, { "sagemaker:VolumeKmsKeyArn": undefined }), "explicit"],
  [
    "2.1 another key",
    () => job(SCIENTIST, { "sagemaker:VolumeKmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/other" }),
    "explicit",
  ],
  [
    "3.9 instance type off the list",
    () => job(SCIENTIST, { "sagemaker:InstanceTypes": ["ml.p4d.24xlarge"] }),
    "explicit",
  ],
  [
    "3.9 one of two off the list",
    () => job(SCIENTIST, { "sagemaker:InstanceTypes": ["ml.m5.large", "ml.p4d.24xlarge"] }),
    "explicit",
  ],
  [
    "3.9 plain traffic",
    () => job(SCIENTIST, { "sagemaker:InterContainerTrafficEncryption": "false" }),
    "explicit",
  ],
  [
    "3.9 traffic not mentioned",
    () => job(SCIENTIST, { "sagemaker:InterContainerTrafficEncryption": undefined }),
    "explicit",
  ],
  ["training as asked", () => job(SCIENTIST, {}, { team: "team-a" }, "CreateTrainingJob"), "A"],
]);
