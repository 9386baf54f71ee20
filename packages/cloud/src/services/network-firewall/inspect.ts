/**
 * Whether a firewall lets a connection on: its policy's stateless defaults, then its stateful rule groups in the
 * policy's order. Domain lists decide by the host of TLS (SNI) or HTTP.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
 */
import type { RuleGroup, StatefulRule } from "@aws-sdk/client-network-firewall";
import type { ReadContext } from "../../context.ts";
import { cidrHas } from "../../network/cidr.ts";
import { tableOf } from "../ec2/kind.ts";
import { vpcs } from "../ec2/kinds.ts";
import { firewalls, named, policies, ruleGroups } from "./state.ts";
import { type HostRule, hostMatches, parseRules } from "./suricata.ts";

export interface Connection {
  host: string;
  port: number;
  secure: boolean;
  source: string;
  destination: string;
}

export interface Verdict {
  allowed: boolean;
  detail: string;
}

type Action = "pass" | "drop" | "reject";

/** `undefined` when no firewall answers behind the endpoint. */
export function inspect(
  context: ReadContext,
  endpointId: string,
  connection: Connection,
): Verdict | undefined {
  const firewall = firewalls(context)
    .list()
    .find((one) => one.subnets.some((subnet) => subnet.endpointId === endpointId));
  if (!firewall) return undefined;
  const { policy } = named(policies(context), undefined, firewall.policyArn);
  const stateless = policy.StatelessDefaultActions ?? [];
  if (stateless.includes("aws:pass"))
    return { allowed: true, detail: `firewall ${firewall.name} passes everything` };
  if (stateless.includes("aws:drop")) {
    return { allowed: false, detail: `the firewall ${firewall.name} drops by its stateless default` };
  }
  const home =
    tableOf(context, vpcs)
      .get(firewall.vpcId)
      ?.cidrs.map((one) => one.cidr) ?? [];
  const references = [...(policy.StatefulRuleGroupReferences ?? [])].sort(
    (a, b) => (a.Priority ?? 0) - (b.Priority ?? 0),
  );
  const found = references.map((one) => {
    const record = named(ruleGroups(context), undefined, one.ResourceArn);
    return { name: record.name, actions: actionsOf(record.group as RuleGroup, connection, home) };
  });
  const say = (action: Action | undefined, by: string): Verdict =>
    action === "pass" || action === undefined
      ? { allowed: true, detail: `the firewall ${firewall.name} passes ${connection.host} by ${by}` }
      : { allowed: false, detail: `the firewall ${firewall.name} drops ${connection.host} by ${by}` };
  if (policy.StatefulEngineOptions?.RuleOrder === "STRICT_ORDER") {
    for (const { name, actions } of found) if (actions[0]) return say(actions[0], `its rule group ${name}`);
    const drops = (policy.StatefulDefaultActions ?? []).some((one) => one.startsWith("aws:drop"));
    return say(drops ? "drop" : undefined, "its default action");
  }
  for (const wanted of ["pass", "drop", "reject"] as const) {
    const group = found.find(({ actions }) => actions.includes(wanted));
    if (group) return say(wanted, `its rule group ${group.name}`);
  }
  return say(undefined, "no rule against it");
}

const applicationOf = ({ secure, port }: Connection): "TLS_SNI" | "HTTP_HOST" | undefined =>
  secure ? "TLS_SNI" : port === 80 || port === 8080 ? "HTTP_HOST" : undefined;

/** Actions of a group for a connection, in the order of its rules. */
function actionsOf(group: RuleGroup, connection: Connection, home: readonly string[]): Action[] {
  const homeNet = group.RuleVariables?.IPSets?.HOME_NET?.Definition ?? home;
  const list = group.RulesSource?.RulesSourceList;
  if (list) {
    const type = applicationOf(connection);
    if (!type || !list.TargetTypes?.includes(type) || !inside(homeNet, connection.source)) return [];
    const listed = (list.Targets ?? []).some((target) => domainMatches(target, connection.host));
    if (list.GeneratedRulesType === "ALLOWLIST") return [listed ? "pass" : "drop"];
    if (!listed) return [];
    return [(list.GeneratedRulesType as string) === "REJECTLIST" ? "reject" : "drop"];
  }
  const text = group.RulesSource?.RulesString;
  if (text) {
    return parseRules(text)
      .filter((rule) => rule.action !== "alert" && ruleMatches(rule, connection, homeNet))
      .map((rule) => rule.action as Action);
  }
  return (group.RulesSource?.StatefulRules ?? [])
    .filter((rule) => rule.Action !== "ALERT" && headerMatches(rule, connection))
    .map((rule) => (rule.Action === "PASS" ? "pass" : rule.Action === "REJECT" ? "reject" : "drop"));
}

const inside = (blocks: readonly string[], ip: string) =>
  blocks.some((block) => cidrHas(block, ip) || block === ip);

/** `.example.com` is the domain and everything under it. */
export const domainMatches = (target: string, host: string): boolean => {
  const name = target.toLowerCase();
  return name.startsWith(".") ? host === name.slice(1) || host.endsWith(name) : host === name;
};

function ruleMatches(rule: HostRule, connection: Connection, home: readonly string[]): boolean {
  const type = applicationOf(connection);
  if (rule.protocol === "tls" && type !== "TLS_SNI") return false;
  if (rule.protocol === "http" && type !== "HTTP_HOST") return false;
  if (!["tls", "http", "tcp", "ip"].includes(rule.protocol)) return false;
  if (rule.buffer === "tls" && type !== "TLS_SNI") return false;
  if (rule.buffer === "http" && type !== "HTTP_HOST") return false;
  return (
    addressMatches(rule.source, connection.source, home) &&
    addressMatches(rule.destination, connection.destination, home) &&
    portMatches(rule.destinationPort, connection.port) &&
    hostMatches(rule, connection.host)
  );
}

function addressMatches(text: string, ip: string, home: readonly string[]): boolean {
  if (text.startsWith("!")) return !addressMatches(text.slice(1), ip, home);
  if (/^any$/i.test(text)) return true;
  if (text === "$HOME_NET") return inside(home, ip);
  if (text === "$EXTERNAL_NET") return !inside(home, ip);
  return text
    .replace(/[[\]]/g, "")
    .split(",")
    .some((one) => one === ip || cidrHas(one, ip));
}

function portMatches(text: string, port: number): boolean {
  if (text.startsWith("!")) return !portMatches(text.slice(1), port);
  if (/^any$/i.test(text)) return true;
  return text
    .replace(/[[\]]/g, "")
    .split(",")
    .some((one) => {
      const [from = "", to] = one.split(":");
      return to === undefined
        ? Number(from) === port
        : port >= Number(from || 0) && port <= Number(to || 65_535);
    });
}

function headerMatches({ Header, RuleOptions }: StatefulRule, connection: Connection): boolean {
  if (!Header) return false;
  const type = applicationOf(connection);
  const protocol = Header.Protocol as string;
  if (
    !["IP", "TCP"].includes(protocol) &&
    !(protocol === "TLS" && type === "TLS_SNI") &&
    !(protocol === "HTTP" && type === "HTTP_HOST")
  ) {
    return false;
  }
  // options that would look into the traffic are refused when the group is made
  if (RuleOptions?.some((one) => !["sid", "msg", "rev"].includes(one.Keyword ?? ""))) return false;
  const any = (text: string | undefined) => text ?? "ANY";
  return (
    addressMatches(any(Header.Source), connection.source, []) &&
    addressMatches(any(Header.Destination), connection.destination, []) &&
    portMatches(any(Header.DestinationPort), connection.port)
  );
}
