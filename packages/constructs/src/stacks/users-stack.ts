/** User profiles of a large team, beyond those that its own stack holds. */

import type { Team, User } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { buildProfiles } from "./profiles.ts";

export interface UsersStackProps extends Omit<PlatformStackProps, "summary"> {
  readonly team: Team;
  readonly users: readonly User[];
  /** Last part of the stack's name. */
  readonly id: string;
}

export class UsersStack extends PlatformStack {
  constructor(scope: Construct, props: UsersStackProps) {
    super(scope, props.id, { ...props, summary: `more users of team ${props.team.name}` });
    const { team } = props;
    buildProfiles(this, team, props.users, (persona) => this.arns.personaRole(team.name, persona));
  }
}
