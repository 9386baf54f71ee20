/**
 * A platform: the file with every default filled in and every reference resolved.
 *
 * Everything downstream (templates, checks, proofs, labs) starts from this; nothing downstream reads YAML.
 */

import type { Capability, Workload } from "./capabilities.ts";
import type { EndpointName, PlatformDocument, StatementInput } from "./schema.ts";
import type { Source } from "./source.ts";

export interface Platform {
  readonly name: string;
  readonly description: string | undefined;
  readonly region: string;
  readonly partition: "aws" | "aws-cn" | "aws-us-gov";
  /** `amazonaws.com`, or China's. */
  readonly dnsSuffix: string;
  readonly account: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly domains: readonly Domain[];
  readonly teams: readonly Team[];
  /** All users of all teams, in the order of the file. */
  readonly users: readonly User[];
  /** Personas that are used by somebody, in the order of first use. */
  readonly personas: readonly Persona[];
  readonly data: readonly DataSet[];
  /** Whether SageMaker's default bucket of the account belongs to this platform. */
  readonly defaultBucket: boolean;
  readonly controls: PlatformDocument["controls"];
  readonly exceptions: readonly Exception[];
  readonly access: PlatformDocument["access"];
  readonly identityCenter: PlatformDocument["identityCenter"];
  readonly guardrails: PlatformDocument["guardrails"];
  readonly budget: PlatformDocument["budget"];
  readonly guarantees: PlatformDocument["guarantees"];
  /** Where each part of the file stands. */
  readonly source: Source;
}

export interface Zone {
  /** The zone's name when the file names it; otherwise the account's zone number `index`. */
  readonly name: string | undefined;
  readonly index: number;
  readonly privateCidr: string;
  readonly publicCidr: string;
  readonly firewallCidr: string;
}

export interface Network {
  /** Address range of the VPC. */
  readonly cidr: string;
  /** Set when the VPC exists already. */
  readonly existing: NonNullable<PlatformDocument["network"]["existing"]> | undefined;
  readonly zones: readonly Zone[];
  readonly internet: "none" | "nat" | "firewall";
  /** Domains the firewall lets through. */
  readonly allow: readonly string[];
  /** Endpoints by short name, without repetition. */
  readonly endpoints: readonly EndpointName[];
  /** Statements added to an endpoint's policy. */
  readonly endpointPolicies: Readonly<Partial<Record<EndpointName, readonly StatementInput[]>>>;
  readonly flowLogs: "rejected" | "all" | "none";
  readonly flowLogDays: number;
  readonly capacity: { readonly appsPerUser: number; readonly jobInstancesPerUser: number };
}

export type Domain = { readonly name: string } & Readonly<NonNullable<PlatformDocument["domains"][string]>>;

export interface Team {
  readonly name: string;
  readonly domain: string;
  readonly users: readonly User[];
  /** Personas its users have, without repetition. */
  readonly personas: readonly string[];
  /** Kinds of workload its personas may run. */
  readonly workloads: readonly Workload[];
  readonly spaces: readonly {
    readonly name: string;
    readonly app: "JupyterLab" | "CodeEditor";
    readonly owner: string;
  }[];
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface User {
  readonly name: string;
  readonly team: string;
  readonly domain: string;
  readonly persona: string;
  /** User name in IAM Identity Center; only in SSO mode. */
  readonly identity: string | undefined;
  /** Whether a private space is made for the user. */
  readonly space: boolean;
  readonly instanceType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Persona {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly workloads: readonly Workload[];
  readonly statements: readonly StatementInput[];
}

export type DataSet = { readonly name: string } & Readonly<PlatformDocument["data"][string]>;

export type Exception = PlatformDocument["exceptions"][number];

/** The persona a user has. */
export function personaOf(platform: Platform, user: User): Persona {
  const found = platform.personas.find((persona) => persona.name === user.persona);
  if (found === undefined)
    throw new Error(`persona \`${user.persona}\` is not part of platform \`${platform.name}\``);
  return found;
}

/** Teams that may read a data set: owner, readers and writers. */
export function readersOf(data: DataSet): readonly string[] {
  return [...new Set([data.owner, ...data.readers, ...data.writers])];
}

/** Teams that may write a data set: owner and writers. */
export function writersOf(data: DataSet): readonly string[] {
  return [...new Set([data.owner, ...data.writers])];
}
