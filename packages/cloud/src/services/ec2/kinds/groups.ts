/** Kind: security groups. */
import type { ReadContext } from "../../../context.ts";
import { type Kind, tableOf } from "../kind.ts";
import { absent, expecting } from "../malformed.ts";
import type * as R from "../records.ts";

const ofRules =
  (egress: boolean, pick: (rule: R.RuleRecord) => string | number | undefined) =>
  (group: Readonly<R.SecurityGroupRecord>) =>
    group.rules.filter((rule) => rule.egress === egress).map(pick);

const ruleFilters = (egress: boolean, prefix: string) => ({
  [`${prefix}cidr`]: ofRules(egress, (rule) => rule.cidr),
  [`${prefix}from-port`]: ofRules(egress, (rule) => rule.from),
  [`${prefix}group-id`]: ofRules(egress, (rule) => rule.groupId),
  [`${prefix}group-name`]: (group: Readonly<R.SecurityGroupRecord>, context: ReadContext) =>
    group.rules
      .filter((rule) => rule.egress === egress && rule.groupId)
      .map((rule) => tableOf(context, securityGroups).get(rule.groupId!)?.name),
  [`${prefix}ipv6-cidr`]: ofRules(egress, (rule) => rule.ipv6),
  [`${prefix}prefix-list-id`]: ofRules(egress, (rule) => rule.prefixListId),
  [`${prefix}protocol`]: ofRules(egress, (rule) => rule.protocol),
  [`${prefix}to-port`]: ofRules(egress, (rule) => rule.to),
  [`${prefix}user-id`]: ofRules(egress, (rule) => rule.groupAccount),
});

export const securityGroups: Kind<R.SecurityGroupRecord> = {
  type: "security-group",
  prefix: "sg",
  notFoundCode: "InvalidGroup.NotFound",
  notFound: absent("security group"),
  malformed: expecting("InvalidGroupId.Malformed", "sg"),
  filters: {
    description: (group) => group.description,
    ...ruleFilters(true, "egress.ip-permission."),
    "group-id": (group) => group.id,
    "group-name": (group) => group.name,
    ...ruleFilters(false, "ip-permission."),
    "owner-id": (_, context) => context.account,
    "vpc-id": (group) => group.vpcId,
  },
  vpcOf: (group) => group.vpcId,
  conditions: (group) => ({ "ec2:SecurityGroupID": group.id }),
};
