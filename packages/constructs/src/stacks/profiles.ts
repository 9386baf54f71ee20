/** User profiles, each with the role of its team and persona; private and shared spaces. */

import type { Team, User } from "@sagekeep/spec";
import { CfnSpace, CfnUserProfile } from "aws-cdk-lib/aws-sagemaker";
import { logical, type PlatformStack } from "./platform-stack.ts";

/** Makes the profiles of some users of a team and the spaces they own. `roleArn` gives a persona's role. */
export function buildProfiles(
  stack: PlatformStack,
  team: Team,
  users: readonly User[],
  roleArn: (persona: string) => string,
): void {
  for (const user of users) {
    const profile = buildProfile(stack, team, user, roleArn(user.persona));
    if (user.space) buildSpace(stack, team, user, privateSpaceName(user), "Private", "JupyterLab", profile);
    for (const space of team.spaces)
      if (space.owner === user.name) buildSpace(stack, team, user, space.name, "Shared", space.app, profile);
  }
}

/** Name of a user's private space. */
export function privateSpaceName(user: User): string {
  return `${user.name.slice(0, 55)}-private`;
}

function tagsOf(team: Team, user: User): Record<string, string> {
  return { ...team.tags, ...user.tags, team: user.team, domain: user.domain };
}

function buildProfile(stack: PlatformStack, team: Team, user: User, role: string): CfnUserProfile {
  const { arns, platform } = stack;
  const domain = platform.domains.find((one) => one.name === user.domain)!;
  return new CfnUserProfile(stack, logical("user", user.name), {
    domainId: arns.imported(`domain:${user.domain}:Id`),
    userProfileName: user.name,
    ...(domain.auth === "SSO" && user.identity !== undefined
      ? { singleSignOnUserIdentifier: "UserName", singleSignOnUserValue: user.identity }
      : {}),
    userSettings: {
      executionRole: role,
      securityGroups: [arns.studioGroup()],
      ...(user.instanceType === undefined
        ? {}
        : { jupyterLabAppSettings: { defaultResourceSpec: { instanceType: user.instanceType } } }),
    },
    tags: stack.labels({ ...tagsOf(team, user), persona: user.persona, user: user.name }),
  });
}

function buildSpace(
  stack: PlatformStack,
  team: Team,
  user: User,
  name: string,
  sharing: "Private" | "Shared",
  app: "JupyterLab" | "CodeEditor",
  profile: CfnUserProfile,
): void {
  const domain = stack.platform.domains.find((one) => one.name === user.domain)!;
  const space = new CfnSpace(stack, logical("space", name), {
    domainId: stack.arns.imported(`domain:${user.domain}:Id`),
    spaceName: name,
    ownershipSettings: { ownerUserProfileName: user.name },
    spaceSharingSettings: { sharingType: sharing },
    spaceSettings: {
      appType: app,
      spaceStorageSettings: { ebsStorageSettings: { ebsVolumeSizeInGb: domain.storage.default } },
    },
    tags: stack.labels(tagsOf(team, user)),
  });
  space.addResourceDependency(profile);
}
