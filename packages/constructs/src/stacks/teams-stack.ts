/** The roles of some teams: one for each persona, one for each kind of job. */

import { jobRoleName, type Persona, roleName, type Team } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { jobRoleStatements } from "../policies/jobs.ts";
import { teamStatements } from "../policies/persona.ts";
import { personaPolicyArns } from "./persona-stack.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies, sagemakerRole } from "./roles.ts";

export interface TeamsStackProps extends Omit<PlatformStackProps, "summary"> {
  readonly teams: readonly Team[];
  /** Last part of the stack's name. */
  readonly id: string;
}

export class TeamsStack extends PlatformStack {
  constructor(scope: Construct, props: TeamsStackProps) {
    const names = props.teams.map((team) => team.name).join(", ");
    super(scope, props.id, {
      ...props,
      summary: `roles of ${names.length > 200 ? `${props.teams.length} teams` : names}`,
    });
    for (const team of props.teams) this.#team(team);
  }

  #team(team: Team): void {
    const { platform, arns } = this;
    const domain = platform.domains.find((one) => one.name === team.domain)!;
    const tags = {
      team: team.name,
      domain: team.domain,
      "domain-id": arns.imported(`domain:${team.domain}:Id`),
    };
    for (const name of team.personas) {
      const persona = platform.personas.find((one): one is Persona => one.name === name)!;
      const full = roleName(platform.name, team.name, name);
      const own = managedPolicies(
        this,
        `${full}-team`,
        teamStatements(arns, team, persona),
        `${name} of ${team.name}: its data and job roles`,
      );
      const role = sagemakerRole(this, {
        name: full,
        description: `${name} of ${team.name}`,
        policyArns: [...personaPolicyArns(arns, name), ...own.map((one) => one.arn)],
        tags: { ...team.tags, ...tags, persona: name },
        sourceIdentity: domain.sourceIdentity,
      });
      this.hand(`team:${team.name}:${name}:Role`, role.attrArn, `execution role: ${name} of ${team.name}`);
    }
    for (const workload of team.workloads) {
      const full = jobRoleName(platform.name, team.name, workload);
      const policies = managedPolicies(
        this,
        full,
        jobRoleStatements(arns, team, workload),
        `${workload} jobs of ${team.name}`,
      );
      sagemakerRole(this, {
        name: full,
        description: `${workload} jobs of ${team.name}`,
        policyArns: policies.map((one) => one.arn),
        tags: { ...team.tags, ...tags, workload },
        sourceIdentity: domain.sourceIdentity,
      });
    }
  }
}
