/** Rules of security groups: reading permissions as requests give them, comparing and printing them. */
import type { IpPermission, SecurityGroupRule } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../context.ts";
import { parseCidr, printCidr } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { invalidValue, missing } from "./errors.ts";
import { newId } from "./identifiers.ts";
import { absentError, all, arnOf, find, tableOf, tagList } from "./kind.ts";
import { prefixLists, securityGroups, vpcs } from "./kinds.ts";
import type { Malformed } from "./malformed.ts";
import type { RuleRecord, SecurityGroupRecord, Tags } from "./records.ts";
import { isAwsPrefixList } from "./service-names.ts";

const NAMES: Record<string, string> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", all: "-1" };

/** A protocol as the API prints it. @throws AwsError for one that does not exist */
export function protocolName(text: string | undefined): string {
  if (text === undefined) throw missing("ipProtocol");
  const name = NAMES[text.toLowerCase()] ?? text.toLowerCase();
  if (["tcp", "udp", "icmp", "icmpv6", "-1"].includes(name)) return name;
  if (/^\d{1,3}$/.test(name) && Number(name) <= 255) return name;
  throw invalidValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

/** The ports (or ICMP type and code) of a rule of this protocol. */
export function portsOf(
  protocol: string,
  from: number | undefined,
  to: number | undefined,
): { from?: number; to?: number } {
  if (protocol === "tcp" || protocol === "udp") {
    if (from === undefined || to === undefined)
      throw invalidValue("Must specify both from and to ports with TCP/UDP.");
    for (const port of [from, to]) {
      if (port < 0 || port > 65535) throw invalidValue(`TCP/UDP port (${port}) out of range`);
    }
    if (from > to) throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
    return { from, to };
  }
  if (protocol === "icmp" || protocol === "icmpv6") {
    const type = from ?? -1;
    const code = to ?? -1;
    if (type < -1 || type > 255) throw invalidValue(`ICMP type (${type}) out of range`);
    if (code < -1 || code > 255) throw invalidValue(`ICMP code (${code}) out of range`);
    if (type === -1 && code !== -1) throw invalidValue("ICMP code may not be specified if the type is -1");
    return { from: type, to: code };
  }
  return {};
}

/** Permissions of the old form: one peer in the request's own members. */
export interface FlatPermission {
  IpPermissions?: IpPermission[] | undefined;
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  CidrIp?: string | undefined;
  SourceSecurityGroupName?: string | undefined;
  SourceSecurityGroupOwnerId?: string | undefined;
}

function permissionsOf(input: FlatPermission): IpPermission[] {
  if (input.IpPermissions?.length) return input.IpPermissions;
  if (!input.IpProtocol && !input.CidrIp && !input.SourceSecurityGroupName) throw missing("ipPermissions");
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName, SourceSecurityGroupOwnerId } = input;
  return [
    {
      IpProtocol: IpProtocol ?? "-1",
      FromPort,
      ToPort,
      ...(CidrIp && { IpRanges: [{ CidrIp }] }),
      ...(SourceSecurityGroupName && {
        UserIdGroupPairs: [{ GroupName: SourceSecurityGroupName, UserId: SourceSecurityGroupOwnerId }],
      }),
    },
  ];
}

type Peer = Pick<RuleRecord, "cidr" | "ipv6" | "prefixListId" | "groupId" | "groupAccount" | "description">;

/** @throws AwsError for a peer that does not exist or is malformed */
export function rulesFrom(
  context: CallContext,
  group: Readonly<SecurityGroupRecord>,
  input: FlatPermission,
  egress: boolean,
  tags: Tags = {},
): RuleRecord[] {
  return permissionsOf(input).flatMap((one) => {
    const protocol = protocolName(one.IpProtocol);
    const ports = portsOf(protocol, one.FromPort, one.ToPort);
    const peers: Peer[] = [
      ...(one.IpRanges ?? []).map(({ CidrIp, Description }) =>
        described({ cidr: block(CidrIp, 4) }, Description),
      ),
      ...(one.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) =>
        described({ ipv6: block(CidrIpv6, 6) }, Description),
      ),
      ...(one.PrefixListIds ?? []).map(({ PrefixListId = "", Description }) => {
        if (!isAwsPrefixList(PrefixListId, context.region)) find(context, prefixLists, PrefixListId);
        return described({ prefixListId: PrefixListId }, Description);
      }),
      ...(one.UserIdGroupPairs ?? []).map((pair) =>
        described(peerGroup(context, group, pair), pair.Description),
      ),
    ];
    if (peers.length === 0) {
      throw missing("ipPermissions.ipRanges, ipv6Ranges, prefixListIds or groups");
    }
    return peers.map((peer): RuleRecord => ({ id: newId("sgr"), egress, protocol, ...ports, ...peer, tags }));
  });
}

function described(peer: Peer, description: string | undefined): Peer {
  if (description === undefined || description === "") return peer;
  if (description.length > 255 || !/^[\w\s.:/()#,@[\]+=&;{}!$*-]*$/.test(description)) {
    throw invalidValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  }
  return { ...peer, description };
}

function block(text: string | undefined, family: 4 | 6): string {
  const cidr = parseCidr(text);
  if (cidr?.family === family) return printCidr(cidr);
  throw invalidValue(
    family === 4 ? `CIDR block ${text} is malformed` : `IPv6 CIDR block ${text} is malformed`,
  );
}

function peerGroup(
  context: CallContext,
  group: Readonly<SecurityGroupRecord>,
  pair: { GroupId?: string | undefined; GroupName?: string | undefined; UserId?: string | undefined },
): Peer {
  const account = pair.UserId ?? context.account;
  const owner = context.in(account);
  const peer = pair.GroupId
    ? tableOf(owner, securityGroups).get(pair.GroupId)
    : all(owner, securityGroups).find((one) => one.name === pair.GroupName && one.vpcId === group.vpcId);
  if (!peer) {
    const malformed = pair.GroupId && securityGroups.malformed?.(pair.GroupId);
    throw malformed || absentError(securityGroups, pair.GroupId ?? pair.GroupName ?? "");
  }
  if (
    account === context.account &&
    peer.vpcId !== group.vpcId &&
    !arePeered(context, peer.vpcId, group.vpcId)
  ) {
    throw new AwsError(
      "InvalidGroup.NotFound",
      "You have specified two resources that belong to different networks.",
    );
  }
  return { groupId: peer.id, groupAccount: account };
}

const arePeered = (context: ReadContext, a: string, b: string) =>
  context
    .table<{ status: string; requester: { vpcId: string }; accepter: { vpcId: string } }>(
      "ec2.vpc-peering-connection",
    )
    .list()
    .some(
      (one) =>
        one.status === "active" &&
        [one.requester.vpcId, one.accepter.vpcId].includes(a) &&
        [one.requester.vpcId, one.accepter.vpcId].includes(b),
    );

export const peerOf = (rule: Readonly<RuleRecord>) =>
  rule.cidr ?? rule.ipv6 ?? rule.prefixListId ?? rule.groupId;

/** Whether two rules let the same traffic through. */
export const sameRule = (a: Readonly<RuleRecord>, b: Readonly<RuleRecord>): boolean =>
  a.egress === b.egress &&
  a.protocol === b.protocol &&
  a.from === b.from &&
  a.to === b.to &&
  peerOf(a) === peerOf(b);

/** A rule as the duplicate error prints it. */
export function printRule(rule: Readonly<RuleRecord>): string {
  const parts = [`peer: ${peerOf(rule)}`, rule.protocol === "-1" ? "ALL" : rule.protocol.toUpperCase()];
  if (rule.protocol === "tcp" || rule.protocol === "udp")
    parts.push(`from port: ${rule.from}`, `to port: ${rule.to}`);
  else if (rule.from !== undefined) parts.push(`type: ${rule.from}`, `code: ${rule.to}`);
  return `"${parts.join(", ")}, ALLOW"`;
}

export const ruleView = (
  context: ReadContext,
  group: Readonly<SecurityGroupRecord>,
  rule: Readonly<RuleRecord>,
): SecurityGroupRule => ({
  SecurityGroupRuleId: rule.id,
  SecurityGroupRuleArn: arnOf(context, "security-group-rule", rule.id),
  GroupId: group.id,
  GroupOwnerId: context.account,
  IsEgress: rule.egress,
  IpProtocol: rule.protocol,
  FromPort: rule.from ?? -1,
  ToPort: rule.to ?? -1,
  ...(rule.cidr && { CidrIpv4: rule.cidr }),
  ...(rule.ipv6 && { CidrIpv6: rule.ipv6 }),
  ...(rule.prefixListId && { PrefixListId: rule.prefixListId }),
  ...(rule.groupId && { ReferencedGroupInfo: { GroupId: rule.groupId, UserId: rule.groupAccount } }),
  ...(rule.description && { Description: rule.description }),
  Tags: tagList(rule.tags),
});

/** Rules joined by protocol and ports, as groups list them. */
export function permissionsView(rules: readonly Readonly<RuleRecord>[]): IpPermission[] {
  const joined = new Map<string, IpPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol}/${rule.from}/${rule.to}`;
    let one = joined.get(key);
    if (!one) {
      one = {
        IpProtocol: rule.protocol,
        ...(rule.from !== undefined && { FromPort: rule.from, ToPort: rule.to }),
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      };
      joined.set(key, one);
    }
    const Description = rule.description;
    const about = Description === undefined ? {} : { Description };
    if (rule.cidr) one.IpRanges?.push({ CidrIp: rule.cidr, ...about });
    else if (rule.ipv6) one.Ipv6Ranges?.push({ CidrIpv6: rule.ipv6, ...about });
    else if (rule.prefixListId) one.PrefixListIds?.push({ PrefixListId: rule.prefixListId, ...about });
    else if (rule.groupId)
      one.UserIdGroupPairs?.push({ GroupId: rule.groupId, UserId: rule.groupAccount, ...about });
  }
  return [...joined.values()];
}

/** The group that a request names by id, or by name in the default VPC. */
export function groupOf(
  context: CallContext,
  input: { GroupId?: string | undefined; GroupName?: string | undefined },
  malformed?: Malformed,
): Readonly<SecurityGroupRecord> {
  if (input.GroupId) return find(context, securityGroups, input.GroupId, malformed);
  if (!input.GroupName) {
    throw missing("groupName or groupId");
  }
  const home = all(context, vpcs).find((one) => one.isDefault);
  const group =
    home && all(context, securityGroups).find((one) => one.vpcId === home.id && one.name === input.GroupName);
  if (!group)
    throw new AwsError(
      "InvalidGroup.NotFound",
      `The security group '${input.GroupName}' does not exist in default VPC '${home?.id ?? "null"}'`,
    );
  return group;
}
