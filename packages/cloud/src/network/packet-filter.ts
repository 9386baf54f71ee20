/**
 * Whether security groups and network ACLs let TCP through. Groups are stateful and allow only; an ACL's rules are
 * tried by number, both ways, and the first that matches decides.
 * https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html
 */
import type { ReadContext } from "../context.ts";
import { tableOf } from "../services/ec2/kind.ts";
import { prefixLists, securityGroups } from "../services/ec2/kinds.ts";
import type { AclEntryRecord, NetworkAclRecord, RuleRecord } from "../services/ec2/records.ts";
import { awsPrefixLists } from "../services/ec2/service-names.ts";
import { cidrHas } from "./cidr.ts";

const TCP = ["tcp", "6", "-1"];

/** Blocks of a prefix list, AWS's or the account's. */
export function prefixesOf(context: ReadContext, id: string): readonly string[] {
  const aws = awsPrefixLists(context.region).find((one) => one.id === id);
  if (aws) return aws.cidrs;
  return (
    tableOf(context, prefixLists)
      .get(id)
      ?.versions.at(-1)
      ?.entries.map((one) => one.cidr) ?? []
  );
}

/** What is at the other end of a packet. */
export interface Peer {
  ip: string;
  /** Security groups of the interface there, when it is in reach of group references. */
  groupIds?: readonly string[] | undefined;
}

function admits(context: ReadContext, rule: Readonly<RuleRecord>, peer: Peer, port: number): boolean {
  if (!TCP.includes(rule.protocol)) return false;
  if (
    rule.protocol !== "-1" &&
    rule.from !== undefined &&
    (port < rule.from || port > (rule.to ?? rule.from))
  )
    return false;
  if (rule.cidr) return cidrHas(rule.cidr, peer.ip);
  if (rule.ipv6) return cidrHas(rule.ipv6, peer.ip);
  if (rule.prefixListId) return prefixesOf(context, rule.prefixListId).some((cidr) => cidrHas(cidr, peer.ip));
  return rule.groupId !== undefined && (peer.groupIds?.includes(rule.groupId) ?? false);
}

/** Whether one of the groups lets a connection out (or in) to this port. */
export const groupsAdmit = (
  context: ReadContext,
  groupIds: readonly string[],
  egress: boolean,
  peer: Peer,
  port: number,
): boolean =>
  groupIds.some((id) =>
    tableOf(context, securityGroups)
      .get(id)
      ?.rules.some((rule) => rule.egress === egress && admits(context, rule, peer, port)),
  );

function covers(entry: Readonly<AclEntryRecord>, ip: string, port: number): boolean {
  if (!["-1", "6"].includes(entry.protocol)) return false;
  if (
    entry.protocol === "6" &&
    entry.from !== undefined &&
    (port < entry.from || port > (entry.to ?? entry.from))
  )
    return false;
  return cidrHas(entry.cidr ?? entry.ipv6, ip);
}

/** Whether an ACL lets a packet from or to this address and port through. */
export function aclAdmits(
  acl: Readonly<NetworkAclRecord> | undefined,
  egress: boolean,
  ip: string,
  port: number,
): boolean {
  if (!acl) return true;
  const entries = acl.entries.filter((one) => one.egress === egress).sort((a, b) => a.number - b.number);
  return entries.find((one) => covers(one, ip, port))?.action === "allow";
}
