/** Rows 3.4 and 3.5: the person behind the role. */
import { Clients, signIn } from "@sagekeep/toolkit";
import type { Bench } from "../../../bench.ts";
import { sagekeepCommand } from "../../../command-text.ts";
import { type AttemptResult, call, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { makePracticeRole, practiceRoleName, removePracticeRole } from "../practice.ts";
import { until } from "../waiting.ts";

const DOMAIN = "research";
const PROFILE = "lab3-analyst";
const ROLE = "analyst";
type Identity = "USER_PROFILE_NAME" | "DISABLED";

/** Also while the domain is being updated. */
const domainId = (bench: Bench) => bench.exported(`domain:${DOMAIN}:Id`);

async function setIdentity(bench: Bench, ExecutionRoleIdentityConfig: Identity): Promise<void> {
  const DomainId = await domainId(bench);
  await bench.admin.call("sagemaker", "UpdateDomain", {
    DomainId,
    DomainSettingsForUpdate: { ExecutionRoleIdentityConfig },
  });
  await until(
    bench,
    "the domain's update",
    async () => (await bench.admin.call("sagemaker", "DescribeDomain", { DomainId })).Status === "InService",
  );
}

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

const SPACE = "lab3-space";
const OWNER = "user1";
const APP = { SpaceName: SPACE, AppType: "JupyterLab", AppName: "default" } as const;

async function appStatus(bench: Bench): Promise<string | undefined> {
  try {
    const DomainId = await domainId(bench);
    return (await bench.admin.call("sagemaker", "DescribeApp", { DomainId, ...APP })).Status;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFound") return undefined;
    throw error;
  }
}

async function removeApp(bench: Bench): Promise<void> {
  const DomainId = await domainId(bench);
  await until(bench, "the app to stop", async () => {
    const status = await appStatus(bench);
    if (status === "InService") await bench.admin.call("sagemaker", "DeleteApp", { DomainId, ...APP });
    return status === undefined || status === "Deleted" || status === "Failed";
  });
}

async function removeSpace(bench: Bench): Promise<void> {
  const DomainId = await domainId(bench);
  await removeApp(bench);
  await until(bench, "the space to go", async () => {
    try {
      const input = { DomainId, SpaceName: SPACE };
      const { Status } = await bench.admin.call("sagemaker", "DescribeSpace", input);
      if (Status !== "Deleting") await bench.admin.call("sagemaker", "DeleteSpace", input);
      return false;
    } catch (error) {
      if ((error as Error).name === "ResourceNotFound") return true;
      throw error;
    }
  });
}

export const noChangeWhileRunning: Step = {
  id: "3.5",
  title: "Not while apps run (assignment 03-02, part 2)",
  text: `## Concept

A running app holds a session of its role. If the domain's identity setting changed under it, half of the sessions would carry a name and half would not, and nobody could say when which was true. SageMaker therefore refuses to change \`ExecutionRoleIdentityConfig\` while **any** app of the domain is \`InService\` or \`Pending\`, be it in a user's private space or a shared one.

## Why it matters

Switching source identity on later needs a maintenance window in which everybody's app is stopped. Decide it when the domain is made (Sagekeep switches it on: \`sourceIdentity\` in \`platform.yaml\`).

## What to do

The lab starts a JupyterLab app in a space of domain *research*. Try to switch the setting off, read the error, stop the app, try again.

## What to see

The first update fails with SageMaker's own \`ValidationException\`: not a question of permission, the administrator may do anything here. After the app is gone the same request succeeds. Stopping an app keeps the space and its storage; only what is in memory is lost.

## What it means

Plan the order: announce, let idle shutdown do most of the work, delete the remaining apps, update trust policies, update the domain, open again. Deleting a \`Failed\` app is an error; skip those.`,
  hint: "aws sagemaker list-apps --domain-id-equals DOMAIN shows what runs; delete-app with --space-name stops it; wait for Deleted.",
  async prepare(bench) {
    const DomainId = await domainId(bench);
    await removeSpace(bench);
    await setIdentity(bench, "USER_PROFILE_NAME");
    await bench.admin.call("sagemaker", "CreateSpace", {
      DomainId,
      SpaceName: SPACE,
      OwnershipSettings: { OwnerUserProfileName: OWNER },
      SpaceSharingSettings: { SharingType: "Private" },
      SpaceSettings: { AppType: "JupyterLab" },
    });
    await until(
      bench,
      "the space",
      async () =>
        (await bench.admin.call("sagemaker", "DescribeSpace", { DomainId, SpaceName: SPACE })).Status ===
        "InService",
    );
    await bench.admin.call("sagemaker", "CreateApp", {
      DomainId,
      ...APP,
      ResourceSpec: { InstanceType: "ml.t3.medium" },
    });
    await until(bench, "the app", async () => (await appStatus(bench)) === "InService");
  },
  async experiments(bench) {
    const DomainId = await domainId(bench);
    const off = call("sagemaker", "UpdateDomain", {
      DomainId,
      DomainSettingsForUpdate: { ExecutionRoleIdentityConfig: "DISABLED" },
    });
    return [
      {
        what: "switch source identity off while an app runs",
        as: "admin",
        attempt: off,
        expect: "failed",
        code: "ValidationException",
        why: "SageMaker changes it only when no app is InService or Pending",
      },
      {
        what: "stop the app, then switch it off",
        as: "admin",
        attempt: {
          command: `${sagekeepCommand(call("sagemaker", "DeleteApp", { DomainId, ...APP }), "admin")} && ${sagekeepCommand(off, "admin")}`,
          async run(): Promise<AttemptResult> {
            await removeApp(bench);
            return bench.attempt("admin", "internet", off);
          },
        },
        expect: "allowed",
        why: "no app holds a session any more",
      },
    ];
  },
  async undo(bench) {
    await removeSpace(bench);
    await setIdentity(bench, "USER_PROFILE_NAME");
  },
};
