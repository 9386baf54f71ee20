/** User profiles, each with the role of its team and persona; private and shared spaces. */

import type { Team, User } from "@sagekeep/spec";
import { CfnSpace, CfnUserProfile } from "aws-cdk-lib/aws-sagemaker";
import type { Construct } from "constructs";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export interface UsersStackProps extends Omit<PlatformStackProps, "summary"> {
  readonly users: readonly User[];
  /** Last part of the stack's name. */
  readonly id: string;
}

export class UsersStack extends PlatformStack {
  constructor(scope: Construct, props: UsersStackProps) {
    super(scope, props.id, { ...props, summary: `${props.users.length} user profiles and their spaces` });
    const profiles = new Map(props.users.map((user) => [user.name, this.#profile(user)]));
    for (const user of props.users) {
      if (user.space) this.#space(user, this.#name(user), "Private", "JupyterLab", profiles.get(user.name)!);
      for (const space of this.#team(user).spaces)
        if (space.owner === user.name)
          this.#space(user, space.name, "Shared", space.app, profiles.get(user.name)!);
    }
  }

  #team(user: User): Team {
    return this.platform.teams.find((one) => one.name === user.team)!;
  }

  #name(user: User): string {
    return `${user.name}-private`.slice(0, 63);
  }

  #tags(user: User): Record<string, string> {
    return { ...this.#team(user).tags, ...user.tags, team: user.team, domain: user.domain };
  }

  #profile(user: User): CfnUserProfile {
    const { arns, platform } = this;
    const domain = platform.domains.find((one) => one.name === user.domain)!;
    return new CfnUserProfile(this, logical("user", user.name), {
      domainId: arns.imported(`domain:${user.domain}:Id`),
      userProfileName: user.name,
      ...(domain.auth === "SSO" && user.identity !== undefined
        ? { singleSignOnUserIdentifier: "UserName", singleSignOnUserValue: user.identity }
        : {}),
      userSettings: {
        executionRole: arns.personaRole(user.team, user.persona),
        securityGroups: [arns.studioGroup()],
        ...(user.instanceType === undefined
          ? {}
          : { jupyterLabAppSettings: { defaultResourceSpec: { instanceType: user.instanceType } } }),
      },
      tags: this.labels({ ...this.#tags(user), persona: user.persona, user: user.name }),
    });
  }

  #space(
    user: User,
    name: string,
    sharing: "Private" | "Shared",
    app: "JupyterLab" | "CodeEditor",
    profile: CfnUserProfile,
  ): void {
    const domain = this.platform.domains.find((one) => one.name === user.domain)!;
    const space = new CfnSpace(this, logical("space", name), {
      domainId: this.arns.imported(`domain:${user.domain}:Id`),
      spaceName: name,
      ownershipSettings: { ownerUserProfileName: user.name },
      spaceSharingSettings: { sharingType: sharing },
      spaceSettings: {
        appType: app,
        spaceStorageSettings: { ebsStorageSettings: { ebsVolumeSizeInGb: domain.storage.default } },
      },
      tags: this.labels(this.#tags(user)),
    });
    space.addResourceDependency(profile);
  }
}
