/**
 * Security groups and their rules.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 */
import type { SecurityGroup } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { inServiceNetwork } from "../../vpc-lattice/reachable.ts";
import { badParameter, combination, dependency, invalidValue, missing, need } from "../errors.ts";
import { type Filter, matchesAny, predicate } from "../filters.ts";
import {
  type FlatPermission,
  groupOf,
  permissionsView,
  portsOf,
  printRule,
  protocolName,
  rulesFrom,
  ruleView,
  sameRule,
} from "../group-rules.ts";
import { newId } from "../identifiers.ts";
import { add, all, arnOf, change, describe, find, remove, tagList } from "../kind.ts";
import { networkInterfaces, peerings, securityGroups, vpcs } from "../kinds.ts";
import { isId, isMalformed } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { RuleRecord, SecurityGroupRecord } from "../records.ts";
import { specifiedTags, type TagSpecificationInput } from "../tagging.ts";

/** Quota "inbound or outbound rules per security group". */
const MAX_RULES = 60;

/** What a new group lets out: everything. */
export const allowAllEgress = (ipv6: boolean): RuleRecord[] => [
  { id: newId("sgr"), egress: true, protocol: "-1", cidr: "0.0.0.0/0", tags: {} },
  ...(ipv6 ? [{ id: newId("sgr"), egress: true, protocol: "-1", ipv6: "::/0", tags: {} }] : []),
];

export const groupView = (group: Readonly<SecurityGroupRecord>, context: ReadContext): SecurityGroup => ({
  GroupId: group.id,
  GroupName: group.name,
  Description: group.description,
  OwnerId: context.account,
  VpcId: group.vpcId,
  SecurityGroupArn: arnOf(context, "security-group", group.id),
  IpPermissions: permissionsView(group.rules.filter((rule) => !rule.egress)),
  IpPermissionsEgress: permissionsView(group.rules.filter((rule) => rule.egress)),
  Tags: tagList(group.tags),
});

const TEXT = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/;

function checkedText(text: string, what: "GroupName" | "GroupDescription"): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what ASCII is
  if (/[^\x00-\x7f]/.test(text)) {
    throw badParameter(what, text, "Character sets beyond ASCII are not supported.");
  }
  if (text.length > 255 || !TEXT.test(text)) {
    const name = what === "GroupName" ? "name" : "description";
    throw invalidValue(
      `Invalid security group ${name}. Valid ${name}s are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    );
  }
  return text;
}

function authorizeRules(
  context: CallContext,
  input: FlatPermission & {
    GroupId?: string | undefined;
    GroupName?: string | undefined;
    TagSpecifications?: TagSpecificationInput[] | undefined;
  },
  egress: boolean,
) {
  const group = groupOf(context, input);
  const tags = specifiedTags(input.TagSpecifications, "security-group-rule");
  const rules = rulesFrom(context, group, input, egress, tags);
  rules.forEach((rule, index) => {
    if (rules.slice(0, index).some((one) => sameRule(one, rule))) {
      throw invalidValue("The same permission must not appear multiple times");
    }
    if (group.rules.some((one) => sameRule(one, rule))) {
      throw new AwsError(
        "InvalidPermission.Duplicate",
        `the specified rule ${printRule(rule)} already exists`,
      );
    }
  });
  if (group.rules.filter((one) => one.egress === egress).length + rules.length > MAX_RULES) {
    throw new AwsError(
      "RulesPerSecurityGroupLimitExceeded",
      "The maximum number of rules per security group has been reached.",
    );
  }
  change(context, securityGroups, group.id, (draft) => void draft.rules.push(...rules));
  const views = rules.map((rule) => {
    const { Tags, ...view } = ruleView(context, group, rule);
    return Tags?.length ? { ...view, Tags } : view;
  });
  return { Return: true, SecurityGroupRules: views };
}

function revokeRules(
  context: CallContext,
  input: FlatPermission & {
    GroupId?: string | undefined;
    GroupName?: string | undefined;
    SecurityGroupRuleIds?: string[] | undefined;
  },
  egress: boolean,
) {
  const group = groupOf(context, input);
  const ids = input.SecurityGroupRuleIds;
  let gone: Readonly<RuleRecord>[];
  let unknown: RuleRecord[] = [];
  if (ids?.length) {
    if (input.IpPermissions?.length) {
      throw combination("The parameters securityGroupRuleIds and ipPermissions cannot be used together");
    }
    gone = ids.map((id) => {
      const rule = group.rules.find((one) => one.id === id && one.egress === egress);
      if (!rule) throw noRule(id);
      return rule;
    });
  } else {
    const wanted = rulesFrom(context, group, input, egress);
    unknown = wanted.filter((rule) => !group.rules.some((one) => sameRule(one, rule)));
    const inDefaultVpc = find(context, vpcs, group.vpcId).isDefault;
    if (unknown.length && !inDefaultVpc) {
      throw new AwsError(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
      );
    }
    gone = group.rules.filter((one) => wanted.some((rule) => sameRule(one, rule)));
  }
  change(context, securityGroups, group.id, (draft) => {
    draft.rules = draft.rules.filter((one) => !gone.some((rule) => rule.id === one.id));
  });
  return {
    Return: true,
    UnknownIpPermissions: permissionsView(unknown),
    RevokedSecurityGroupRules: gone.map((rule) => ({
      SecurityGroupRuleId: rule.id,
      GroupId: group.id,
      IsEgress: rule.egress,
      IpProtocol: rule.protocol,
      FromPort: rule.from ?? -1,
      ToPort: rule.to ?? -1,
      CidrIpv4: rule.cidr,
      CidrIpv6: rule.ipv6,
      PrefixListId: rule.prefixListId,
      ReferencedGroupId: rule.groupId,
      Description: rule.description,
    })),
  };
}

const malformedRule = isMalformed("InvalidSecurityGroupRuleId.Malformed", "sgr", "security group rule");
const noRule = (id: string) =>
  malformedRule(id) ??
  new AwsError("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`);

function updateDescriptions(
  context: CallContext,
  input: FlatPermission & {
    GroupId?: string | undefined;
    GroupName?: string | undefined;
    SecurityGroupRuleDescriptions?:
      | { SecurityGroupRuleId?: string | undefined; Description?: string | undefined }[]
      | undefined;
  },
  egress: boolean,
) {
  const group = groupOf(context, input);
  const byId = input.SecurityGroupRuleDescriptions;
  const wanted = byId?.length ? [] : rulesFrom(context, group, input, egress);
  change(context, securityGroups, group.id, (draft) => {
    const set = (rule: RuleRecord | undefined, error: AwsError, text: string | undefined) => {
      if (!rule) throw error;
      if (text) rule.description = text;
      else delete rule.description;
    };
    for (const { SecurityGroupRuleId = "", Description } of byId ?? []) {
      const rule = draft.rules.find((one) => one.id === SecurityGroupRuleId && one.egress === egress);
      set(rule, noRule(SecurityGroupRuleId), Description);
    }
    const error = new AwsError(
      "InvalidPermission.NotFound",
      "The specified rule does not exist in this security group.",
    );
    for (const one of wanted)
      set(
        draft.rules.find((rule) => sameRule(rule, one)),
        error,
        one.description,
      );
  });
  return { Return: true };
}

function describeRules(
  context: CallContext,
  input: { Filters?: Filter[] | undefined; SecurityGroupRuleIds?: string[] | undefined } & Parameters<
    typeof page
  >[1],
) {
  for (const id of input.Filters?.find((one) => one.Name === "group-id")?.Values ?? []) {
    if (isId("sg", id) || /[*?]/.test(id)) continue;
    throw new AwsError("InvalidGroupId.Malformed", `The security group ID '${id}' is malformed`);
  }
  const pairs = all(context, securityGroups).flatMap((group) => group.rules.map((rule) => ({ group, rule })));
  for (const id of input.SecurityGroupRuleIds ?? []) {
    if (!pairs.some(({ rule }) => rule.id === id)) throw noRule(id);
  }
  const holds = predicate<(typeof pairs)[number]>(
    input.Filters,
    { "group-id": ({ group }) => group.id, "security-group-rule-id": ({ rule }) => rule.id },
    ({ rule }) => rule.tags,
    context,
  );
  const ids = input.SecurityGroupRuleIds;
  const chosen = pairs.filter((one) => (!ids?.length || ids.includes(one.rule.id)) && holds(one));
  const { items, next } = page(chosen, input, { ids, idsName: "securityGroupRuleIds" });
  return {
    SecurityGroupRules: items.map(({ group, rule }) => ruleView(context, group, rule)),
    NextToken: next,
  };
}

export const securityGroupOperations: Operations = {
  CreateSecurityGroup(input, context) {
    const name = checkedText(need(input.GroupName, "groupName"), "GroupName");
    const description = checkedText(need(input.Description, "groupDescription"), "GroupDescription");
    const vpc = input.VpcId
      ? find(context, vpcs, input.VpcId)
      : all(context, vpcs).find((one) => one.isDefault);
    if (!vpc) throw new AwsError("VPCIdNotSpecified", "No default VPC for this user");
    if (name.toLowerCase() === "default")
      throw invalidValue("Cannot use reserved security group name: default");
    if (name.startsWith("sg-"))
      throw badParameter("GroupName", name, "Group names may not be in the format sg-*.");
    if (all(context, securityGroups).some((one) => one.vpcId === vpc.id && one.name === name)) {
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${name}' already exists for VPC '${vpc.id}'`,
      );
    }
    const group = add(context, securityGroups, {
      id: newId("sg"),
      tags: specifiedTags(input.TagSpecifications, "security-group"),
      vpcId: vpc.id,
      name,
      description,
      rules: allowAllEgress(vpc.ipv6Cidrs.length > 0),
    });
    return {
      GroupId: group.id,
      SecurityGroupArn: arnOf(context, "security-group", group.id),
      ...(Object.keys(group.tags).length > 0 && { Tags: tagList(group.tags) }),
    };
  },

  DescribeSecurityGroups(input, context) {
    const names = input.GroupNames;
    for (const name of names ?? []) groupOf(context, { GroupName: name });
    const home = names?.length ? all(context, vpcs).find((one) => one.isDefault)?.id : undefined;
    const from = names?.length
      ? all(context, securityGroups).filter((one) => one.vpcId === home && matchesAny(one.name, names))
      : undefined;
    const { items, next } = describe(context, securityGroups, input, input.GroupIds, {
      ...(from && !input.GroupIds?.length && { from }),
      idsName: "groupIds",
    });
    return { SecurityGroups: items.map((one) => groupView(one, context)), NextToken: next };
  },

  DeleteSecurityGroup(input, context) {
    const group = groupOf(context, input, isMalformed("InvalidGroupId.Malformed", "sg", "security-group"));
    if (group.name === "default") {
      throw new AwsError(
        "CannotDelete",
        `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
      );
    }
    const referenced = all(context, securityGroups).some(
      (one) => one.id !== group.id && one.rules.some((rule) => rule.groupId === group.id),
    );
    if (
      group.vpcIds?.length ||
      referenced ||
      all(context, networkInterfaces).some((one) => one.groupIds.includes(group.id)) ||
      inServiceNetwork(context, (one) => one.groupIds.includes(group.id))
    ) {
      throw dependency(`resource ${group.id} has a dependent object`);
    }
    remove(context, securityGroups, group.id);
    return { Return: true, GroupId: group.id };
  },

  AuthorizeSecurityGroupIngress: (input, context) => authorizeRules(context, input, false),
  AuthorizeSecurityGroupEgress: (input, context) => authorizeRules(context, input, true),
  RevokeSecurityGroupIngress: (input, context) => revokeRules(context, input, false),
  RevokeSecurityGroupEgress: (input, context) => revokeRules(context, input, true),
  UpdateSecurityGroupRuleDescriptionsIngress: (input, context) => updateDescriptions(context, input, false),
  UpdateSecurityGroupRuleDescriptionsEgress: (input, context) => updateDescriptions(context, input, true),
  DescribeSecurityGroupRules: (input, context) => describeRules(context, input),

  ModifySecurityGroupRules(input, context) {
    const group = groupOf(context, input);
    if (!input.SecurityGroupRules?.length) throw missing("securityGroupRule");
    for (const { SecurityGroupRuleId = "", SecurityGroupRule: to } of input.SecurityGroupRules) {
      const old = group.rules.find((one) => one.id === SecurityGroupRuleId);
      if (!old) throw noRule(SecurityGroupRuleId);
      if (!to) throw missing("securityGroupRule");
      const protocol = protocolName(to.IpProtocol);
      portsOf(protocol, to.FromPort, to.ToPort);
      const [rule] = rulesFrom(
        context,
        group,
        {
          IpPermissions: [
            {
              IpProtocol: protocol,
              FromPort: to.FromPort,
              ToPort: to.ToPort,
              IpRanges: to.CidrIpv4 ? [{ CidrIp: to.CidrIpv4, Description: to.Description }] : [],
              Ipv6Ranges: to.CidrIpv6 ? [{ CidrIpv6: to.CidrIpv6, Description: to.Description }] : [],
              PrefixListIds: to.PrefixListId
                ? [{ PrefixListId: to.PrefixListId, Description: to.Description }]
                : [],
              UserIdGroupPairs: to.ReferencedGroupId
                ? [{ GroupId: to.ReferencedGroupId, Description: to.Description }]
                : [],
            },
          ],
        },
        old.egress,
        old.tags,
      );
      const twin = find(context, securityGroups, group.id).rules.find(
        (one) => one.id !== old.id && sameRule(one, rule!),
      );
      if (twin) {
        throw new AwsError(
          "InvalidPermission.Duplicate",
          `the specified rule ${printRule(rule!)} already exists`,
        );
      }
      change(context, securityGroups, group.id, (draft) => {
        draft.rules = draft.rules.map((one) => (one.id === old.id ? { ...rule!, id: old.id } : one));
      });
    }
    return { Return: true };
  },

  GetSecurityGroupsForVpc(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const from = all(context, securityGroups).filter(
      (one) => one.vpcId === vpc.id || one.vpcIds?.includes(vpc.id),
    );
    const filters = input.Filters?.map((one) => ({
      ...one,
      Name: one.Name === "primary-vpc-id" ? "vpc-id" : one.Name,
    }));
    const { items, next } = describe(context, securityGroups, { ...input, Filters: filters }, undefined, {
      from,
    });
    return {
      SecurityGroupForVpcs: items.map((one) => ({
        GroupId: one.id,
        GroupName: one.name,
        Description: one.description,
        OwnerId: context.account,
        PrimaryVpcId: one.vpcId,
        Tags: tagList(one.tags),
      })),
      NextToken: next,
    };
  },

  DescribeSecurityGroupReferences(input, context) {
    const ids = need(input.GroupId, "groupId");
    for (const id of ids) find(context, securityGroups, id);
    const pairs = all(context, securityGroups).flatMap((group) =>
      group.rules.flatMap((rule) =>
        rule.groupId && ids.includes(rule.groupId)
          ? [{ GroupId: rule.groupId, ReferencingVpcId: group.vpcId }]
          : [],
      ),
    );
    const foreign = pairs.filter(
      (one) => find(context, securityGroups, one.GroupId).vpcId !== one.ReferencingVpcId,
    );
    return {
      SecurityGroupReferenceSet: foreign.map((one) => ({
        ...one,
        VpcPeeringConnectionId: all(context, peerings).find((peering) =>
          [peering.requester.vpcId, peering.accepter.vpcId].includes(one.ReferencingVpcId),
        )?.id,
      })),
    };
  },

  DescribeStaleSecurityGroups(input, context) {
    find(context, vpcs, need(input.VpcId, "vpcId"));
    const known = all(context, securityGroups);
    const isStale = (rule: Readonly<RuleRecord>) =>
      rule.groupId !== undefined &&
      rule.groupAccount === context.account &&
      !known.some((one) => one.id === rule.groupId);
    const stale = known.filter((one) => one.vpcId === input.VpcId && one.rules.some(isStale));
    const { items, next } = page(stale, input);
    return {
      StaleSecurityGroupSet: items.map((one) => ({
        GroupId: one.id,
        GroupName: one.name,
        Description: one.description,
        VpcId: one.vpcId,
      })),
      NextToken: next,
    };
  },
};
