/** Security groups and their rules, network ACLs and their entries, prefix lists. */
import { randomSuffix } from "../../names.ts";
import { sameValue, type Value, type ValueMap } from "../../template/value.ts";
import { compact, declared, list, map, pick, type Step, type Work } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { describeOne, ec2Tags, tagSpecifications } from "./shared.ts";

const service = "ec2";
type Direction = "Ingress" | "Egress";

/** A rule of CloudFormation's form as the API's `IpPermission`. */
function permission(rule: ValueMap): object {
  const Description = rule.Description;
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  const groupName = rule.SourceSecurityGroupName;
  const prefixList = rule.SourcePrefixListId ?? rule.DestinationPrefixListId;
  const described = (one: object) => [compact({ ...one, Description })];
  return compact({
    IpProtocol: text(rule.IpProtocol ?? "-1"),
    FromPort: rule.FromPort === undefined ? undefined : Number(rule.FromPort),
    ToPort: rule.ToPort === undefined ? undefined : Number(rule.ToPort),
    IpRanges: rule.CidrIp === undefined ? undefined : described({ CidrIp: rule.CidrIp }),
    Ipv6Ranges: rule.CidrIpv6 === undefined ? undefined : described({ CidrIpv6: rule.CidrIpv6 }),
    PrefixListIds: prefixList === undefined ? undefined : described({ PrefixListId: prefixList }),
    UserIdGroupPairs:
      group === undefined && groupName === undefined
        ? undefined
        : described(
            compact({ GroupId: group, GroupName: groupName, UserId: rule.SourceSecurityGroupOwnerId }),
          ),
  });
}

/** Rules written inside a group: revoke what is gone, authorize what is new. */
function rulesStep(direction: Direction): Step {
  const property = `SecurityGroup${direction}`;
  return {
    of: [property],
    run: async ({ id, p, old, r }) => {
      const before = list(old?.[property]).map(map);
      const after = list(p[property]).map(map);
      const gone = before.filter((one) => !after.some((other) => sameValue(one, other)));
      const added = after.filter((one) => !before.some((other) => sameValue(one, other)));
      // rules of one's own take the place of the one that lets everything out
      if (direction === "Egress" && before.length === 0 && after.length > 0) {
        await r.call(service, "RevokeSecurityGroupEgress", { GroupId: id, IpPermissions: [EVERYTHING] });
      }
      if (gone.length > 0) {
        await r.call(service, `RevokeSecurityGroup${direction}`, {
          GroupId: id,
          IpPermissions: gone.map(permission),
        });
      }
      if (added.length > 0) {
        await r.call(service, `AuthorizeSecurityGroup${direction}`, {
          GroupId: id,
          IpPermissions: unique(added).map(permission),
        });
      }
      if (direction === "Egress" && before.length > 0 && after.length === 0) {
        await r.call(service, "AuthorizeSecurityGroupEgress", { GroupId: id, IpPermissions: [EVERYTHING] });
      }
    },
  };
}
const EVERYTHING = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

function unique(rules: ValueMap[]): ValueMap[] {
  return rules.filter((one, index) => rules.findIndex((other) => sameValue(one, other)) === index);
}

/** A rule as a resource of its own. */
function ruleType(direction: Direction) {
  return declared({
    service,
    create: {
      op: `AuthorizeSecurityGroup${direction}`,
      input: ({ p }) =>
        compact({
          GroupId: p.GroupId,
          GroupName: p.GroupId === undefined ? p.GroupName : undefined,
          IpPermissions: [permission(p)],
        }),
    },
    id: (output) =>
      output.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? `sgr-${randomSuffix(17).toLowerCase()}`,
    steps: [
      {
        of: ["Description"],
        updateOnly: true,
        op: `UpdateSecurityGroupRuleDescriptions${direction}`,
        input: ({ p }) => ({ GroupId: p.GroupId, IpPermissions: [permission(p)] }),
      },
    ],
    attributes: (_, { id }) => ({ Id: id }),
    delete: {
      op: `RevokeSecurityGroup${direction}`,
      input: ({ p }) =>
        compact({
          GroupId: p.GroupId,
          GroupName: p.GroupId === undefined ? p.GroupName : undefined,
          IpPermissions: [permission(p)],
        }),
    },
  });
}

function entry({ p }: Work): object {
  return compact({
    NetworkAclId: p.NetworkAclId,
    RuleNumber: p.RuleNumber,
    Protocol: text(p.Protocol),
    RuleAction: p.RuleAction,
    Egress: p.Egress ?? false,
    CidrBlock: p.CidrBlock,
    Ipv6CidrBlock: p.Ipv6CidrBlock,
    PortRange: p.PortRange,
    IcmpTypeCode: p.Icmp,
  });
}

export const securityTypes: HandlerTable = {
  "AWS::EC2::SecurityGroup": declared({
    service,
    create: {
      op: "CreateSecurityGroup",
      input: (work) => ({
        GroupName: work.p.GroupName ?? work.r.generatedName(255),
        Description: work.p.GroupDescription,
        VpcId: work.p.VpcId,
        TagSpecifications: tagSpecifications("security-group", work),
      }),
    },
    id: (output) => output.GroupId,
    steps: [rulesStep("Ingress"), rulesStep("Egress")],
    describe: describeOne("DescribeSecurityGroups", "GroupIds", "SecurityGroups"),
    attributes: (group, { id }) => ({ GroupId: id, Id: id, VpcId: group.VpcId ?? "" }),
    delete: { op: "DeleteSecurityGroup", input: ({ id }) => ({ GroupId: id }) },
    tags: ec2Tags,
    nameProperty: "GroupName",
  }),
  "AWS::EC2::SecurityGroupIngress": ruleType("Ingress"),
  "AWS::EC2::SecurityGroupEgress": ruleType("Egress"),
  "AWS::EC2::NetworkAcl": declared({
    service,
    create: {
      op: "CreateNetworkAcl",
      input: (work) => ({ VpcId: work.p.VpcId, TagSpecifications: tagSpecifications("network-acl", work) }),
    },
    id: (output) => output.NetworkAcl.NetworkAclId,
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DeleteNetworkAcl", input: ({ id }) => ({ NetworkAclId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::NetworkAclEntry": declared({
    service,
    create: { op: "CreateNetworkAclEntry", input: entry },
    id: (_, { p }) => `${text(p.NetworkAclId)}|${text(p.RuleNumber)}|${text(p.Egress ?? false)}`,
    steps: [
      {
        of: ["Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "PortRange", "Icmp"],
        updateOnly: true,
        op: "ReplaceNetworkAclEntry",
        input: entry,
      },
    ],
    attributes: (_, { id }) => ({ Id: id }),
    delete: {
      op: "DeleteNetworkAclEntry",
      input: ({ p }) => ({
        NetworkAclId: p.NetworkAclId,
        RuleNumber: p.RuleNumber,
        Egress: p.Egress ?? false,
      }),
    },
  }),
  "AWS::EC2::SubnetNetworkAclAssociation": {
    async create(p, r) {
      return { physicalId: await associateAcl(text(p.SubnetId), text(p.NetworkAclId), r) };
    },
    attributes: async (physical) => ({ AssociationId: physical.physicalId }),
    async delete(physical, r) {
      // the subnet goes back to its VPC's default ACL
      const subnet = text(physical.properties.SubnetId);
      const current = await aclOf(subnet, r);
      if (!current || current.acl.NetworkAclId !== physical.properties.NetworkAclId) return;
      const all = await r.read(service, "DescribeNetworkAcls", {
        Filters: [
          { Name: "vpc-id", Values: [current.acl.VpcId] },
          { Name: "default", Values: ["true"] },
        ],
      });
      const fallback = all.NetworkAcls?.[0]?.NetworkAclId;
      if (fallback) await associateAcl(subnet, fallback, r);
    },
  },
  "AWS::EC2::PrefixList": declared({
    service,
    create: {
      op: "CreateManagedPrefixList",
      input: (work) => ({
        ...pick(work.p, "PrefixListName", "AddressFamily", "Entries"),
        MaxEntries: size(work.p),
        TagSpecifications: tagSpecifications("prefix-list", work),
      }),
    },
    id: (output) => output.PrefixList.PrefixListId,
    steps: [
      {
        of: ["PrefixListName", "MaxEntries", "Entries"],
        updateOnly: true,
        run: async ({ id, p, old, r }) => {
          const before = list(old?.Entries).map(map);
          const after = list(p.Entries).map(map);
          const same = (a: ValueMap) => (b: ValueMap) => a.Cidr === b.Cidr && a.Description === b.Description;
          // the size is changed by a call of its own, before entries need the room or after they are gone
          const resize = () =>
            r.call(service, "ModifyManagedPrefixList", { PrefixListId: id, MaxEntries: size(p) });
          if (size(p) > size(old ?? {})) await resize();
          const output = await r.read(service, "DescribeManagedPrefixLists", { PrefixListIds: [id] });
          const AddEntries = orNone(after.filter((one) => !before.some(same(one))));
          const RemoveEntries = orNone(
            before
              .filter((one) => !after.some((other) => other.Cidr === one.Cidr))
              .map((one) => ({ Cidr: one.Cidr as Value })),
          );
          const CurrentVersion = output.PrefixLists?.[0]?.Version;
          const PrefixListName = p.PrefixListName === old?.PrefixListName ? undefined : p.PrefixListName;
          const change = compact({
            PrefixListName,
            ...((AddEntries || RemoveEntries) && { CurrentVersion, AddEntries, RemoveEntries }),
          });
          if (Object.keys(change).length > 0)
            await r.call(service, "ModifyManagedPrefixList", { PrefixListId: id, ...compact(change) });
          if (size(p) < size(old ?? {})) await resize();
        },
      },
    ],
    describe: describeOne("DescribeManagedPrefixLists", "PrefixListIds", "PrefixLists"),
    attributes: (one, { id, r }) => ({
      PrefixListId: id,
      OwnerId: one.OwnerId ?? r.account,
      Version: one.Version ?? 1,
      Arn: one.PrefixListArn ?? "",
    }),
    delete: { op: "DeleteManagedPrefixList", input: ({ id }) => ({ PrefixListId: id }) },
    tags: ec2Tags,
  }),
};

/** How many entries a prefix list may have. */
function size(p: ValueMap): number {
  return p.MaxEntries === undefined ? Math.max(list(p.Entries).length, 1) : Number(p.MaxEntries);
}

function orNone<T>(all: T[]): T[] | undefined {
  return all.length > 0 ? all : undefined;
}

interface Acl {
  NetworkAclId: string;
  VpcId: string;
  Associations?: { SubnetId: string; NetworkAclAssociationId: string }[];
}

async function aclOf(subnet: string, r: Work["r"]): Promise<{ acl: Acl; association: string } | undefined> {
  const output = await r.read(service, "DescribeNetworkAcls", {
    Filters: [{ Name: "association.subnet-id", Values: [subnet] }],
  });
  const acl = output.NetworkAcls?.[0] as Acl | undefined;
  const association = acl?.Associations?.find((one) => one.SubnetId === subnet)?.NetworkAclAssociationId;
  return acl && association ? { acl, association } : undefined;
}

async function associateAcl(subnet: string, aclId: string, r: Work["r"]): Promise<string> {
  const current = await aclOf(subnet, r);
  const output = await r.call(service, "ReplaceNetworkAclAssociation", {
    AssociationId: current?.association ?? "",
    NetworkAclId: aclId,
  });
  return output.NewAssociationId;
}
