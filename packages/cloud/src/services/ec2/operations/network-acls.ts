/**
 * Network ACLs: numbered, stateless rules of subnets.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
import type { NetworkAcl } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, combination, dependency, invalidValue, missing, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import { networkAcls, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { AclEntryRecord, NetworkAclRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

/** Quota "rules per network ACL", each direction; the default deny is not counted. */
const MAX_ENTRIES = 40;
/** Number of the rule that ends every ACL and cannot be changed. */
const LAST = 32767;
const LAST_V6 = 32768;

const entry = (egress: boolean, number: number, action: "allow" | "deny", ipv6: boolean): AclEntryRecord => ({
  egress,
  number,
  protocol: "-1",
  action,
  ...(ipv6 ? { ipv6: "::/0" } : { cidr: "0.0.0.0/0" }),
});

const lastEntries = (ipv6: boolean): AclEntryRecord[] =>
  [true, false].flatMap((egress) => [
    entry(egress, LAST, "deny", false),
    ...(ipv6 ? [entry(egress, LAST_V6, "deny", true)] : []),
  ]);

/** The ACL a VPC is made with: it lets everything through. */
export const defaultAcl = (vpcId: string, ipv6: boolean): NetworkAclRecord => ({
  id: newId("acl"),
  tags: {},
  vpcId,
  isDefault: true,
  entries: [
    ...[true, false].flatMap((egress) => [
      entry(egress, 100, "allow", false),
      ...(ipv6 ? [entry(egress, 101, "allow", true)] : []),
    ]),
    ...lastEntries(ipv6),
  ],
  associations: [],
});

export const aclView = (acl: Readonly<NetworkAclRecord>, context: ReadContext): NetworkAcl => ({
  NetworkAclId: acl.id,
  VpcId: acl.vpcId,
  OwnerId: context.account,
  IsDefault: acl.isDefault,
  Entries: [...acl.entries]
    .sort((a, b) => Number(b.egress) - Number(a.egress) || a.number - b.number)
    .map((one) => ({
      Egress: one.egress,
      RuleNumber: one.number,
      Protocol: one.protocol,
      RuleAction: one.action,
      ...(one.cidr && { CidrBlock: one.cidr }),
      ...(one.ipv6 && { Ipv6CidrBlock: one.ipv6 }),
      ...(one.from !== undefined && { PortRange: { From: one.from, To: one.to } }),
      ...(one.icmpType !== undefined && { IcmpTypeCode: { Type: one.icmpType, Code: one.icmpCode } }),
    })),
  Associations: acl.associations.map((one) => ({
    NetworkAclAssociationId: one.id,
    NetworkAclId: acl.id,
    SubnetId: one.subnetId,
  })),
  Tags: tagList(acl.tags),
});

const PROTOCOLS: Record<string, string> = { tcp: "6", udp: "17", icmp: "1", icmpv6: "58", all: "-1" };

interface EntryInput {
  RuleNumber: number;
  Egress: boolean;
  Protocol: string;
  RuleAction: string;
  CidrBlock?: string | undefined;
  Ipv6CidrBlock?: string | undefined;
  PortRange?: { From?: number | undefined; To?: number | undefined } | undefined;
  IcmpTypeCode?: { Type?: number | undefined; Code?: number | undefined } | undefined;
}

function entryFrom(input: EntryInput): AclEntryRecord {
  const number = need(input.RuleNumber, "ruleNumber");
  if (!Number.isInteger(number) || number < 1 || number > 32766) {
    throw badParameter("ruleNumber", number, "Must be between 1 and 32766.");
  }
  const text = String(need(input.Protocol, "protocol")).toLowerCase();
  const protocol = PROTOCOLS[text] ?? text;
  if (protocol !== "-1" && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw invalidValue(`Invalid value '${input.Protocol}' for IP protocol. Unknown protocol.`);
  }
  const action = need(input.RuleAction, "ruleAction");
  if (action !== "allow" && action !== "deny") throw badParameter("ruleAction", action);
  if (input.CidrBlock && input.Ipv6CidrBlock) {
    throw combination("The parameters cidrBlock and ipv6CidrBlock cannot be used together");
  }
  const cidr = parseCidr(input.CidrBlock ?? input.Ipv6CidrBlock);
  if (!input.CidrBlock && !input.Ipv6CidrBlock) throw missing("cidrBlock");
  if (cidr?.family !== (input.CidrBlock ? 4 : 6)) {
    throw badParameter(
      "cidrBlock",
      input.CidrBlock ?? input.Ipv6CidrBlock,
      "This is not a valid CIDR block.",
    );
  }
  const { From, To } = input.PortRange ?? {};
  const ports = protocol === "6" || protocol === "17";
  if (ports && (From === undefined || To === undefined)) throw missing("portRange");
  if (ports && (From! < 0 || To! > 65535 || From! > To!)) {
    throw invalidValue(`Invalid TCP/UDP port range (${From}:${To})`);
  }
  const icmp = protocol === "1" || protocol === "58";
  if (icmp && input.IcmpTypeCode?.Type === undefined) throw missing("icmpTypeCode.type");
  return {
    egress: input.Egress ?? false,
    number,
    protocol,
    action,
    ...(input.CidrBlock ? { cidr: printCidr(cidr) } : { ipv6: printCidr(cidr) }),
    ...(ports && { from: From!, to: To! }),
    ...(icmp && { icmpType: input.IcmpTypeCode?.Type ?? -1, icmpCode: input.IcmpTypeCode?.Code ?? -1 }),
  };
}

const sameNumber = (a: AclEntryRecord, egress: boolean | undefined, number: number) =>
  a.egress === (egress ?? false) && a.number === number;

const noEntry = (number: number) =>
  new AwsError(
    "InvalidNetworkAclEntry.NotFound",
    `The network acl entry identified by ${number} does not exist.`,
  );

/** Puts a subnet under another ACL of its VPC; returns the new association's id. */
function associate(context: CallContext, acl: Readonly<NetworkAclRecord>, subnetId: string): string {
  const id = newId("aclassoc");
  for (const other of all(context, networkAcls)) {
    if (!other.associations.some((one) => one.subnetId === subnetId)) continue;
    change(context, networkAcls, other.id, (draft) => {
      draft.associations = draft.associations.filter((one) => one.subnetId !== subnetId);
    });
  }
  change(context, networkAcls, acl.id, (draft) => void draft.associations.push({ id, subnetId }));
  return id;
}

export const networkAclOperations: Operations = {
  CreateNetworkAcl(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const acl = add(context, networkAcls, {
      id: newId("acl"),
      tags: specifiedTags(input.TagSpecifications, "network-acl"),
      vpcId: vpc.id,
      isDefault: false,
      entries: lastEntries(vpc.ipv6Cidrs.length > 0),
      associations: [],
    });
    return { NetworkAcl: aclView(acl, context) };
  },

  DescribeNetworkAcls(input, context) {
    const { items, next } = describe(context, networkAcls, input, input.NetworkAclIds, {
      idsName: "networkAclIds",
    });
    return { NetworkAcls: items.map((one) => aclView(one, context)), NextToken: next };
  },

  DeleteNetworkAcl(input, context) {
    const acl = find(context, networkAcls, need(input.NetworkAclId, "networkAclId"));
    if (acl.isDefault)
      throw invalidValue(`The networkAcl '${acl.id}' is the default network ACL and cannot be deleted.`);
    if (acl.associations.length) {
      throw dependency(`The networkAcl '${acl.id}' has dependencies and cannot be deleted.`);
    }
    remove(context, networkAcls, acl.id);
    return {};
  },

  CreateNetworkAclEntry(input, context) {
    const acl = find(context, networkAcls, need(input.NetworkAclId, "networkAclId"));
    const made = entryFrom(input);
    if (acl.entries.some((one) => sameNumber(one, made.egress, made.number))) {
      throw new AwsError(
        "NetworkAclEntryAlreadyExists",
        `The network acl entry identified by ${made.number} already exists.`,
      );
    }
    if (acl.entries.filter((one) => one.egress === made.egress && one.number < LAST).length >= MAX_ENTRIES) {
      throw new AwsError(
        "NetworkAclEntryLimitExceeded",
        "The maximum number of network acl entries has been reached.",
      );
    }
    change(context, networkAcls, acl.id, (draft) => void draft.entries.push(made));
    return {};
  },

  ReplaceNetworkAclEntry(input, context) {
    const acl = find(context, networkAcls, need(input.NetworkAclId, "networkAclId"));
    const made = entryFrom(input);
    if (!acl.entries.some((one) => sameNumber(one, made.egress, made.number))) throw noEntry(made.number);
    change(context, networkAcls, acl.id, (draft) => {
      draft.entries = draft.entries.map((one) => (sameNumber(one, made.egress, made.number) ? made : one));
    });
    return {};
  },

  DeleteNetworkAclEntry(input, context) {
    const acl = find(context, networkAcls, need(input.NetworkAclId, "networkAclId"));
    const number = need(input.RuleNumber, "ruleNumber");
    if (number >= LAST) throw badParameter("ruleNumber", number, "Must be between 1 and 32766.");
    if (!acl.entries.some((one) => sameNumber(one, input.Egress, number))) throw noEntry(number);
    change(context, networkAcls, acl.id, (draft) => {
      draft.entries = draft.entries.filter((one) => !sameNumber(one, input.Egress, number));
    });
    return {};
  },

  ReplaceNetworkAclAssociation(input, context) {
    const id = need(input.AssociationId, "associationId");
    const acl = find(context, networkAcls, need(input.NetworkAclId, "networkAclId"));
    const from = all(context, networkAcls).find((one) => one.associations.some((a) => a.id === id));
    if (!from) {
      throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
    }
    if (from.vpcId !== acl.vpcId) {
      throw invalidValue(
        `The networkAcl '${acl.id}' and the association '${id}' belong to different networks.`,
      );
    }
    const { subnetId } = from.associations.find((one) => one.id === id)!;
    return { NewAssociationId: associate(context, acl, subnetId) };
  },
};
