/**
 * One team: a role for each persona, one for each kind of job, and the users' profiles.
 *
 * A stack of its own for each team, so that adding a user or a team changes nothing else.
 */

import { jobRoleName, type Persona, roleName, type Team, type User } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { dataStatements } from "../policies/data.ts";
import { handOnStatements } from "../policies/jobs.ts";
import { teamStatements } from "../policies/persona.ts";
import { workloadPolicyArns } from "./jobs-stack.ts";
import { personaPolicyArns } from "./persona-stack.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { buildProfiles } from "./profiles.ts";
import { managedPolicies, sagemakerRole } from "./roles.ts";

export interface TeamStackProps extends Omit<PlatformStackProps, "summary"> {
  readonly team: Team;
  /** Users whose profiles are in this stack. @default all of the team */
  readonly users?: readonly User[];
}

export class TeamStack extends PlatformStack {
  constructor(scope: Construct, props: TeamStackProps) {
    const { team } = props;
    super(scope, `team-${team.name}`, { ...props, summary: `team ${team.name}: roles and users` });
    const roles = this.#roles(team);
    buildProfiles(this, team, props.users ?? team.users, (persona) => roles.get(persona)!);
  }

  /** Makes the roles; gives the ARN of each persona's. */
  #roles(team: Team): Map<string, string> {
    const roles = new Map<string, string>();
    const { platform, arns } = this;
    const domain = platform.domains.find((one) => one.name === team.domain)!;
    const tags = {
      team: team.name,
      domain: team.domain,
      "domain-id": arns.imported(`domain:${team.domain}:Id`),
    };
    const data = managedPolicies(
      this,
      `${platform.name}-${team.name}-data`,
      dataStatements(arns, team),
      `data of ${team.name}, for its people and its jobs`,
    ).map((one) => one.arn);
    for (const name of team.personas) {
      const persona = platform.personas.find((one): one is Persona => one.name === name)!;
      const full = roleName(platform.name, team.name, name);
      const own = managedPolicies(
        this,
        `${full}-team`,
        teamStatements(arns, team, persona),
        `${name} of ${team.name}: its spaces and job roles`,
      );
      const policyArns = [
        ...personaPolicyArns(arns, name),
        ...own.map((one) => one.arn),
        ...(persona.capabilities.includes("data") ? data : []),
      ];
      const role = sagemakerRole(this, {
        name: full,
        description: `${name} of ${team.name}`,
        policyArns,
        tags: { ...team.tags, ...tags, persona: name },
        sourceIdentity: domain.sourceIdentity,
      });
      roles.set(name, role.attrArn);
      this.hand(`team:${team.name}:${name}:Role`, role.attrArn, `execution role: ${name} of ${team.name}`);
    }
    for (const workload of team.workloads) {
      const full = jobRoleName(platform.name, team.name, workload);
      const own = managedPolicies(
        this,
        full,
        handOnStatements(arns, team, workload),
        `${workload} jobs of ${team.name}: roles they hand on`,
      );
      sagemakerRole(this, {
        name: full,
        description: `${workload} jobs of ${team.name}`,
        policyArns: [...workloadPolicyArns(arns, workload), ...data, ...own.map((one) => one.arn)],
        tags: { ...team.tags, ...tags, workload },
        sourceIdentity: domain.sourceIdentity,
      });
    }
    return roles;
  }
}
