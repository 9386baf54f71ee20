/**
 * Key policies. A user needs both: the key's policy naming the role, and a policy of the role naming the key.
 *
 * Roles are named by `aws:PrincipalArn` under the account's principal: KMS refuses principals that do not
 * exist yet, and the roles are deployed after the keys.
 */

import { jobRoleName, type Platform, roleName, type Workload } from "@sagekeep/spec";
import type { Scope } from "../scope.ts";
import type { Condition } from "./statement.ts";

export const KEY_PURPOSES = ["studio", "jobs", "data"] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

export interface KeyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal: "*" | { readonly AWS: string } | { readonly Service: string };
  readonly Action: string | readonly string[];
  /** In a key policy `*` is the key itself. */
  readonly Resource: "*";
  readonly Condition?: Condition;
}

/** What administrators of a key do; using it and granting its use are not among it. */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:Delete*",
  "kms:Describe*",
  "kms:Disable*",
  "kms:Enable*",
  "kms:Get*",
  "kms:List*",
  "kms:Put*",
  "kms:Revoke*",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:Update*",
] as const;

const USE = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey*",
  "kms:ReEncrypt*",
] as const;

/** Roles are named one by one up to this many, by pattern beyond: a key policy holds 32 KB. */
const NAMED_ROLES = 40;

export function accountAdministration(scope: Scope): KeyStatement {
  const administrators = scope.platform.access.keyAdministrators;
  return {
    Sid: "Administer",
    Effect: "Allow",
    Principal: { AWS: scope.iam("root") },
    Action: [...ADMINISTRATION],
    Resource: "*",
    ...(administrators.length > 0
      ? { Condition: { ArnEquals: { "aws:PrincipalArn": [...administrators, scope.iam("root")] } } }
      : {}),
  };
}

/** The policy of one of the platform's keys. */
export function keyPolicy(
  scope: Scope,
  purpose: KeyPurpose,
): { Version: "2012-10-17"; Statement: KeyStatement[] } {
  const account = { AWS: scope.iam("root") };
  const users: Condition = usersOf(scope, purpose);
  const statements: KeyStatement[] = [
    accountAdministration(scope),
    { Sid: "Use", Effect: "Allow", Principal: account, Action: [...USE], Resource: "*", Condition: users },
  ];
  if (purpose !== "data")
    statements.push({
      Sid: "GrantForAwsResources",
      Effect: "Allow",
      Principal: account,
      Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      Resource: "*",
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  if (purpose === "studio") statements.push(forDomains(scope));
  if (purpose === "data") statements.push(...dataKeyPerimeter(scope));
  return { Version: "2012-10-17", Statement: statements };
}

/** Whoever deploys a domain lets SageMaker and EFS use the key for its file system, and nothing else. */
function forDomains(scope: Scope): KeyStatement {
  const { region, dnsSuffix, account } = scope.platform;
  return {
    Sid: "UseForDomains",
    Effect: "Allow",
    Principal: { AWS: scope.iam("root") },
    Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:CallerAccount": account,
        "kms:ViaService": ["elasticfilesystem", "sagemaker", "ec2"].map(
          (service) => `${service}.${region}.${dnsSuffix}`,
        ),
      },
    },
  };
}

/** Data is decrypted through our KMS endpoint, or by an AWS service for its caller; otherwise by nobody. */
function dataKeyPerimeter(scope: Scope): KeyStatement[] {
  const { platform } = scope;
  if (!platform.controls.perimeter.data) return [];
  const place: Condition = platform.network.endpoints.includes("kms")
    ? { StringNotEquals: { "aws:SourceVpce": scope.imported("network:endpoint:kms") } }
    : { StringNotEquals: { "aws:SourceVpc": scope.vpc() } };
  return [
    {
      Sid: "OnlyThroughOurEndpoint",
      Effect: "Deny",
      Principal: "*",
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: "*",
      Condition: {
        ...place,
        Bool: { "aws:ViaAWSService": "false" },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        ArnNotEquals: { "aws:PrincipalArn": scope.role(breakGlassRole(platform)) },
      },
    },
  ];
}

export function breakGlassRole(platform: Platform): string {
  return `${platform.name}-break-glass`;
}

export function loaderRole(platform: Platform): string {
  return `${platform.name}-data-loader`;
}

export function signInRole(platform: Platform): string {
  return `${platform.name}-sign-in`;
}

function usersOf(scope: Scope, purpose: KeyPurpose): Condition {
  const { platform } = scope;
  const people = (team: string) => (persona: string) => roleName(platform.name, team, persona);
  const jobs = (team: string) => (workload: Workload) => jobRoleName(platform.name, team, workload);
  const roles = platform.teams.flatMap((team) => [
    ...team.personas.map(people(team.name)),
    ...team.workloads.map(jobs(team.name)),
  ]);
  const special = purpose === "data" ? [breakGlassRole(platform), loaderRole(platform)] : [];
  const named = [...new Set([...roles, ...special])];
  if (named.length === 0) return { ArnEquals: { "aws:PrincipalArn": scope.role(breakGlassRole(platform)) } };
  if (named.length <= NAMED_ROLES)
    return { ArnEquals: { "aws:PrincipalArn": named.map((name) => scope.role(name)) } };
  const patterns = [
    ...platform.personas.map((persona) => `${platform.name}-*-${persona.name}`),
    ...new Set(
      platform.teams.flatMap((team) =>
        team.workloads.map((workload) => `${platform.name}-*-${workload}-job`),
      ),
    ),
    ...special,
  ];
  return { ArnLike: { "aws:PrincipalArn": patterns.map((name) => scope.role(name)) } };
}
