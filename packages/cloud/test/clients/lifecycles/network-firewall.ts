import type { Lifecycle } from "../lifecycle.ts";

export const networkFirewall: Lifecycle = {
  service: "network-firewall",
  calls: [
    {
      call: "CreateRuleGroup",
      with: {
        RuleGroupName: "names",
        Type: "STATEFUL",
        Capacity: 10,
        RuleGroup: {
          RulesSource: {
            RulesSourceList: {
              Targets: [".pypi.org"],
              TargetTypes: ["TLS_SNI"],
              GeneratedRulesType: "ALLOWLIST",
            },
          },
        },
      },
      keep: { group: "RuleGroupResponse.RuleGroupArn" },
    },
    {
      call: "CreateFirewallPolicy",
      with: {
        FirewallPolicyName: "policy",
        FirewallPolicy: {
          StatelessDefaultActions: ["aws:forward_to_sfe"],
          StatelessFragmentDefaultActions: ["aws:forward_to_sfe"],
          StatefulRuleGroupReferences: [{ ResourceArn: "${group}" }],
        },
      },
    },
    { call: "DeleteRuleGroup", with: { RuleGroupArn: "${group}" }, fails: "InvalidOperationException" },
    { call: "DeleteFirewallPolicy", with: { FirewallPolicyName: "policy" } },
    {
      call: "DescribeFirewallPolicy",
      with: { FirewallPolicyName: "policy" },
      fails: "ResourceNotFoundException",
      waits: true,
    },
    { call: "DeleteRuleGroup", with: { RuleGroupArn: "${group}" } },
  ],
};
