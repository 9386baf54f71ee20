/** AWS Network Firewall with a list of domains: what is not on it does not leave. One firewall a zone. */

import { CfnFirewall, CfnFirewallPolicy, CfnRuleGroup } from "aws-cdk-lib/aws-networkfirewall";
import { Fn } from "aws-cdk-lib/core";
import type { PlatformStack } from "./platform-stack.ts";

/** Rules a domain list may take; a domain counts twice, for TLS and for HTTP. */
const CAPACITY = 1_000;

/** Makes the firewalls; gives the id of each one's endpoint, in the order of the subnets. */
export function buildFirewalls(stack: PlatformStack, vpc: string, subnets: readonly string[]): string[] {
  const { name, network } = stack.platform;
  const rules = new CfnRuleGroup(stack, "AllowedDomains", {
    ruleGroupName: `${name}-allowed-domains`,
    description: "domains the platform may reach",
    type: "STATEFUL",
    capacity: CAPACITY,
    ruleGroup: {
      ruleVariables: { ipSets: { HOME_NET: { definition: [network.cidr] } } },
      rulesSource: {
        rulesSourceList: {
          generatedRulesType: "ALLOWLIST",
          targetTypes: ["TLS_SNI", "HTTP_HOST"],
          targets: [...network.allow],
        },
      },
      statefulRuleOptions: { ruleOrder: "STRICT_ORDER" },
    },
    tags: stack.labels(),
  });
  const policy = new CfnFirewallPolicy(stack, "FirewallPolicy", {
    firewallPolicyName: `${name}-egress`,
    firewallPolicy: {
      statelessDefaultActions: ["aws:forward_to_sfe"],
      statelessFragmentDefaultActions: ["aws:forward_to_sfe"],
      statefulEngineOptions: { ruleOrder: "STRICT_ORDER" },
      // A connection must be set up before its host name is seen: only established ones are dropped.
      statefulDefaultActions: ["aws:drop_established", "aws:alert_established"],
      statefulRuleGroupReferences: [{ resourceArn: rules.attrRuleGroupArn, priority: 1 }],
    },
    tags: stack.labels(),
  });
  return subnets.map((subnet, index) => {
    const firewall = new CfnFirewall(stack, `Firewall${index + 1}`, {
      firewallName: `${name}-egress-${index + 1}`,
      firewallPolicyArn: policy.attrFirewallPolicyArn,
      vpcId: vpc,
      subnetMappings: [{ subnetId: subnet }],
      deleteProtection: false,
      tags: stack.labels(),
    });
    // With one subnet there is one endpoint, written "zone:vpce-…".
    return Fn.select(1, Fn.split(":", Fn.select(0, firewall.attrEndpointIds)));
  });
}
