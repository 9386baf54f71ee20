/**
 * The meaning of `Resource` and `NotResource`: ARNs that cannot match, and actions that take no resource.
 */
import { expandActions, action as lookUp } from "../catalogue.ts";
import type { Findings } from "../diagnostic.ts";
import type { PolicyKind } from "../document.ts";
import { parseTemplate, splitAtColons } from "../template.ts";

const lenientKinds: ReadonlySet<PolicyKind> = new Set(["identity", "inline", "boundary", "session"]);

/** Checks one pattern. */
export function checkResource(
  pattern: string,
  path: string,
  kind: PolicyKind,
  variables: boolean,
  findings: Findings,
): void {
  if (/^\*+$/.test(pattern)) return;
  const parts = splitAtColons(parseTemplate(pattern, { variables, wildcards: true }), 6);
  const first = parts[0]?.[0];
  const wild = /[*?]/.test(pattern);
  if (
    first === undefined ||
    first.kind !== "literal" ||
    (parts[0]?.length ?? 0) > 1 ||
    first.text !== "arn"
  ) {
    findings.error(
      "POLICY0218",
      path,
      `got \`${pattern}\`, expected an ARN or \`*\``,
      "an ARN is `arn:partition:service:region:account:resource`",
    );
    return;
  }
  if (parts.length === 6) return;
  const missing = `\`${pattern}\` has ${parts.length} of the six parts of an ARN`;
  if (lenientKinds.has(kind)) {
    findings.warn("POLICY0307", path, `${missing}: the rest is taken as \`*\``, "write all six parts");
  } else if (kind === "rcp" || (kind === "scp" && !wild)) {
    findings.error("POLICY0218", path, missing, "write all six parts");
  } else if (!wild) {
    findings.warn("POLICY0307", path, `${missing}: it matches nothing`, "write all six parts");
  }
}

/** Warns of actions that match only `Resource: *` in a statement that names ARNs. */
export function checkWildcardOnly(
  actions: readonly string[],
  resources: readonly string[],
  path: string,
  effect: unknown,
  findings: Findings,
): void {
  if (resources.some((pattern) => /^\*+$/.test(pattern))) return;
  const listed = actions.filter((pattern) => !/[*?]/.test(pattern) && lookUp(pattern)?.wildcardOnly);
  for (const pattern of actions) {
    if (!/[*?]/.test(pattern) || /^\*+$/.test(pattern)) continue;
    const covered = expandActions(pattern);
    if (covered.length > 0 && covered.every((name) => lookUp(name)?.wildcardOnly)) listed.push(pattern);
  }
  if (listed.length === 0) return;
  const consequence = effect === "Deny" ? "the deny has no effect on" : "the allow does not reach";
  const names = listed.slice(0, 5).map((name) => `\`${name}\``);
  const rest = listed.length > 5 ? ` and ${listed.length - 5} more` : "";
  findings.warn(
    "POLICY0308",
    path,
    `${consequence} ${names.join(", ")}${rest}, which support no resource types`,
    'give them a statement with `"Resource": "*"`',
  );
}
