/** Names of what a platform will have, without compiling it. */

import {
  bucketName,
  defaultBucketName,
  domainRoleName,
  jobRoleName,
  LOG_BUCKET,
  type Platform,
  parameterName,
  personaOf,
  readersOf,
  roleName,
  writersOf,
} from "@sagekeep/spec";
import type { Readout } from "./output.ts";
import { breakGlassRole, KEY_PURPOSES, loaderRole, signInRole } from "./policies/keys.ts";
import { exportName } from "./scope.ts";

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
      domainName: domain.name,
      roleArn: role(domainRoleName(platform.name, domain.name)),
      idExport: exportName(platform, `domain:${domain.name}:Id`),
    })),
    defaultBucket: defaultBucketName(platform.account, platform.region),
    parameters: parameterNames(platform).map((name) => parameterName(platform.name, name)),
    doors: {
      signIn: platform.domains.some((domain) => domain.auth === "IAM")
        ? role(signInRole(platform))
        : undefined,
      breakGlass: role(breakGlassRole(platform)),
      dataLoader: platform.data.length > 0 ? role(loaderRole(platform)) : undefined,
    },
    retained: retained(platform),
  };
}

function parameterNames(platform: Platform): string[] {
  return [
    "vpc-id",
    "subnet-ids",
    "studio-security-group-ids",
    "job-security-group-ids",
    ...platform.network.endpoints.map((name) => `endpoint-${name}`),
    ...(platform.controls.keys === "customer" ? KEY_PURPOSES.map((purpose) => `${purpose}-key-arn`) : []),
  ];
}

/** What stays when the stacks are deleted, because it holds data. */
function retained(platform: Platform): Readout["retained"] {
  const bucket = (data: string) => bucketName(platform.name, data, platform.account, platform.region);
  const hasBuckets = platform.data.length > 0 || platform.defaultBucket;
  return [
    ...platform.data.map((data) => ({ type: "AWS::S3::Bucket", name: bucket(data.name) })),
    ...(platform.defaultBucket
      ? [{ type: "AWS::S3::Bucket", name: defaultBucketName(platform.account, platform.region) }]
      : []),
    ...(hasBuckets ? [{ type: "AWS::S3::Bucket", name: bucket(LOG_BUCKET) }] : []),
    ...(platform.controls.keys === "customer"
      ? ["studio", "data"].map((purpose) => ({
          type: "AWS::KMS::Key",
          name: `alias/${platform.name}-${purpose}`,
        }))
      : []),
  ];
}
