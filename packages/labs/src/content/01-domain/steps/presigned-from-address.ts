/** 1.4: Studio opens only from one address, and why that shuts out the VPC. */
import type { Bench } from "../../../bench.ts";
import type { Experiment, Step } from "../../../model.ts";
import { dropLabPolicy, dropLabRole, labRoleName, makeLabRole, putLabPolicy } from "../lab-role.ts";
import { BANK, sagemakerArn, scientist } from "../people.ts";
import { presign } from "../presigned.ts";

const ROLE = "domain-admin";
/** Another address of this machine: to the local cloud it is another client on the internet. */
const ELSEWHERE = { address: "127.0.0.2" };

/** The address that AWS sees us at. */
async function ownAddress(bench: Bench): Promise<string> {
  if (bench.isLocal) return "127.0.0.1";
  const answer = await fetch("https://checkip.amazonaws.com");
  return (await answer.text()).trim();
}

const policy = (resource: string, addresses: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OpenStudioFromTheOffice",
      Effect: "Allow",
      Action: "sagemaker:CreatePresignedDomainUrl",
      Resource: resource,
      Condition: { IpAddress: { "aws:SourceIp": addresses } },
    },
  ],
});

export const presignedFromAddress: Step = {
  id: "1.4",
  title: "Open Studio only from your own address",
  text: `
**The idea.** Where people work from an office or a VPN with a fixed public address, \`aws:SourceIp\` is the simpler door.

**Why it matters, and where it fails.** The key holds the *public* address AWS sees. A request through a VPC endpoint has
none: \`aws:SourceIp\` is absent there, and a private address is in \`aws:VpcSourceIp\`. So a policy on addresses alone shuts
out your own VPC, and a policy written as *Deny unless SourceIp* also stops AWS services that act for you unless it
excepts \`aws:ViaAWSService\`. A range like \`0.0.0.0/0\` matches every address: it looks like a limit and is none.

**What to do.** The role's policy admits \`0.0.0.0/0\`. Narrow it to the address you come from. On the local cloud that is
127.0.0.1; on AWS \`curl https://checkip.amazonaws.com\` prints it.`,
  hint: "`IpAddress` with `aws:SourceIp` takes a single address or a CIDR block; 127.0.0.1/32 is one address, 127.0.0.0/8 is sixteen million.",
  async prepare(bench) {
    await makeLabRole(bench, { name: ROLE });
  },
  task: {
    file: "open-studio-from-address.json",
    goal: "Let the administrator open profiles of the domain `bank` from your own address and from no other.",
    start: policy("*", "0.0.0.0/0"),
    solution: async (bench) =>
      policy(
        sagemakerArn(bench, `user-profile/${await bench.domainId(BANK)}/*`),
        `${await ownAddress(bench)}/32`,
      ),
    apply: (bench, document) => putLabPolicy(bench, ROLE, document),
    remove: (bench) => dropLabPolicy(bench, ROLE),
  },
  async experiments(bench) {
    const as = { role: labRoleName(bench, ROLE) };
    const attempt = await presign(bench, scientist.user);
    const all: Experiment[] = [
      {
        what: "make a presigned URL from your own address",
        as,
        from: "internet",
        attempt,
        expect: "allowed",
        why: "the address is the one the policy names",
      },
      {
        what: "make one from another address",
        as,
        from: ELSEWHERE,
        attempt,
        expect: "denied",
        by: "identity",
        why: "the same credentials from another address are worth nothing",
      },
      {
        what: "make one through the VPC's endpoint",
        as,
        from: "vpc",
        attempt,
        expect: "denied",
        by: "identity",
        why: "through an endpoint `aws:SourceIp` is absent: a condition on a missing key is false",
      },
    ];
    // nobody has a second public address at hand on AWS: there the endpoint shows the same
    return bench.isLocal ? all : all.filter((one) => one.from !== ELSEWHERE);
  },
  undo: (bench) => dropLabRole(bench, ROLE),
};
