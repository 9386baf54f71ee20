/**
 * The part of Suricata's rule language that decides by host name or address: `pass|drop|reject|alert tls|http|tcp|ip`
 * with `tls.sni`, `http.host`, `content`, `startswith`, `endswith`, `dotprefix`, `nocase`. Other keywords that match
 * are refused when the rule group is made.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-examples.html
 */
import { invalid } from "./state.ts";

export interface HostRule {
  action: "pass" | "drop" | "reject" | "alert";
  protocol: string;
  source: string;
  destination: string;
  destinationPort: string;
  /** All must match the host. */
  contents: { text: string; starts: boolean; ends: boolean; negated: boolean; dotprefix: boolean }[];
  /** `tls` or `http`, when the rule looks at a host name. */
  buffer?: "tls" | "http";
}

const HEADER = /^(pass|drop|reject|alert)\s+(\w+)\s+(\S+)\s+(\S+)\s+(->|<>)\s+(\S+)\s+(\S+)\s*\((.*)\)\s*$/;
/** Keywords that describe and do not match. */
const DESCRIPTIVE = [
  "msg",
  "sid",
  "rev",
  "flow",
  "priority",
  "classtype",
  "reference",
  "metadata",
  "noalert",
  "fast_pattern",
];

/** @throws AwsError naming the line that is not understood */
export function parseRules(text: string): HostRule[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"))
    .map(parseRule);
}

function parseRule(line: string): HostRule {
  const match = HEADER.exec(line);
  if (!match) throw invalid(`Illegal rule syntax: ${line}`);
  const [, action, protocol, source, , , destination, destinationPort, options] = match;
  const rule: HostRule = {
    action: action as HostRule["action"],
    protocol: protocol!.toLowerCase(),
    source: source!,
    destination: destination!,
    destinationPort: destinationPort!,
    contents: [],
  };
  let dotprefix = false;
  for (const option of options!.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? []) {
    const [keyword = "", ...rest] = option.trim().split(":");
    const value = rest.join(":").trim();
    const last = rule.contents.at(-1);
    if (!keyword || DESCRIPTIVE.includes(keyword)) continue;
    if (keyword === "tls.sni" || keyword === "ssl_state") rule.buffer = "tls";
    else if (keyword === "http.host") rule.buffer = "http";
    else if (keyword === "dotprefix") dotprefix = true;
    else if (keyword === "content") {
      const negated = value.startsWith("!");
      const content = value.replace(/^!?"/, "").replace(/"$/, "").toLowerCase();
      rule.contents.push({ text: content, starts: false, ends: false, negated, dotprefix });
      dotprefix = false;
    } else if (keyword === "startswith" && last) last.starts = true;
    else if (keyword === "endswith" && last) last.ends = true;
    else if (keyword !== "nocase" && keyword !== "to_lowercase") {
      throw invalid(`The rule keyword ${keyword} is not supported by the Sagekeep local cloud: ${line}`);
    }
  }
  return rule;
}

/** Whether a host matches every content of a rule. */
export const hostMatches = (rule: HostRule, host: string): boolean =>
  rule.contents.every(({ text, starts, ends, negated, dotprefix }) => {
    const subject = dotprefix ? `.${host}` : host;
    const hit =
      (!starts || subject.startsWith(text)) && (!ends || subject.endsWith(text)) && subject.includes(text);
    return hit !== negated;
  });
