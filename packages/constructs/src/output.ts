/** What compiling gives: templates in the order they deploy in, and what a toolkit must know about them. */

import type { Capability, Workload } from "@sagekeep/spec";

export interface SynthesizedStack {
  /** Stack name, `bank-marketing-network`. */
  readonly name: string;
  /** The CloudFormation template, deployable as it is. */
  readonly template: Template;
  /** The template as minified JSON, as it is sent. */
  readonly body: string;
  /** Names of stacks that must be deployed before. */
  readonly dependsOn: readonly string[];
  readonly account: string;
  readonly region: string;
  readonly capabilities: readonly ("CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM")[];
  /** Tags of the stack. */
  readonly tags: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the stack holds, one sentence. */
  readonly summary: string;
  /** Which account deploys it; guardrails belong to the organization's management account. */
  readonly target: "platform" | "management";
}

/** A stack as it is deployed: what `GetTemplate` gives. */
export interface DeployedStack {
  readonly name: string;
  readonly template: Template;
}

export interface Template {
  readonly Description?: string;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Export?: { readonly Name: unknown };
}

/** One user, with the names of what belongs to them. */
export interface UserReadout {
  readonly name: string;
  readonly team: string;
  readonly domain: string;
  readonly persona: string;
  readonly capabilities: readonly Capability[];
  readonly profileName: string;
  readonly roleName: string;
  readonly roleArn: string;
  /** Export that holds the id of the user's domain. */
  readonly domainIdExport: string;
}

export interface DataReadout {
  readonly name: string;
  readonly owner: string;
  readonly bucket: string;
  readonly readers: readonly string[];
  readonly writers: readonly string[];
  /** Local file or folder to upload, as written in the file. */
  readonly from: string | undefined;
}

export interface JobRoleReadout {
  readonly team: string;
  readonly workload: Workload;
  readonly roleName: string;
  readonly roleArn: string;
}

export interface Readout {
  readonly users: readonly UserReadout[];
  readonly data: readonly DataReadout[];
  readonly jobRoles: readonly JobRoleReadout[];
  readonly domains: readonly {
    readonly name: string;
    readonly domainName: string;
    readonly roleArn: string;
    readonly idExport: string;
  }[];
  readonly defaultBucket: string;
  /** ARNs of the roles people take from outside Studio. */
  readonly doors: {
    /** Opens the Studio of the session tag `user`; undefined without a domain in IAM mode. */
    readonly signIn: string | undefined;
    readonly breakGlass: string;
    /** Writes new data from outside; undefined without data sets. */
    readonly dataLoader: string | undefined;
  };
  /** What deleting the stacks leaves behind, because it holds data: buckets by name, keys by alias. */
  readonly retained: readonly { readonly type: string; readonly name: string }[];
  /** Names of the platform's SSM parameters. */
  readonly parameters: readonly string[];
}

/** Something to know before deploying: a quota that is near, an exception that runs out. */
export interface Notice {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help: string;
}

export interface Synthesized {
  /** In deploy order. */
  readonly stacks: readonly SynthesizedStack[];
  readonly readout: Readout;
  readonly notices: readonly Notice[];
}
