/** AWS Network Firewall: enough to deploy one and to decide, by host, what leaves a VPC through it. */
import type * as NetworkFirewall from "@aws-sdk/client-network-firewall";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, Check, Service } from "../../service.ts";
import { firewallOperations } from "./operations/firewalls.ts";
import { ruleOperations } from "./operations/rules.ts";
import { firewalls, policies, ruleGroups } from "./state.ts";

interface Input {
  FirewallName?: string;
  FirewallArn?: string;
  FirewallPolicyName?: string;
  FirewallPolicyArn?: string;
  RuleGroupName?: string;
  RuleGroupArn?: string;
  Type?: string;
  ResourceArn?: string;
  Tags?: { Key?: string; Value?: string }[];
  TagKeys?: string[];
}

/** The resource that an operation is about; `*` for lists. */
function resourceOf(name: string, input: Input, context: ReadContext): string {
  const arn = (path: string) => context.arn("network-firewall", path);
  if (input.ResourceArn) return input.ResourceArn;
  if (name.startsWith("List")) return "*";
  if (name.includes("RuleGroup")) {
    const type = (input.Type ?? "STATEFUL").toLowerCase();
    return input.RuleGroupArn ?? arn(`${type}-rulegroup/${input.RuleGroupName}`);
  }
  if (/^(Create|Describe|Update|Delete)FirewallPolicy$/.test(name)) {
    return input.FirewallPolicyArn ?? arn(`firewall-policy/${input.FirewallPolicyName}`);
  }
  return input.FirewallArn ?? arn(`firewall/${input.FirewallName}`);
}

const tagKeys = ({ Tags, TagKeys }: Input): Record<string, string | string[]> => {
  if (TagKeys?.length) return { "aws:TagKeys": TagKeys };
  if (!Tags?.length) return {};
  return {
    "aws:TagKeys": Tags.map((tag) => String(tag.Key)),
    ...Object.fromEntries(Tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
  };
};

const rule =
  (name: string): AuthorizationRule<Input> =>
  (input, context) => {
    const action = `network-firewall:${name}`;
    const checks: Check[] = [{ action, resource: resourceOf(name, input, context), context: tagKeys(input) }];
    const both = name === "CreateFirewall" || name === "AssociateFirewallPolicy";
    if (both && input.FirewallPolicyArn) checks.push({ action, resource: input.FirewallPolicyArn });
    return checks;
  };

const operations = { ...ruleOperations, ...firewallOperations };

export const service: Service<typeof NetworkFirewall> = {
  key: "network-firewall",
  actionPrefix: "network-firewall",
  principal: "network-firewall.amazonaws.com",
  operations,
  authorization: Object.fromEntries(Object.keys(operations).map((name) => [name, rule(name)])),
  resource(arn, context) {
    const [, , , region = "", account = ""] = arn.split(":");
    const home = context.in(account, region);
    const found = firewalls(home).get(arn) ?? policies(home).get(arn) ?? ruleGroups(home).get(arn);
    return found && { account, tags: { ...found.tags } };
  },
};
