/** Row 3.12: what no account of the organization does, its administrators included. */
import { attempt, Clients } from "@sagekeep/toolkit";
import { awsCommand } from "../../../command-text.ts";
import { type Actor, type Call, call, type Experiment, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import {
  attachGuardrails,
  closeOrganization,
  detachGuardrails,
  memberAccount,
  memberAdmin,
  openOrganization,
  SANDBOX,
} from "./member-account.ts";

/** Nothing of these names exists anywhere: what is let through fails later, and makes nothing. */
const NOWHERE = {
  subnet: "subnet-0123456789abcdef0",
  vpc: "vpc-0123456789abcdef0",
  domain: "d-sagekeeplab3",
};
const OTHER_REGION = "eu-west-1";
const TRAIL = "organization-trail";

const deny = (Sid: string, Action: string | string[], Condition?: object) => ({
  Sid,
  Effect: "Deny",
  Action,
  Resource: "*",
  ...(Condition && { Condition }),
});

const solution = {
  Version: "2012-10-17",
  Statement: [
    deny("OnlyVpcOnly", "sagemaker:CreateDomain", {
      StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
    }),
    deny("DomainNeedsSubnets", "sagemaker:CreateDomain", { Null: { "sagemaker:VpcSubnets": "true" } }),
    deny("NeverBackToPublic", "sagemaker:UpdateDomain", {
      StringNotEqualsIfExists: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
      Null: { "sagemaker:AppNetworkAccessType": "false" },
    }),
    deny("NoDirectInternet", "sagemaker:CreateNotebookInstance", {
      StringNotEquals: { "sagemaker:DirectInternetAccess": "Disabled" },
    }),
    deny("ApprovedRegions", ["sagemaker:*", "ec2:*", "s3:CreateBucket", "logs:*"], {
      StringNotEquals: { "aws:RequestedRegion": "{{region}}" },
    }),
    deny("KeepTrail", [
      "cloudtrail:DeleteTrail",
      "cloudtrail:PutEventSelectors",
      "cloudtrail:StopLogging",
      "cloudtrail:UpdateTrail",
    ]),
  ],
};

const start = {
  Version: "2012-10-17",
  Statement: [
    deny("OnlyPrivateDomains", "sagemaker:CreateDomain", {
      StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
      Null: { "sagemaker:VpcSubnets": "true" },
    }),
    deny("NoPublicUpdates", "sagemaker:UpdateDomain", {
      StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
    }),
  ],
};

const refused = (what: string, as: Actor, request: Call, why: string): Experiment => ({
  what,
  as,
  attempt: request,
  expect: "denied",
  by: "scp",
  why,
});

/** Let through by every policy, then refused by the service because nothing of that name exists. */
const passes = (what: string, as: Actor, request: Call, code: string, why: string): Experiment => ({
  what,
  as,
  attempt: request,
  expect: "failed",
  code,
  why,
});

const domain = (account: string, more: object): Call => ({
  service: "sagemaker",
  operation: "CreateDomain",
  input: {
    DomainName: "sagekeep-lab3",
    AuthMode: "IAM",
    DefaultUserSettings: { ExecutionRole: `arn:aws:iam::${account}:role/nobody-lab3` },
    VpcId: NOWHERE.vpc,
    ...more,
  },
});

const notebook = (account: string, more: object): Call => ({
  service: "sagemaker",
  operation: "CreateNotebookInstance",
  input: {
    NotebookInstanceName: "sagekeep-lab3",
    InstanceType: "ml.t3.medium",
    RoleArn: `arn:aws:iam::${account}:role/nobody-lab3`,
    SubnetId: NOWHERE.subnet,
    ...more,
  },
});

/** The same caller in another Region. */
function inRegion(as: { role: string }, region: string, request: Call): Experiment["attempt"] {
  return {
    command: `sagekeep lab run --role ${as.role} -- ${awsCommand(request)} --region ${region}`,
    async run(bench) {
      const { target } = await bench.clients(as);
      const clients = new Clients({ ...target, region });
      try {
        return await attempt(clients, request, true);
      } finally {
        clients.close();
      }
    },
  };
}

export const guardrailsStep: Step = {
  id: "3.12",
  title: "Guardrails over whole accounts (assignment 03-03, part 3)",
  text: `## Concept

Everything so far was written inside the account, and whoever administers the account can rewrite it. **Service control policies** stand above: AWS Organizations attaches them to accounts or to folders of accounts, and they bind *every* principal there, its administrators and its root user included. They never grant anything; they only limit. Two are exempt: service-linked roles, and the **management account**, in which for that reason nobody should work.

\`\`\`mermaid
flowchart TD
  R["root of the organization"] --> M["management account<br/>not bound"]
  R --> U["member account"]
  G["guardrails (SCP)"] -. bind .-> U
  U --> A["its administrator"]
  U --> S["Studio users"]
\`\`\`

## What to do

The lab makes an organization of your local account with one member, whose administrator role (\`OrganizationAccountAccessRole\`) you may assume. Edit \`policies/guardrails.json\`, the policy on the member:

1. domains only with \`VpcOnly\` **and** with subnets, and none goes back to public; other updates of domains keep working;
2. notebook instances only without direct internet access;
3. SageMaker, EC2, logs and new buckets in the platform's Region only; global services such as IAM keep working;
4. nobody stops, changes or deletes a trail.

The attempts name subnets, roles and domains that do not exist. What a guardrail lets through is refused later by the service itself ("not found"), so nothing is made; what a guardrail refuses never gets there. This is how one probes a guardrail in production, too.

## The traps in the start

- It joins *not VpcOnly* and *no subnets* in one block: a public domain passes as soon as it names some subnet (3.7 again).
- Its second statement denies **every** update of a domain: an update that does not mention the network has no such key, and \`StringNotEquals\` is true for a missing key. A guardrail that breaks daily work is taken off within a week.

## What to see

Denials name the policy's kind: "with an explicit deny in a service control policy". The member's administrator has \`AdministratorAccess\`, and it does not help.

## On AWS

An AWS account cannot be unmade in a lab. Name a sandbox account of your organization in the environment variable \`${SANDBOX}\`; run the step from the management account. Nothing but the policy is made there.

## What it means

Write guardrails for what nobody may ever do, not for what some may not do; the size limit is 5,120 characters a policy, five policies a target. Sagekeep writes these and more for you: \`guardrails:\` in \`platform.yaml\`. Resource control policies are their counterpart for resources; SageMaker does not support them, S3 and KMS do.`,
  hint: 'One Deny statement per rule. For UpdateDomain add {"Null": {"sagemaker:AppNetworkAccessType": "false"}}, so that only updates that name the network are looked at. For Regions: StringNotEquals on aws:RequestedRegion with {{region}}, and regional services by name.',
  task: {
    file: "guardrails.json",
    kind: "scp",
    goal: "Bind a whole account: private domains, private notebooks, one Region, and a trail that nobody touches.",
    start,
    solution,
    apply: async (bench, document) => attachGuardrails(bench, await fillIn(bench, document)),
    remove: detachGuardrails,
  },
  prepare: openOrganization,
  async experiments(bench) {
    const member = await memberAccount(bench);
    const as = await memberAdmin(bench);
    const subnets = { SubnetIds: [NOWHERE.subnet] };
    const list = call("sagemaker", "ListDomains", {});
    return [
      {
        what: "list domains in our Region",
        as,
        attempt: list,
        expect: "allowed",
        why: "a guardrail leaves daily work alone",
      },
      {
        what: "list the account's roles",
        as,
        attempt: call("iam", "ListRoles", { MaxItems: 1 }),
        expect: "allowed",
        why: "IAM is global",
      },
      refused(
        "make a public domain that names a subnet",
        as,
        domain(member, { ...subnets, AppNetworkAccessType: "PublicInternetOnly" }),
        "a subnet does not make it private",
      ),
      refused(
        "make a domain without a word on its network",
        as,
        domain(member, subnets),
        "public is the default",
      ),
      refused(
        "make a VpcOnly domain without subnets",
        as,
        domain(member, { AppNetworkAccessType: "VpcOnly" }),
        "a private domain needs subnets",
      ),
      passes(
        "make a VpcOnly domain with subnets",
        as,
        domain(member, { ...subnets, AppNetworkAccessType: "VpcOnly" }),
        "ValidationException",
        "no guardrail objects: SageMaker itself finds that role or subnet do not exist",
      ),
      refused(
        "turn a domain public",
        as,
        call("sagemaker", "UpdateDomain", {
          DomainId: NOWHERE.domain,
          AppNetworkAccessType: "PublicInternetOnly",
        }),
        "private once, private for ever",
      ),
      passes(
        "change something else of a domain",
        as,
        call("sagemaker", "UpdateDomain", {
          DomainId: NOWHERE.domain,
          DefaultUserSettings: { SharingSettings: { NotebookOutputOption: "Disabled" } },
        }),
        "ResourceNotFound",
        "it does not touch the network: only the domain is missing",
      ),
      refused(
        "make a notebook instance with direct internet access",
        as,
        notebook(member, { DirectInternetAccess: "Enabled" }),
        "it would stand outside of the VPC's controls",
      ),
      refused(
        "make a notebook instance without a word on it",
        as,
        notebook(member, {}),
        "direct internet access is the default",
      ),
      passes(
        "make a notebook instance without direct internet access",
        as,
        notebook(member, { DirectInternetAccess: "Disabled" }),
        "ValidationException",
        "no guardrail objects: SageMaker itself finds that role or subnet do not exist",
      ),
      {
        what: `list domains in ${OTHER_REGION}`,
        as,
        attempt: inRegion(as, OTHER_REGION, list),
        expect: "denied",
        by: "scp",
        why: "not an approved Region",
      },
      ...(["StopLogging", "DeleteTrail"] as const).map((operation) =>
        refused(
          operation === "StopLogging" ? "stop the trail" : "delete the trail",
          as,
          call("cloudtrail", operation, { Name: TRAIL }),
          "whoever may stop the trail can act unseen",
        ),
      ),
      {
        what: "look at the trails",
        as,
        attempt: call("cloudtrail", "DescribeTrails", {}),
        expect: "allowed",
        why: "looking is no tampering",
      },
    ];
  },
  async undo(bench) {
    const there = await bench.admin.call("organizations", "DescribeOrganization", {}).catch(() => undefined);
    if (there) await detachGuardrails(bench);
    await closeOrganization(bench);
  },
};
