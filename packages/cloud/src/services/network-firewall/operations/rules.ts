/** Rule groups and firewall policies. https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateRuleGroup.html */
import { randomUUID } from "node:crypto";
import type { FirewallPolicy, RuleGroup } from "@aws-sdk/client-network-firewall";
import type { CallContext } from "../../../context.ts";
import type { Operations } from "../operation.ts";
import {
  checkToken,
  firewalls,
  inUse,
  invalid,
  named,
  newToken,
  type PolicyRecord,
  pageOf,
  policies,
  type RuleGroupRecord,
  ruleGroups,
  tagList,
  tagsFrom,
} from "../state.ts";
import { parseRules } from "../suricata.ts";

/** @throws AwsError for rules that are malformed, or that nobody here would work */
function checkedGroup(type: string, group: RuleGroup | undefined, text: string | undefined): RuleGroup {
  if (group && text) throw invalid("RuleGroup and Rules cannot be given together.");
  if (text) {
    parseRules(text);
    return { RulesSource: { RulesString: text } };
  }
  const source = group?.RulesSource;
  if (!group || !source) throw invalid("A rule group needs a RulesSource.");
  const kinds = [
    source.RulesString,
    source.RulesSourceList,
    source.StatefulRules,
    source.StatelessRulesAndCustomActions,
  ];
  if (kinds.filter((one) => one !== undefined).length !== 1) {
    throw invalid(
      "A RulesSource must have exactly one of RulesString, RulesSourceList, StatefulRules, StatelessRulesAndCustomActions.",
    );
  }
  if ((type === "STATELESS") !== (source.StatelessRulesAndCustomActions !== undefined)) {
    throw invalid(`The rules of the group do not fit its type ${type}.`);
  }
  if (type === "STATELESS" && source.StatelessRulesAndCustomActions?.StatelessRules?.length) {
    throw invalid("Stateless rules are not supported by the Sagekeep local cloud.");
  }
  if (source.RulesString) parseRules(source.RulesString);
  const list = source.RulesSourceList;
  if (list) {
    if (!list.Targets?.length) throw invalid("A domain list needs targets.");
    for (const target of list.Targets) {
      if (!/^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(target))
        throw invalid(`Invalid domain in list: ${target}`);
    }
    if (!list.TargetTypes?.length) throw invalid("A domain list needs target types.");
    if (!["ALLOWLIST", "DENYLIST", "REJECTLIST"].includes(list.GeneratedRulesType as string)) {
      throw invalid(
        `GeneratedRulesType ${list.GeneratedRulesType} is not supported by the Sagekeep local cloud.`,
      );
    }
  }
  for (const rule of source.StatefulRules ?? []) {
    const odd = rule.RuleOptions?.find((one) => !["sid", "msg", "rev"].includes(one.Keyword ?? ""));
    if (odd) throw invalid(`The rule option ${odd.Keyword} is not supported by the Sagekeep local cloud.`);
  }
  return group;
}

function groupView(context: CallContext, one: Readonly<RuleGroupRecord>) {
  const uses = policies(context)
    .list()
    .filter((policy) =>
      policy.policy.StatefulRuleGroupReferences?.some((r) => r.ResourceArn === one.arn),
    ).length;
  return {
    RuleGroupArn: one.arn,
    RuleGroupName: one.name,
    RuleGroupId: one.id,
    ...(one.description !== undefined && { Description: one.description }),
    Type: one.type,
    Capacity: one.capacity,
    RuleGroupStatus: "ACTIVE" as const,
    ConsumedCapacity: Math.min(one.capacity, capacityOf(one.group as RuleGroup)),
    NumberOfAssociations: uses,
    LastModifiedTime: new Date(one.modified),
    Tags: tagList(one.tags),
  };
}

const capacityOf = ({ RulesSource: source }: RuleGroup): number =>
  source?.RulesSourceList
    ? (source.RulesSourceList.Targets?.length ?? 0) * (source.RulesSourceList.TargetTypes?.length ?? 1) + 1
    : source?.RulesString
      ? parseRules(source.RulesString).length
      : (source?.StatefulRules?.length ?? 0);

function checkedPolicy(context: CallContext, policy: FirewallPolicy): FirewallPolicy {
  for (const one of [
    ...(policy.StatefulRuleGroupReferences ?? []),
    ...(policy.StatelessRuleGroupReferences ?? []),
  ]) {
    // groups that AWS manages are not to be had here
    if (one.ResourceArn?.includes(":aws-managed:")) {
      throw invalid(
        `AWS managed rule groups are not supported by the Sagekeep local cloud: ${one.ResourceArn}`,
      );
    }
    named(ruleGroups(context), undefined, one.ResourceArn);
  }
  const actions = [
    ...(policy.StatelessDefaultActions ?? []),
    ...(policy.StatelessFragmentDefaultActions ?? []),
  ];
  if (!policy.StatelessDefaultActions?.length || !policy.StatelessFragmentDefaultActions?.length) {
    throw invalid("StatelessDefaultActions and StatelessFragmentDefaultActions are required.");
  }
  for (const action of actions) {
    if (!["aws:pass", "aws:drop", "aws:forward_to_sfe"].includes(action))
      throw invalid(`Invalid stateless action: ${action}`);
  }
  return policy;
}

const policyView = (context: CallContext, one: Readonly<PolicyRecord>) => ({
  FirewallPolicyName: one.name,
  FirewallPolicyArn: one.arn,
  FirewallPolicyId: one.id,
  ...(one.description !== undefined && { Description: one.description }),
  FirewallPolicyStatus: "ACTIVE" as const,
  NumberOfAssociations: firewalls(context)
    .list()
    .filter((firewall) => firewall.policyArn === one.arn).length,
  LastModifiedTime: new Date(one.modified),
  Tags: tagList(one.tags),
});

const plain = <T>(value: T): T => structuredClone(value);

export const ruleOperations: Operations = {
  CreateRuleGroup(input, context) {
    const kind = `${(input.Type as string).toLowerCase()}-rulegroup`;
    const arn = context.arn("network-firewall", `${kind}/${input.RuleGroupName}`);
    if (ruleGroups(context).has(arn))
      throw invalid(`A rule group with the name ${input.RuleGroupName} already exists.`);
    const group = checkedGroup(input.Type as string, input.RuleGroup, input.Rules);
    const record: RuleGroupRecord = {
      id: randomUUID(),
      name: input.RuleGroupName,
      arn,
      ...(input.Description !== undefined && { description: input.Description }),
      token: newToken(),
      tags: tagsFrom(input.Tags),
      modified: context.now,
      type: input.Type as "STATEFUL",
      capacity: input.Capacity,
      group,
    };
    if (!input.DryRun) ruleGroups(context).put(arn, record);
    return { UpdateToken: record.token, RuleGroupResponse: groupView(context, record) };
  },

  DescribeRuleGroup(input, context) {
    const one = named(ruleGroups(context), input.RuleGroupName, input.RuleGroupArn);
    return {
      UpdateToken: one.token,
      RuleGroup: plain(one.group) as RuleGroup,
      RuleGroupResponse: groupView(context, one),
    };
  },

  UpdateRuleGroup(input, context) {
    const one = named(ruleGroups(context), input.RuleGroupName, input.RuleGroupArn);
    checkToken(one, input.UpdateToken);
    const group = checkedGroup(one.type, input.RuleGroup, input.Rules);
    const next = ruleGroups(context).update(one.arn, (draft) => {
      draft.group = group;
      draft.token = newToken();
      draft.modified = context.now;
      if (input.Description !== undefined) draft.description = input.Description;
    })!;
    return { UpdateToken: next.token, RuleGroupResponse: groupView(context, next) };
  },

  DeleteRuleGroup(input, context) {
    const one = named(ruleGroups(context), input.RuleGroupName, input.RuleGroupArn);
    const view = groupView(context, one);
    if (view.NumberOfAssociations) throw inUse("Unable to delete the object because it is still in use.");
    ruleGroups(context).delete(one.arn);
    return { RuleGroupResponse: { ...view, RuleGroupStatus: "DELETING" } };
  },

  ListRuleGroups(input, context) {
    const known = ruleGroups(context)
      .list()
      .filter((one) => !input.Type || one.type === input.Type);
    const { items, next } = pageOf(known, input.MaxResults, input.NextToken);
    return { RuleGroups: items.map(({ name, arn }) => ({ Name: name, Arn: arn })), NextToken: next };
  },

  CreateFirewallPolicy(input, context) {
    const arn = context.arn("network-firewall", `firewall-policy/${input.FirewallPolicyName}`);
    if (policies(context).has(arn))
      throw invalid(`A policy with the name ${input.FirewallPolicyName} already exists.`);
    const record: PolicyRecord = {
      id: randomUUID(),
      name: input.FirewallPolicyName,
      arn,
      ...(input.Description !== undefined && { description: input.Description }),
      token: newToken(),
      tags: tagsFrom(input.Tags),
      modified: context.now,
      policy: checkedPolicy(context, input.FirewallPolicy),
    };
    if (!input.DryRun) policies(context).put(arn, record);
    return { UpdateToken: record.token, FirewallPolicyResponse: policyView(context, record) };
  },

  DescribeFirewallPolicy(input, context) {
    const one = named(policies(context), input.FirewallPolicyName, input.FirewallPolicyArn);
    return {
      UpdateToken: one.token,
      FirewallPolicyResponse: policyView(context, one),
      FirewallPolicy: plain(one.policy) as FirewallPolicy,
    };
  },

  UpdateFirewallPolicy(input, context) {
    const one = named(policies(context), input.FirewallPolicyName, input.FirewallPolicyArn);
    checkToken(one, input.UpdateToken);
    const policy = checkedPolicy(context, input.FirewallPolicy);
    const next = policies(context).update(one.arn, (draft) => {
      draft.policy = policy;
      draft.token = newToken();
      draft.modified = context.now;
      if (input.Description !== undefined) draft.description = input.Description;
    })!;
    return { UpdateToken: next.token, FirewallPolicyResponse: policyView(context, next) };
  },

  DeleteFirewallPolicy(input, context) {
    const one = named(policies(context), input.FirewallPolicyName, input.FirewallPolicyArn);
    const view = policyView(context, one);
    if (view.NumberOfAssociations) throw inUse("Unable to delete the object because it is still in use.");
    policies(context).delete(one.arn);
    return { FirewallPolicyResponse: { ...view, FirewallPolicyStatus: "DELETING" } };
  },

  ListFirewallPolicies(input, context) {
    const { items, next } = pageOf(policies(context).list(), input.MaxResults, input.NextToken);
    return { FirewallPolicies: items.map(({ name, arn }) => ({ Name: name, Arn: arn })), NextToken: next };
  },
};
