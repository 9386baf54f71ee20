/**
 * Takes a user's access and running things away at once, before the file's next deployment takes the profile:
 * sessions revoked, apps deleted, private spaces deleted. The home directory stays on the file system.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";
import { type Io, step } from "../../messages.ts";

export interface Offboarding {
  user: string;
  domainId: string;
  role: string;
  apps: string[];
  spaces: string[];
  /** Sessions begun before this moment are refused. */
  revokedBefore: string;
  /** Who else is cut off by it: on a shared role without source identity everybody must sign in again. */
  revokedFor: "this user" | "everybody on the role";
  home: { fileSystemId?: string; uid?: string; kept: true };
}

const tokens = { in: "NextToken", out: "NextToken" };

export async function offboard(
  clients: Clients,
  domainId: string,
  user: string,
  io: Io,
): Promise<Offboarding> {
  const domain = await clients.call("sagemaker", "DescribeDomain", { DomainId: domainId });
  const profile = await clients.call("sagemaker", "DescribeUserProfile", {
    DomainId: domainId,
    UserProfileName: user,
  });
  const roleArn = profile.UserSettings?.ExecutionRole ?? domain.DefaultUserSettings?.ExecutionRole ?? "";
  const role = roleArn.split("/").pop() ?? "";
  const own = domain.DomainSettings?.ExecutionRoleIdentityConfig === "USER_PROFILE_NAME";
  const revokedBefore = await step(io, "revoke", `revoke sessions of ${user}`, () =>
    revoke(clients, role, own ? user : undefined),
  );
  const apps = await step(
    io,
    "apps",
    "delete running apps",
    () => deleteApps(clients, domainId, user),
    (done) => `(${done.length})`,
  );
  const spaces = await step(
    io,
    "spaces",
    "delete private spaces",
    () => deleteSpaces(clients, domainId, user),
    (done) => `(${done.length})`,
  );
  return {
    user,
    domainId,
    role,
    apps,
    spaces,
    revokedBefore,
    revokedFor: own ? "this user" : "everybody on the role",
    home: {
      ...(domain.HomeEfsFileSystemId && { fileSystemId: domain.HomeEfsFileSystemId }),
      ...(profile.HomeEfsFileSystemUid && { uid: profile.HomeEfsFileSystemUid }),
      kept: true,
    },
  };
}

async function revoke(
  clients: Clients,
  RoleName: string,
  sourceIdentity: string | undefined,
): Promise<string> {
  const before = new Date().toISOString();
  const Condition = {
    DateLessThan: { "aws:TokenIssueTime": before },
    ...(sourceIdentity && { StringEquals: { "aws:SourceIdentity": sourceIdentity } }),
  };
  await clients.call("iam", "PutRolePolicy", {
    RoleName,
    PolicyName: sourceIdentity ? `AWSRevokeOlderSessions-${sourceIdentity}` : "AWSRevokeOlderSessions",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "RevokeOlderSessions", Effect: "Deny", Action: "*", Resource: "*", Condition }],
    }),
  });
  return before;
}

async function deleteApps(clients: Clients, DomainIdEquals: string, user: string): Promise<string[]> {
  const spaces = new Set(await spacesOf(clients, DomainIdEquals, user));
  const deleted: string[] = [];
  const list = async () => {
    const all = [];
    for await (const page of clients.pages("sagemaker", "ListApps", { DomainIdEquals }, tokens))
      all.push(...(page.Apps ?? []));
    return all.filter(
      (one) =>
        (one.UserProfileName === user || (one.SpaceName && spaces.has(one.SpaceName))) &&
        one.Status !== "Deleted" &&
        one.Status !== "Failed",
    );
  };
  for (const { AppName, AppType, UserProfileName, SpaceName, Status } of await list()) {
    if (Status !== "Deleting") {
      await clients.call("sagemaker", "DeleteApp", {
        DomainId: DomainIdEquals,
        AppName,
        AppType,
        ...(SpaceName ? { SpaceName } : { UserProfileName }),
      });
    }
    deleted.push(`${AppType}/${AppName}`);
  }
  await until("apps", async () => (await list()).length === 0, clients);
  return deleted;
}

async function deleteSpaces(clients: Clients, DomainId: string, user: string): Promise<string[]> {
  const names = await spacesOf(clients, DomainId, user);
  for (const SpaceName of names) await clients.call("sagemaker", "DeleteSpace", { DomainId, SpaceName });
  await until("spaces", async () => (await spacesOf(clients, DomainId, user)).length === 0, clients);
  return names;
}

/** Spaces that this user owns. */
async function spacesOf(clients: Clients, DomainIdEquals: string, user: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of clients.pages("sagemaker", "ListSpaces", { DomainIdEquals }, tokens)) {
    for (const one of page.Spaces ?? [])
      if (one.OwnershipSettingsSummary?.OwnerUserProfileName === user && one.SpaceName)
        names.push(one.SpaceName);
  }
  return names;
}

async function until(what: string, done: () => Promise<boolean>, clients: Clients): Promise<void> {
  const local = clients.target.kind === "local";
  for (let tries = 0; tries < (local ? 200 : 120); tries++) {
    if (await done()) return;
    await sleep(local ? 50 : 5000);
  }
  throw new ToolkitError("USERS0007", `the ${what} are still there after ten minutes`, {
    help: "look at their state in the console, then run this again: what is done already stays done",
  });
}
