/** What Organizations keeps: the organisation an account belongs to, and each organisation's tree and policies. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

export type PolicyType =
  | "SERVICE_CONTROL_POLICY"
  | "RESOURCE_CONTROL_POLICY"
  | "TAG_POLICY"
  | "BACKUP_POLICY"
  | "AISERVICES_OPT_OUT_POLICY"
  | "CHATBOT_POLICY"
  | "DECLARATIVE_POLICY_EC2"
  | "SECURITYHUB_POLICY";

export interface Tag {
  Key: string;
  Value: string;
}

export interface Organization {
  id: string;
  arn: string;
  management: string;
  email: string;
  features: "ALL" | "CONSOLIDATED_BILLING";
  root: string;
  enabled: PolicyType[];
  /** Service principals with trusted access, and since when. */
  services: Record<string, number>;
  /** Delegated administrators: account to service principals. */
  delegated: Record<string, Record<string, number>>;
}

/** A root, an organisational unit or an account. */
export interface Node {
  id: string;
  kind: "ROOT" | "ORGANIZATIONAL_UNIT" | "ACCOUNT";
  arn: string;
  name: string;
  parent?: string;
  /** Ids of attached policies. */
  policies: string[];
  tags: Tag[];
  email?: string;
  status?: "ACTIVE" | "SUSPENDED";
  joinedMethod?: "INVITED" | "CREATED";
  joined?: number;
}

export interface Policy {
  id: string;
  arn: string;
  name: string;
  description: string;
  type: PolicyType;
  awsManaged: boolean;
  content: string;
  tags: Tag[];
}

export interface CreateStatus {
  id: string;
  name: string;
  account: string;
  requested: number;
}

export interface Handshake {
  id: string;
  organization: string;
  account: string;
  state: "OPEN" | "CANCELED" | "ACCEPTED" | "DECLINED";
  requested: number;
  expires: number;
  notes?: string;
}

type Where = Pick<ReadContext, "globalTable" | "store">;

/** Organisation of each account. */
export const memberships = (at: Where): Table<{ organization: string }> =>
  at.globalTable("organizations.membership");
export const organizations = (at: Where): Table<Organization> => at.globalTable("organizations.organization");
export const handshakes = (at: Where): Table<Handshake> => at.globalTable("organizations.handshake");
export const nodes = (at: Where, organization: string): Table<Node> =>
  at.store.table("organizations.node", organization);
export const policies = (at: Where, organization: string): Table<Policy> =>
  at.store.table("organizations.policy", organization);
export const createStatuses = (at: Where, organization: string): Table<CreateStatus> =>
  at.store.table("organizations.createStatus", organization);
