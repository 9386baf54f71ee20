/**
 * The meaning of `Action` and `NotAction`: whether the patterns cover anything that exists.
 *
 * IAM stores unknown actions without a word, so these are warnings.
 */
import { actionsOf, expandActions, service, services } from "../catalogue.ts";
import type { Findings } from "../diagnostic.ts";
import { didYouMean } from "../suggestion.ts";

/** Checks one pattern. */
export function checkAction(pattern: string, path: string, negated: boolean, findings: Findings): void {
  if (/^\*+$/.test(pattern)) return;
  if (/[\s,]/.test(pattern)) {
    const effect = negated ? "it excludes nothing" : "it matches nothing";
    findings.warn(
      "POLICY0304",
      path,
      `\`${pattern}\` has whitespace or a comma: ${effect}`,
      `write \`${pattern.replace(/[\s,]/g, "")}\`, or several entries`,
    );
    return;
  }
  const colon = pattern.indexOf(":");
  if (colon <= 0) {
    findings.error(
      "POLICY0217",
      path,
      `got \`${pattern}\`, expected \`service:Action\` or \`*\``,
      service(pattern) === undefined ? undefined : `did you mean \`${pattern}:*\`?`,
    );
    return;
  }
  const prefix = pattern.slice(0, colon);
  const name = pattern.slice(colon + 1);
  if (/[*?]/.test(prefix)) return;
  if (service(prefix) === undefined) {
    findings.warn(
      "POLICY0305",
      path,
      `unknown service \`${prefix}\` in \`${pattern}\``,
      didYouMean(prefix, services()),
    );
    return;
  }
  if (expandActions(pattern).length > 0) return;
  if (/[*?]/.test(name)) findings.warn("POLICY0306", path, `\`${pattern}\` matches no action of ${prefix}`);
  else {
    const known = actionsOf(prefix).map((info) => info.action);
    findings.warn("POLICY0306", path, `unknown action \`${pattern}\``, didYouMean(pattern, known));
  }
}
