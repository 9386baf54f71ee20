/** Names of what a platform will have, without compiling it. */

import {
  bucketName,
  defaultBucketName,
  domainRoleName,
  jobRoleName,
  type Platform,
  parameterName,
  personaOf,
  readersOf,
  roleName,
  writersOf,
} from "@sagekeep/spec";
import type { Readout } from "./output.ts";
import { exportName } from "./scope.ts";

/** Parameters of the network stack. */
export const PARAMETERS = [
  "vpc-id",
  "subnet-ids",
  "studio-security-group-ids",
  "job-security-group-ids",
] as const;

export function readout(platform: Platform): Readout {
  const role = (name: string) => `arn:${platform.partition}:iam::${platform.account}:role/${name}`;
  return {
    users: platform.users.map((user) => {
      const name = roleName(platform.name, user.team, user.persona);
      return {
        name: user.name,
        team: user.team,
        domain: user.domain,
        persona: user.persona,
        capabilities: personaOf(platform, user).capabilities,
        profileName: user.name,
        roleName: name,
        roleArn: role(name),
        domainIdExport: exportName(platform, `domain:${user.domain}:Id`),
      };
    }),
    data: platform.data.map((data) => ({
      name: data.name,
      owner: data.owner,
      bucket: bucketName(platform.name, data.name, platform.account, platform.region),
      readers: readersOf(data),
      writers: writersOf(data),
      from: data.from,
    })),
    jobRoles: platform.teams.flatMap((team) =>
      team.workloads.map((workload) => {
        const name = jobRoleName(platform.name, team.name, workload);
        return { team: team.name, workload, roleName: name, roleArn: role(name) };
      }),
    ),
    domains: platform.domains.map((domain) => ({
      name: domain.name,
      domainName: `${platform.name}-${domain.name}`.slice(0, 63),
      roleArn: role(domainRoleName(platform.name, domain.name)),
      idExport: exportName(platform, `domain:${domain.name}:Id`),
    })),
    defaultBucket: defaultBucketName(platform.account, platform.region),
    parameters: PARAMETERS.map((name) => parameterName(platform.name, name)),
  };
}
