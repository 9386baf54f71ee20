/** 1.2 and 1.3: Studio opens only from inside the VPC, by the administrator's own policy. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { endpointOf } from "../endpoints.ts";
import { dropLabPolicy, dropLabRole, labRoleName, makeLabRole, POLICY, putLabPolicy } from "../lab-role.ts";
import { BANK, RESEARCH, researcher, sagemakerArn, scientist } from "../people.ts";
import { presign } from "../presigned.ts";

const ROLE = "domain-admin";

async function fromVpcOnly(bench: Bench): Promise<object> {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OpenStudioFromOurVpc",
        Effect: "Allow",
        Action: "sagemaker:CreatePresignedDomainUrl",
        Resource: sagemakerArn(bench, `user-profile/${await bench.domainId(BANK)}/*`),
        Condition: { StringEquals: { "aws:SourceVpc": await bench.exported("network:Vpc") } },
      },
    ],
  };
}

async function outsideAndInside(bench: Bench): Promise<Experiment[]> {
  const as = { role: labRoleName(bench, ROLE) };
  return [
    {
      what: "make a presigned URL from outside the VPC",
      as,
      from: "internet",
      attempt: await presign(bench, scientist.user),
      expect: "denied",
      by: "identity",
      why: "a request that did not come through one of our endpoints carries no `aws:SourceVpc`: the condition cannot hold",
    },
    {
      what: "make a presigned URL through the VPC's sagemaker.api endpoint",
      as,
      from: "vpc",
      attempt: await presign(bench, scientist.user),
      expect: "allowed",
      why: "the endpoint adds `aws:SourceVpc`, and it is ours; the caller cannot forge it",
    },
  ];
}

export const presignedFromVpc: Step = {
  id: "1.2",
  title: "Open Studio only from inside the VPC",
  text: `
**The idea.** A presigned URL *is* the sign-in of a domain in IAM mode: whoever opens it works with the profile's
execution role for up to twelve hours. So the call that makes URLs, \`CreatePresignedDomainUrl\`, is the door to lock.

**Why it matters.** An access key that leaks works from everywhere. A policy that names a network turns the leaked key
into a key for a door the thief cannot reach.

**How.** Requests that pass a VPC endpoint carry \`aws:SourceVpc\` (and \`aws:SourceVpce\`). Requests from the internet do
not carry the key at all, and a condition on a missing key is false: an *Allow* with \`StringEquals\` grants nothing there.

**What to do.** The role \`workshop-lab-domain-admin\` stands for you. Its only policy is the file of this step; at first it opens every profile
from everywhere. Let it open profiles of the domain \`bank\`, and only from the platform's VPC.`,
  hint: "One Allow: the action `sagemaker:CreatePresignedDomainUrl`, the resource `arn:aws:sagemaker:REGION:ACCOUNT:user-profile/DOMAIN-ID/*`, the condition `StringEquals` on `aws:SourceVpc`. The VPC's id is an output of the network stack, and the parameter `/sagekeep/workshop/vpc-id`.",
  async prepare(bench) {
    await makeLabRole(bench, { name: ROLE });
  },
  task: {
    file: "open-studio-from-vpc.json",
    goal: "Let the administrator open profiles of the domain `bank`, only from inside the platform's VPC.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OpenStudioFromOurVpc",
          Effect: "Allow",
          Action: "sagemaker:CreatePresignedDomainUrl",
          Resource: "*",
        },
      ],
    },
    solution: fromVpcOnly,
    apply: (bench, document) => putLabPolicy(bench, ROLE, document),
    remove: (bench) => dropLabPolicy(bench, ROLE),
  },
  async experiments(bench) {
    return [
      ...(await outsideAndInside(bench)),
      {
        what: "open a profile of the other domain from inside the VPC",
        as: { role: labRoleName(bench, ROLE) },
        from: "vpc",
        attempt: await presign(bench, researcher.user, RESEARCH),
        expect: "denied",
        by: "identity",
        why: "the resource of this action is the user profile, and its ARN holds the domain's id: name it",
      },
    ];
  },
  undo: (bench) => dropLabRole(bench, ROLE),
};

export const presignedInsideVpc: Step = {
  id: "1.3",
  title: "From inside, by either of two keys",
  text: `
**The idea.** The network position is part of the request, not of the caller: the same role with the same policy is
refused outside and let in through the endpoint. Two keys can say so:

- \`aws:SourceVpc\`: any endpoint of that VPC. Survives an endpoint that is made anew.
- \`aws:SourceVpce\`: exactly this endpoint. Narrower; for when several teams share a VPC.

VPC ids are unique within a Region only. For policies that must hold across Regions AWS now offers \`aws:SourceVpcArn\`
for services that support it.

**What to see.** The policy of step 1.2, solved, is in force. Outside: denied. Inside: allowed. Then the same with the
endpoint's id instead of the VPC's. SageMaker checks the permission of whoever made the URL again when it is opened, and on AWS
for every request and every WebSocket frame of the app: a laptop that leaves the office network loses Studio, not only the
way to open it anew.`,
  hint: "The request leaves from an interface in the first private subnet and reaches SageMaker by the endpoint's private DNS name: no other setting is needed.",
  async prepare(bench) {
    await makeLabRole(bench, { name: ROLE, policy: await fromVpcOnly(bench) });
  },
  async experiments(bench) {
    const [outside, inside] = (await outsideAndInside(bench)) as [Experiment, Experiment];
    const { attempt } = inside;
    const narrow = JSON.stringify(await fromVpcOnly(bench)).replace(
      JSON.stringify({ "aws:SourceVpc": await bench.exported("network:Vpc") }),
      JSON.stringify({ "aws:SourceVpce": (await endpointOf(bench, "sagemaker.api")).id }),
    );
    return [
      outside,
      inside,
      {
        what: "name the endpoint instead of the VPC",
        as: "admin",
        attempt: call("iam", "PutRolePolicy", {
          RoleName: labRoleName(bench, ROLE),
          PolicyName: POLICY,
          PolicyDocument: narrow,
        }),
        expect: "allowed",
        why: "the policy now admits one endpoint",
      },
      { ...inside, attempt, what: "make a presigned URL through that endpoint" },
      { ...outside, what: "and again from outside" },
    ];
  },
  undo: (bench) => dropLabRole(bench, ROLE),
};
