/** Row 3.4: the person behind the role. */
import { Clients, signIn } from "@sagekeep/toolkit";
import type { Bench } from "../../../bench.ts";
import { sagekeepCommand } from "../../../command-text.ts";
import { type AttemptResult, call, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { makePracticeRole, practiceRoleName, removePracticeRole } from "../practice.ts";
import { until } from "../waiting.ts";
import { domainId, setIdentity } from "./identity-domain.ts";

const PROFILE = "lab3-analyst";
const ROLE = "analyst";

const trust = (Action: string | string[]) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Studio",
      Effect: "Allow",
      Principal: { Service: "sagemaker.amazonaws.com" },
      Action,
      Condition: { StringEquals: { "aws:SourceAccount": "{{account}}" } },
    },
  ],
});
const START = trust("sts:AssumeRole");

const setTrust = async (bench: Bench, document: string) =>
  bench.admin.call("iam", "UpdateAssumeRolePolicy", {
    RoleName: practiceRoleName(bench, ROLE),
    PolicyDocument: await fillIn(bench, document),
  });

/** Opens Studio as the practice profile and describes the domain from there. */
async function work(bench: Bench): Promise<void> {
  const DomainId = await domainId(bench);
  const session = await signIn(bench.admin, DomainId, PROFILE, { connectTimeout: 1 });
  const inside = new Clients({
    ...bench.admin.target,
    credentials: session.credentials,
    endpoint: session.endpoint,
  });
  try {
    await inside.call("sagemaker", "DescribeDomain", { DomainId });
  } finally {
    inside.close();
  }
}

interface Recorded {
  eventTime?: string;
  userIdentity?: {
    arn?: string;
    sessionContext?: { sourceIdentity?: string; sessionIssuer?: { userName?: string } };
  };
}

/** Events of this step's calls, newest first. On AWS they show up after some minutes. */
async function recorded(bench: Bench): Promise<Recorded[]> {
  const { Events } = await bench.admin.call("cloudtrail", "LookupEvents", {
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeDomain" }],
    MaxResults: 50,
  });
  return (Events ?? [])
    .map((one) => JSON.parse(one.CloudTrailEvent ?? "{}") as Recorded)
    .filter(
      ({ userIdentity }) =>
        userIdentity?.sessionContext?.sessionIssuer?.userName === practiceRoleName(bench, ROLE),
    );
}

const nameIn = (event: Recorded | undefined) => event?.userIdentity?.sessionContext?.sourceIdentity;
const LOOKUP = sagekeepCommand(
  call("cloudtrail", "LookupEvents", {
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeDomain" }],
  }),
  "admin",
);

async function workAndLookUp(bench: Bench): Promise<AttemptResult> {
  const seen = (await recorded(bench)).length;
  try {
    await work(bench);
  } catch (error) {
    return { outcome: "denied", message: (error as Error).message };
  }
  const [event] = await until(bench, "the event in the trail", async () => {
    const now = await recorded(bench);
    return now.length > seen && now;
  });
  const name = nameIn(event);
  if (name === PROFILE)
    return { outcome: "allowed", message: `${event?.userIdentity?.arn}, source identity ${name}` };
  return {
    outcome: "failed",
    code: "NoSourceIdentity",
    message: `the event shows ${event?.userIdentity?.arn} and ${name ? `the source identity ${name}` : "no source identity"}`,
  };
}

export const sourceIdentity: Step = {
  id: "3.4",
  title: "The person in the trail (assignment 03-02, part 1)",
  text: `## Concept

Studio users act under a **role**. If five people share a role, CloudTrail shows five times the same

\`\`\`
arn:aws:sts::ACCOUNT:assumed-role/…-data-scientist/SageMaker
\`\`\`

and nobody can say who deleted the model. Three ways out: one role per user (does not scale), a session name (the caller chooses it), or a **source identity**: a name set when the role is assumed, that cannot be changed afterwards, that follows into every further role, and that CloudTrail writes into every event.

SageMaker sets it to the *user profile's name* when the domain asks for it:

\`\`\`
ExecutionRoleIdentityConfig: USER_PROFILE_NAME
\`\`\`

and when the role's **trust policy** lets SageMaker do so: setting a source identity is a permission of its own, \`sts:SetSourceIdentity\`. Without it Studio cannot assume the role at all.

\`\`\`mermaid
sequenceDiagram
  participant U as user profile
  participant S as SageMaker
  participant T as STS
  participant C as CloudTrail
  U->>S: open Studio
  S->>T: AssumeRole + SourceIdentity = profile
  Note over T: trust policy: sts:AssumeRole and sts:SetSourceIdentity
  T-->>S: session
  S->>C: DescribeDomain by role, sourceIdentity = profile
\`\`\`

## What to do

For this step domain *research* does not ask for source identities, and has a profile \`${PROFILE}\` with a role of its own. Before you start, the lab opened Studio once as this profile and described the domain: this call is in the trail, anonymous.

Edit \`policies/trust-source-identity.json\`, the role's trust policy. When it is put in force, the lab also updates the domain (\`aws sagemaker update-domain --domain-settings-for-update ExecutionRoleIdentityConfig=USER_PROFILE_NAME\`), which requires that no app runs there.

## What to see

With the unsolved file Studio does not open: the domain now insists on the name, and the role does not allow it. Solved, the same call shows

\`\`\`
"sessionContext": { "sourceIdentity": "${PROFILE}", … }
\`\`\`

The solution must stay tight. If *anybody* may assume the role and set a source identity, an administrator can act under a colleague's name, and the audit trail is worse than none: the last experiment tries just that.

## What it means

Look events up by name: \`sagekeep trail list --user ${PROFILE}\`, or in Athena and CloudTrail Lake on \`useridentity.sessioncontext.sourceidentity\`. \`aws:SourceIdentity\` is also a condition key, and \`sts:SourceIdentity\` limits which names a caller may set.

*Older material* calls it an "advanced domain setting" of Studio Classic; for today's spaces it works the same. A shared space has no single user: its calls carry no profile's name.`,
  hint: 'Make Action a list: ["sts:AssumeRole", "sts:SetSourceIdentity"]. Leave principal and condition as they are.',
  task: {
    file: "trust-source-identity.json",
    kind: "trust",
    goal: "Let SageMaker of this account, and nobody else, assume the role and set a source identity.",
    start: START,
    solution: trust(["sts:AssumeRole", "sts:SetSourceIdentity"]),
    async apply(bench, document) {
      await setTrust(bench, document);
      await setIdentity(bench, "USER_PROFILE_NAME");
    },
    async remove(bench) {
      await setTrust(bench, JSON.stringify(START));
      await setIdentity(bench, "DISABLED");
    },
  },
  async prepare(bench) {
    await setIdentity(bench, "DISABLED");
    await removeProfile(bench);
    await makePracticeRole(bench, {
      name: ROLE,
      given: () => [
        { Sid: "Look", Effect: "Allow", Action: ["sagemaker:Describe*", "sagemaker:List*"], Resource: "*" },
      ],
      trust: ({ account }) => JSON.parse(JSON.stringify(START).replaceAll("{{account}}", account)) as object,
    });
    const DomainId = await domainId(bench);
    await bench.admin.call("sagemaker", "CreateUserProfile", {
      DomainId,
      UserProfileName: PROFILE,
      UserSettings: {
        ExecutionRole: `arn:aws:iam::${bench.account}:role/${practiceRoleName(bench, ROLE)}`,
      },
    });
    await until(bench, "the profile", async () => {
      const one = await bench.admin.call("sagemaker", "DescribeUserProfile", {
        DomainId,
        UserProfileName: PROFILE,
      });
      return one.Status === "InService";
    });
    await work(bench);
  },
  experiments: async (bench) => [
    {
      what: "find out who made the call before",
      as: "admin",
      attempt: {
        command: LOOKUP,
        async run() {
          const before = await until(bench, "the event in the trail", async () =>
            (await recorded(bench)).find((one) => nameIn(one) === undefined),
          );
          return { outcome: "allowed", message: `${before.userIdentity?.arn}, and no name of a person` };
        },
      },
      expect: "allowed",
      why: "without a source identity the trail ends at the role",
    },
    {
      what: "make the same call again and find the person",
      as: "admin",
      attempt: {
        command: `${sagekeepCommand(
          call("sagemaker", "DescribeDomain", { DomainId: await domainId(bench) }),
          { user: PROFILE },
        )} && ${LOOKUP}`,
        run: workAndLookUp,
      },
      expect: "allowed",
      why: "SageMaker set the profile's name when it assumed the role, and STS keeps it in every event",
    },
    {
      what: "assume the role oneself under a colleague's name",
      as: "admin",
      attempt: call("sts", "AssumeRole", {
        RoleArn: `arn:aws:iam::${bench.account}:role/${practiceRoleName(bench, ROLE)}`,
        RoleSessionName: "impostor",
        SourceIdentity: "user1",
      }),
      expect: "denied",
      why: "only SageMaker may set names, or the trail can be forged",
    },
  ],
  async undo(bench) {
    await removeProfile(bench);
    await removePracticeRole(bench, ROLE);
    await setIdentity(bench, "USER_PROFILE_NAME");
  },
};

async function removeProfile(bench: Bench): Promise<void> {
  const DomainId = await domainId(bench);
  const input = { DomainId, UserProfileName: PROFILE };
  await until(bench, "the profile to go", async () => {
    try {
      const { Status } = await bench.admin.call("sagemaker", "DescribeUserProfile", input);
      if (Status !== "Deleting") await bench.admin.call("sagemaker", "DeleteUserProfile", input);
      return false;
    } catch (error) {
      if ((error as Error).name === "ResourceNotFound") return true;
      throw error;
    }
  });
}
