/** The roles of some teams: one for each persona, one for each kind of job. */

import { jobRoleName, type Persona, roleName, type Team } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { dataStatements } from "../policies/data.ts";
import { handOnStatements } from "../policies/jobs.ts";
import { teamStatements } from "../policies/persona.ts";
import { workloadPolicyArns } from "./jobs-stack.ts";
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
  }
}
