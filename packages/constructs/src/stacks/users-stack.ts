/** User profiles, each with the role of its team and persona. */

import type { User } from "@sagekeep/spec";
import { CfnUserProfile } from "aws-cdk-lib/aws-sagemaker";
import type { Construct } from "constructs";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export interface UsersStackProps extends Omit<PlatformStackProps, "summary"> {
  readonly users: readonly User[];
  /** Last part of the stack's name. */
  readonly id: string;
}

export class UsersStack extends PlatformStack {
  constructor(scope: Construct, props: UsersStackProps) {
    super(scope, props.id, { ...props, summary: `${props.users.length} user profiles` });
    for (const user of props.users) this.#profile(user);
  }

  #profile(user: User): void {
    const { arns, platform } = this;
    const team = platform.teams.find((one) => one.name === user.team)!;
    new CfnUserProfile(this, logical("user", user.name), {
      domainId: arns.imported(`domain:${user.domain}:Id`),
      userProfileName: user.name,
      userSettings: {
        executionRole: arns.personaRole(user.team, user.persona),
        securityGroups: [arns.studioGroup()],
      },
      tags: this.labels({
        ...team.tags,
        ...user.tags,
        team: user.team,
        domain: user.domain,
        persona: user.persona,
        user: user.name,
      }),
    });
  }
}
