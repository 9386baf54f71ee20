/** What Identity Center keeps: instances, permission sets, assignments, applications; all of one account and region. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

export interface Tag {
  Key: string;
  Value: string;
}

export interface Instance {
  arn: string;
  storeId: string;
  owner: string;
  name?: string;
  created: number;
  tags: Tag[];
}

export interface PermissionSet {
  arn: string;
  instance: string;
  name: string;
  description?: string;
  /** ISO 8601 duration, e.g. `PT8H`. */
  duration: string;
  relayState?: string;
  created: number;
  managed: { Name: string; Arn: string }[];
  inline?: string;
  boundary?: { ManagedPolicyArn?: string; CustomerManagedPolicyReference?: { Name: string; Path?: string } };
  customer: { Name: string; Path?: string }[];
  tags: Tag[];
}

/** Key: `<permission set>|<account>|<principal>`. */
export interface AccountAssignment {
  permissionSet: string;
  account: string;
  principalType: "USER" | "GROUP";
  principalId: string;
}

export interface Application {
  arn: string;
  instance: string;
  provider: string;
  name: string;
  description?: string;
  status: "ENABLED" | "DISABLED";
  created: number;
  account: string;
  assignmentRequired: boolean;
  portal?: object;
  tags: Tag[];
}

/** Key: `<application>|<principal>`. */
export interface ApplicationAssignment {
  application: string;
  principalType: "USER" | "GROUP";
  principalId: string;
}

export interface Operation {
  RequestId: string;
  kind: "creation" | "deletion" | "provisioning";
  permissionSet: string;
  account: string;
  principalType?: "USER" | "GROUP";
  principalId?: string;
  created: number;
}

type Where = Pick<ReadContext, "table">;
export const instances = (at: Where): Table<Instance> => at.table("sso.instance");
export const permissionSets = (at: Where): Table<PermissionSet> => at.table("sso.permissionSet");
export const accountAssignments = (at: Where): Table<AccountAssignment> => at.table("sso.accountAssignment");
export const applications = (at: Where): Table<Application> => at.table("sso.application");
export const applicationAssignments = (at: Where): Table<ApplicationAssignment> =>
  at.table("sso.applicationAssignment");
export const operationsDone = (at: Where): Table<Operation> => at.table("sso.operation");
