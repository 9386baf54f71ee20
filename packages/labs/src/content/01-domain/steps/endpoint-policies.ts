/** 1.16 and 1.17: policies on the endpoints themselves. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { keepPolicy, restorePolicy, setPolicy } from "../endpoints.ts";
import {
  arnOfRole,
  BANK,
  engineer,
  engineerRole,
  RESEARCH,
  researcher,
  sagemakerArn,
  scientist,
} from "../people.ts";
import { presign } from "../presigned.ts";

/** What an endpoint has when nobody wrote a policy. */
const everything = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
};

const readVpcId = (bench: Bench) =>
  call("ssm", "GetParameter", { Name: `/sagekeep/${bench.platform}/vpc-id` });

export const parameterEndpoint: Step = {
  id: "1.16",
  title: "An endpoint for one role only",
  text: `
**The idea.** An endpoint has a policy of its own. It grants nothing: a request must be allowed by the caller's policies
**and** pass the endpoint's. So it is the place for rules about *the network door*, independent of who writes role policies.

**Two traps.**

- Without a policy an endpoint admits everything: AWS's default document says \`*\` three times. An endpoint for the sake of
  a route is no control.
- An *interface* endpoint's policy may name roles as \`Principal\`. A *gateway* endpoint's (S3, DynamoDB) must say
  \`"Principal": "*"\` and name them in a condition on \`aws:PrincipalArn\`; the account there means its root user only. Writing
  the condition form everywhere avoids thinking about it.

**What to do.** The policy of the \`ssm\` endpoint in your file is the default. Let only the MLOps engineer's role
(\`workshop-team-b-mlops\`) read the platform's parameters through it. The scientist's own policy still allows the call:
watch which layer refuses it.`,
  hint: '`Allow`, `Principal: "*"`, `ssm:GetParameter*`, and `ArnEquals` on `aws:PrincipalArn` with the *role\'s* ARN. The key holds the role also for its sessions; an assumed-role ARN never matches it.',
  prepare: (bench) => keepPolicy(bench, "ssm"),
  task: {
    file: "endpoint-ssm.json",
    goal: "Let only the role `workshop-team-b-mlops` read the platform's parameters through the `ssm` endpoint.",
    start: everything,
    solution: (bench) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyTheEngineer",
          Effect: "Allow",
          Principal: "*",
          Action: "ssm:GetParameter*",
          Resource: `arn:aws:ssm:${bench.region}:${bench.account}:parameter/sagekeep/${bench.platform}/*`,
          Condition: { ArnEquals: { "aws:PrincipalArn": arnOfRole(bench, engineerRole(bench)) } },
        },
      ],
    }),
    apply: (bench, document) => setPolicy(bench, "ssm", document),
    remove: (bench) => restorePolicy(bench, "ssm").then(() => keepPolicy(bench, "ssm")),
  },
  experiments: (bench) => [
    {
      what: "read the VPC's id as the data scientist",
      as: scientist,
      attempt: readVpcId(bench),
      expect: "denied",
      by: "endpoint",
      why: "the role's policy allows it, the endpoint's does not: both must",
    },
    {
      what: "read it as the MLOps engineer",
      as: engineer,
      attempt: readVpcId(bench),
      expect: "allowed",
      why: "the endpoint admits this role",
    },
    {
      what: "read it as the data scientist from outside the VPC",
      as: scientist,
      from: "internet",
      attempt: readVpcId(bench),
      expect: "allowed",
      why: "an endpoint's policy judges what passes the endpoint, nothing else: bind the role to the network as well, as in step 1.2",
    },
    {
      what: "delete a parameter through it as the administrator",
      as: "admin",
      from: "vpc",
      attempt: call("ssm", "DeleteParameter", { Name: `/sagekeep/${bench.platform}/nothing` }),
      expect: "denied",
      by: "endpoint",
      why: "the administrator's rights end at this door too: read the parameters, no more",
    },
  ],
  undo: (bench) => restorePolicy(bench, "ssm"),
};

async function presignInside(
  bench: Bench,
  user: string,
  domain: string,
  rest: Pick<Experiment, "what" | "expect" | "why">,
): Promise<Experiment> {
  const denied = rest.expect === "denied" && ({ by: "endpoint" } as const);
  return { as: "admin", from: "vpc", attempt: await presign(bench, user, domain), ...denied, ...rest };
}

export const sagemakerEndpoint: Step = {
  id: "1.17",
  title: "A door to one domain's profiles only",
  text: `
**The idea.** Two domains share an account, each with a VPC of its own or a shared one. The endpoint \`sagemaker.api\` in
\`bank\`'s network should open Studio for \`bank\`'s profiles and for no others, whoever asks: then not even an administrator's
stolen session opens a colleague's profile of the other domain from here.

**The trap.** The same endpoint serves every other SageMaker call: describing, starting jobs, listing. A policy that only
allows \`CreatePresignedDomainUrl\` on the right profiles shuts all of Studio down. Too narrow is an outage, and outages
get policies removed.

**What to do.** Your file starts with the default policy. Allow presigned URLs for the profiles of domain \`bank\` only, and
leave the other calls on this account's resources alone.`,
  hint: "Either one Allow for everything and a Deny with `NotResource` for that one action, or two Allows, one with `NotAction`. The profile's ARN is `arn:aws:sagemaker:REGION:ACCOUNT:user-profile/DOMAIN-ID/NAME`.",
  prepare: (bench) => keepPolicy(bench, "sagemaker.api"),
  task: {
    file: "endpoint-sagemaker-api.json",
    goal: "Open Studio through this endpoint for profiles of the domain `bank` only; keep every other call working.",
    start: everything,
    solution: async (bench) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOurDomain",
          Effect: "Deny",
          Principal: "*",
          Action: "sagemaker:CreatePresignedDomainUrl",
          NotResource: sagemakerArn(bench, `user-profile/${await bench.domainId(BANK)}/*`),
        },
        {
          Sid: "OwnAccount",
          Effect: "Allow",
          Principal: "*",
          Action: "sagemaker:*",
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalAccount": bench.account } },
        },
      ],
    }),
    apply: (bench, document) => setPolicy(bench, "sagemaker.api", document),
    remove: (bench) => restorePolicy(bench, "sagemaker.api").then(() => keepPolicy(bench, "sagemaker.api")),
  },
  async experiments(bench) {
    const DomainId = await bench.domainId(BANK);
    return [
      await presignInside(bench, scientist.user, BANK, {
        what: "make a presigned URL for a profile of this domain",
        expect: "allowed",
        why: "the door is for this domain",
      }),
      await presignInside(bench, engineer.user, BANK, {
        what: "and for another of its profiles",
        expect: "allowed",
        why: "all of its profiles, not one",
      }),
      await presignInside(bench, researcher.user, RESEARCH, {
        what: "make one for a profile of the other domain",
        expect: "denied",
        why: "an administrator may do it, the endpoint may not carry it",
      }),
      {
        what: "describe the own domain from Studio",
        as: scientist,
        attempt: call("sagemaker", "DescribeDomain", { DomainId }),
        expect: "allowed",
        why: "Studio needs the rest of the API",
      },
      {
        what: "list processing jobs from Studio",
        as: engineer,
        attempt: call("sagemaker", "ListProcessingJobs", {}),
        expect: "allowed",
        why: "lists have no resource: a policy on ARNs alone would shut them out",
      },
    ];
  },
  undo: (bench) => restorePolicy(bench, "sagemaker.api"),
};
