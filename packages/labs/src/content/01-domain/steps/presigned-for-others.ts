/** 1.6: nobody opens a colleague's profile: not from Studio, not through the sign-in role. */
import { Clients } from "@sagekeep/toolkit";
import type { Bench } from "../../../bench.ts";
import { awsCommand } from "../../../command-text.ts";
import { call, type Step } from "../../../model.ts";
import { attemptTo, commandOf } from "../attempt-to.ts";
import { dropLabRole, labRoleName, makeLabRole } from "../lab-role.ts";
import { arnOfRole, BANK, engineer, scientist } from "../people.ts";
import { presign } from "../presigned.ts";

const ANNA = "anna";
const signInRole = (bench: Bench) => arnOfRole(bench, `${bench.platform}-sign-in`);

/** Asks for a URL as Anna does: her own role, then the platform's sign-in role with her name as tag, inside the VPC. */
async function annaOpens(bench: Bench, profile: string, tag: string = scientist.user): Promise<string> {
  const anna = await bench.clients({ role: labRoleName(bench, ANNA) });
  const { Credentials } = await anna.call("sts", "AssumeRole", {
    RoleArn: signInRole(bench),
    RoleSessionName: "anna",
    Tags: [{ Key: "user", Value: tag }],
  });
  const { target } = await bench.clients("admin", "vpc");
  const inside = new Clients({
    ...target,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  });
  try {
    const DomainId = await bench.domainId(BANK);
    await inside.call("sagemaker", "CreatePresignedDomainUrl", { DomainId, UserProfileName: profile });
    return `${profile} opens for Anna`;
  } finally {
    inside.close();
  }
}

export const presignedForOthers: Step = {
  id: "1.6",
  title: "Not a colleague's profile",
  text: `
**The idea.** \`CreatePresignedDomainUrl\` is authorized on the *profile*. A policy with the resource \`*\`, as many examples
have it, lets everybody become everybody: the data scientist opens the MLOps engineer's profile and has her role.

**How the platform does it.** Inside Studio the call is denied explicitly, since a session has no need to open another one.
Outside, people take one role, \`workshop-sign-in\`, whose policy has the resource
\`user-profile/*/\${aws:PrincipalTag/user}\`: one policy for everybody, and the session's own tag decides. The trust policy
lets a principal pass only the tag \`user\` that it carries itself, so Anna cannot call herself by another name.

**What to see.** The role \`workshop-lab-anna\` is Anna's identity in the company, tagged \`user=user1-data-scientist\`. She
opens her own profile, then tries the two ways into her colleague's.`,
  hint: "Nothing to write. Look at the resource of the sign-in role's policy: which part of the ARN comes from the caller, and who puts it there?",
  async prepare(bench) {
    await makeLabRole(bench, {
      name: ANNA,
      tags: { user: scientist.user },
      policy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: signInRole(bench) },
        ],
      },
    });
  },
  async experiments(bench) {
    const DomainId = await bench.domainId(BANK);
    const command = (profile: string, tag: string = scientist.user) => {
      const take = call("sts", "AssumeRole", {
        RoleArn: signInRole(bench),
        RoleSessionName: "anna",
        Tags: [{ Key: "user", Value: tag }],
      });
      const open = call("sagemaker", "CreatePresignedDomainUrl", { DomainId, UserProfileName: profile });
      return `${commandOf(take, { role: labRoleName(bench, ANNA) })}, then as that session inside the VPC: ${awsCommand(open)}`;
    };
    return [
      {
        what: "from Studio, a URL for the colleague's profile",
        as: scientist,
        attempt: await presign(bench, engineer.user),
        expect: "denied",
        by: "identity",
        statement: "DenySignInAsOthers",
        why: "a session inside Studio opens nobody's profile, not even its own",
      },
      {
        what: "through the sign-in role, Anna's own profile",
        as: "admin",
        attempt: attemptTo(command(scientist.user), (on) => annaOpens(on, scientist.user)),
        expect: "allowed",
        why: "the session's tag and the profile's name are the same",
      },
      {
        what: "through the sign-in role, the colleague's profile",
        as: "admin",
        attempt: attemptTo(command(engineer.user), (on) => annaOpens(on, engineer.user)),
        expect: "denied",
        why: "the resource pattern ends with Anna's own name",
      },
      {
        what: "through the sign-in role, with the colleague's name as tag",
        as: "admin",
        attempt: attemptTo(command(engineer.user, engineer.user), (on) =>
          annaOpens(on, engineer.user, engineer.user),
        ),
        expect: "denied",
        why: "the trust policy compares the tag that is passed with the tag the caller carries",
      },
    ];
  },
  undo: (bench) => dropLabRole(bench, ANNA),
};
