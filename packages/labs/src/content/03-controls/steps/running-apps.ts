/** Row 3.5: the identity setting does not change under running apps. */
import type { Bench } from "../../../bench.ts";
import { sagekeepCommand } from "../../../command-text.ts";
import { type AttemptResult, call, type Step } from "../../../model.ts";
import { until } from "../waiting.ts";
import { domainId, setIdentity } from "./identity-domain.ts";

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
