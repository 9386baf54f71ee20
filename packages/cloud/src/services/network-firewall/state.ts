/** What Network Firewall keeps: rule groups, policies, firewalls; by name. */
import { randomUUID } from "node:crypto";
import type { FirewallPolicy, RuleGroup } from "@aws-sdk/client-network-firewall";
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { AwsError } from "../../wire/errors.ts";

export type Tags = Record<string, string>;

interface Named {
  id: string;
  name: string;
  arn: string;
  description?: string;
  token: string;
  tags: Tags;
  modified: number;
}

export interface RuleGroupRecord extends Named {
  type: "STATEFUL" | "STATELESS";
  capacity: number;
  group: RuleGroup;
}

export interface PolicyRecord extends Named {
  policy: FirewallPolicy;
}

export interface FirewallRecord extends Named {
  policyArn: string;
  vpcId: string;
  /** Subnet → its endpoint. */
  subnets: { subnetId: string; zone: string; endpointId: string }[];
  deleteProtection: boolean;
  subnetChangeProtection: boolean;
  policyChangeProtection: boolean;
  logging: { LogType: string; LogDestinationType: string; LogDestination: Record<string, string> }[];
}

export const ruleGroups = (context: ReadContext) =>
  context.table<RuleGroupRecord>("network-firewall.rule-group");
export const policies = (context: ReadContext) => context.table<PolicyRecord>("network-firewall.policy");
export const firewalls = (context: ReadContext) => context.table<FirewallRecord>("network-firewall.firewall");

export const newToken = (): string => randomUUID();

export const invalid = (message: string) => new AwsError("InvalidRequestException", message);
export const inUse = (message: string) => new AwsError("InvalidOperationException", message);
export const notFound = (message = "The resource could not be found.") =>
  new AwsError("ResourceNotFoundException", message);

/** The record with this name or ARN. */
export function named<T extends Named>(
  table: Table<T>,
  name: string | undefined,
  arn: string | undefined,
): Readonly<T> {
  if (!name && !arn) throw invalid("A name or an ARN must be given.");
  const found = table.list().find((one) => (!arn || one.arn === arn) && (!name || one.name === name));
  if (!found) throw notFound(`Resource not found: ${arn ?? name}`);
  return found;
}

export function checkToken(record: Readonly<Named>, token: string | undefined): void {
  if (token !== undefined && token !== record.token) {
    throw new AwsError(
      "InvalidTokenException",
      "The token you provided is stale or isn't valid for the operation.",
    );
  }
}

export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
export const tagsFrom = (
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tags => Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** A page of a list. */
export function pageOf<T>(all: readonly T[], size = 100, token?: string): { items: T[]; next?: string } {
  const start = token ? Number(Buffer.from(token, "base64url").toString()) : 0;
  if (!Number.isSafeInteger(start) || start < 0) throw invalid("The NextToken is not valid.");
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(String(end)).toString("base64url") } : { items };
}
