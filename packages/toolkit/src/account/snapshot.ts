/**
 * An account as read through its own APIs: who there is, what policies bear on them, what guards the resources.
 * The same for the local cloud and for AWS; what could not be read is listed in `gaps`, never left out silently.
 */

/** A policy as text with the name it is known by. */
export interface PolicyText {
  name: string;
  arn?: string;
  document: string;
}

export interface PrincipalRecord {
  kind: "role" | "user";
  name: string;
  arn: string;
  uniqueId: string;
  tags: Record<string, string>;
  identity: PolicyText[];
  boundary?: PolicyText;
  /** Roles only. */
  trust?: PolicyText;
}

/** A policy on a resource, and what else decides there. */
export interface ResourceRecord {
  arn: string;
  account: string;
  policy?: PolicyText;
  tags?: Record<string, string>;
  grants?: {
    id?: string;
    granteePrincipal: string;
    operations: string[];
    constraints?: {
      encryptionContextEquals?: Record<string, string>;
      encryptionContextSubset?: Record<string, string>;
    };
  }[];
}

export interface EndpointRecord {
  id: string;
  vpcId: string;
  /** e.g. `com.amazonaws.us-east-1.s3` */
  serviceName: string;
  type: string;
  policy?: PolicyText;
}

export interface ProfileRecord {
  domainId: string;
  domainName: string;
  name: string;
  roleArn: string;
  vpcId?: string;
  sourceIdentity: boolean;
}

/** A security group or route table: what it opens, a line each. */
export interface PathRecord {
  /** `security group bank-studio`, `route table …` */
  where: string;
  lines: string[];
}

/** Something that could not be read. */
export interface Gap {
  what: string;
  why: string;
}

export interface AccountSnapshot {
  account: string;
  region: string;
  principals: PrincipalRecord[];
  resources: ResourceRecord[];
  endpoints: EndpointRecord[];
  profiles: ProfileRecord[];
  paths: PathRecord[];
  /** SCPs that bind the account, root first; absent outside an organisation (or when they cannot be read: see `gaps`). */
  scps?: { level: string; policies: PolicyText[] }[];
  gaps: Gap[];
}
