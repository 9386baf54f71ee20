/** What IAM keeps, in tables of an account. Names are unique without regard to case, so rows are keyed in lower case. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

export interface Tag {
  Key: string;
  Value: string;
}

/** What users, groups and roles have in common. Times are epoch milliseconds. */
interface Entity {
  name: string;
  path: string;
  id: string;
  arn: string;
  created: number;
  /** Inline policies: name to document, as given. */
  inline: Record<string, string>;
  /** ARNs of attached managed policies, in the order of attaching. */
  attached: string[];
}

export interface User extends Entity {
  tags: Tag[];
  boundary?: string;
  groups: string[];
  accessKeys: string[];
  login?: { created: number; changed?: number; resetRequired: boolean; hash: string; salt: string };
  passwordLastUsed?: number;
  mfa?: { serial: string; enabled: number }[];
  certificates?: Certificate[];
  sshKeys?: SshKey[];
  serviceCredentials?: ServiceCredential[];
}

export interface Certificate {
  id: string;
  body: string;
  status: "Active" | "Inactive";
  uploaded: number;
}

export interface SshKey {
  id: string;
  body: string;
  fingerprint: string;
  status: "Active" | "Inactive";
  uploaded: number;
}

export interface ServiceCredential {
  id: string;
  service: string;
  /** The name beside the password; of an API key, its alias. */
  userName: string;
  password: string;
  status: "Active" | "Inactive";
  created: number;
  expires?: number;
}

export interface Group extends Entity {
  /** Names of its users. */
  members: string[];
}

export interface Role extends Entity {
  tags: Tag[];
  boundary?: string;
  description?: string;
  maxSession: number;
  /** Trust policy as given. */
  trust: string;
  /** Unique ids of the users and roles it names, by the ARN they had: see trust.ts. */
  trustIds?: Record<string, string>;
  lastUsed?: { time: number; region: string };
  /** Service that owns it, e.g. `sagemaker.amazonaws.com`: a service-linked role. */
  linkedService?: string;
}

export interface PolicyVersion {
  id: string;
  document: string;
  created: number;
}

export interface ManagedPolicy {
  name: string;
  path: string;
  id: string;
  arn: string;
  description?: string;
  created: number;
  updated: number;
  defaultVersion: string;
  versions: PolicyVersion[];
  /** Number of the next version. */
  next: number;
  tags: Tag[];
}

/** Who uses a managed policy; key `<policy arn>|<use>|<kind>|<name>`. */
export interface Attachment {
  kind: "User" | "Group" | "Role";
  use: "attached" | "boundary";
  name: string;
}

export interface InstanceProfile {
  name: string;
  path: string;
  id: string;
  arn: string;
  created: number;
  role?: string;
  tags: Tag[];
}

/** Long-term key; in the table of the partition, since signatures are looked up before the account is known. */
export interface AccessKey {
  id: string;
  secret: string;
  account: string;
  /** Absent for a key of the root user. */
  user?: string;
  userId?: string;
  status: "Active" | "Inactive";
  created: number;
}

/** When a long-term key was last used; beside the key, so that using one changes nothing that requests look up. */
export interface AccessKeyUse {
  time: number;
  region: string;
  service: string;
}

/** Where a unique id (AIDA…, AROA…) stands for; in the table of the partition. */
export interface PrincipalId {
  arn: string;
}

export interface OidcProvider {
  arn: string;
  url: string;
  clientIds: string[];
  thumbprints: string[];
  created: number;
  tags: Tag[];
}

export interface SamlProvider {
  arn: string;
  name: string;
  uuid: string;
  metadata: string;
  created: number;
  validUntil: number;
  tags: Tag[];
}

/** The issuer of an account's tokens for services outside of AWS. */
export interface OutboundFederation {
  issuer: string;
  enabled: boolean;
  keys: { kid: string; algorithm: string; sealed: string; jwk: string }[];
}

export interface AccountSettings {
  outbound?: OutboundFederation;
  alias?: string;
  passwordPolicy?: PasswordPolicy;
  tokenVersion?: number;
  credentialReport?: { generated: number; content: string };
}

export interface PasswordPolicy {
  MinimumPasswordLength: number;
  RequireSymbols: boolean;
  RequireNumbers: boolean;
  RequireUppercaseCharacters: boolean;
  RequireLowercaseCharacters: boolean;
  AllowUsersToChangePassword: boolean;
  MaxPasswordAge?: number;
  PasswordReusePrevention?: number;
  HardExpiry?: boolean;
}

export interface MfaDevice {
  serial: string;
  arn: string;
  seed: string;
  user?: string;
  enabled?: number;
  tags: Tag[];
}

export interface ServerCertificate {
  name: string;
  path: string;
  id: string;
  arn: string;
  uploaded: number;
  body: string;
  chain?: string;
  expires?: number;
  tags: Tag[];
}

/** A report of last accessed information. */
export interface AccessJob {
  id: string;
  created: number;
  granularity: string;
  /** ARNs of the users and roles that it is about. */
  entities: string[];
  services: {
    namespace: string;
    /** Who used it, the last one first. */
    by: { entity: string; time: number; region: string }[];
    actions?: { name: string; entity: string; time: number; region: string }[];
  }[];
}

type Where = Pick<ReadContext, "accountTable" | "globalTable">;

export const users = (at: Where): Table<User> => at.accountTable("iam.user");
export const groups = (at: Where): Table<Group> => at.accountTable("iam.group");
export const roles = (at: Where): Table<Role> => at.accountTable("iam.role");
export const policies = (at: Where): Table<ManagedPolicy> => at.accountTable("iam.policy");
export const attachments = (at: Where): Table<Attachment> => at.accountTable("iam.attachment");
export const instanceProfiles = (at: Where): Table<InstanceProfile> => at.accountTable("iam.instanceProfile");
export const oidcProviders = (at: Where): Table<OidcProvider> => at.accountTable("iam.oidc");
export const samlProviders = (at: Where): Table<SamlProvider> => at.accountTable("iam.saml");
export const mfaDevices = (at: Where): Table<MfaDevice> => at.accountTable("iam.mfa");
export const serverCertificates = (at: Where): Table<ServerCertificate> =>
  at.accountTable("iam.serverCertificate");
export const accessJobs = (at: Where): Table<AccessJob> => at.accountTable("iam.accessJob");
export const settings = (at: Where): Table<AccountSettings> => at.accountTable("iam.settings");
export const accessKeys = (at: Where): Table<AccessKey> => at.globalTable("iam.accessKey");
export const accessKeyUses = (at: Where): Table<AccessKeyUse> => at.globalTable("iam.accessKeyUse");
export const principalIds = (at: Where): Table<PrincipalId> => at.globalTable("iam.principalId");

/** Key of a row under a name. */
export const keyOf = (name: string): string => name.toLowerCase();
