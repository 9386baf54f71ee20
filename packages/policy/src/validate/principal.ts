/**
 * `Principal` and `NotPrincipal`: whether the kind of policy has them, and whether each entry can name anybody.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { isAccountId, parseArn } from "../arn.ts";
import type { Findings } from "../diagnostic.ts";
import type { PolicyKind } from "../document.ts";
import { didYouMean } from "../suggestion.ts";
import { kindRules } from "./kinds.ts";
import { isObject, nameOf, texts } from "./shape.ts";

const types = ["AWS", "Service", "Federated", "CanonicalUser"];

/** Checks both elements of one statement. */
export function checkPrincipal(
  statement: Record<string, unknown>,
  path: string,
  kind: PolicyKind,
  findings: Findings,
): void {
  const rules = kindRules[kind];
  const { Principal: principal, NotPrincipal: notPrincipal } = statement;
  if (rules.principal === "forbidden") {
    for (const name of ["Principal", "NotPrincipal"]) {
      if (statement[name] === undefined) continue;
      findings.error(
        "POLICY0214",
        `${path}.${name}`,
        `${rules.what} has no \`${name}\``,
        "remove it: the policy speaks of whoever it is attached to",
      );
    }
    return;
  }
  if (principal !== undefined && notPrincipal !== undefined) {
    findings.error("POLICY0214", path, "got both `Principal` and `NotPrincipal`, expected one of them");
  }
  if (notPrincipal !== undefined && !rules.notPrincipal) {
    findings.error(
      "POLICY0214",
      `${path}.NotPrincipal`,
      `${rules.what} has no \`NotPrincipal\``,
      "use `Principal`, with a condition on `aws:PrincipalArn` where needed",
    );
  }
  if (notPrincipal !== undefined && statement.Effect === "Allow") {
    findings.warn(
      "POLICY0302",
      `${path}.NotPrincipal`,
      "`Allow` with `NotPrincipal` grants to everybody else, unsigned requests included",
      "name who is allowed in `Principal`",
    );
  }
  if (rules.principal === "everybody" && principal !== "*") {
    findings.error(
      "POLICY0214",
      `${path}.Principal`,
      `got ${nameOf(principal)}, expected \`*\``,
      `${rules.what} speaks of everybody: use a condition on \`aws:PrincipalArn\``,
    );
  }
  if (rules.principal === "required" && principal === undefined && notPrincipal === undefined) {
    findings.error(
      "POLICY0214",
      path,
      "got no `Principal`, expected one",
      `${rules.what} says whom each statement is about`,
    );
  }
  if (rules.principal === "optional" && principal === undefined && notPrincipal === undefined) {
    findings.warn("POLICY0303", path, "no `Principal`: taken as `*`", 'add `"Principal": "*"`');
  }
  for (const name of ["Principal", "NotPrincipal"]) {
    if (statement[name] !== undefined) checkElement(statement[name], `${path}.${name}`, findings);
  }
}

function checkElement(element: unknown, path: string, findings: Findings): void {
  if (element === "*") return;
  if (!isObject(element)) {
    const report = typeof element === "string" ? findings.error : findings.fatal;
    report.call(
      findings,
      "POLICY0215",
      path,
      `got ${nameOf(element)}, expected \`*\` or an object`,
      'write `{"AWS": "…"}`',
    );
    return;
  }
  for (const [type, value] of Object.entries(element)) {
    const at = `${path}.${type}`;
    if (!types.includes(type))
      findings.error(
        "POLICY0215",
        at,
        `unknown principal type \`${type}\``,
        didYouMean(type, types, `types: ${types.join(", ")}`),
      );
    const entries = texts(value, at, findings);
    if (type === "AWS") for (const entry of entries ?? []) checkAws(entry, at, findings);
    if (type === "Service") for (const entry of entries ?? []) checkService(entry, at, findings);
  }
}

const uniqueId = /^A(?:IDA|ROA|GPA)[A-Z0-9]+$/;

function checkAws(entry: string, path: string, findings: Findings): void {
  if (entry === "*" || isAccountId(entry) || uniqueId.test(entry)) return;
  const arn = parseArn(entry);
  const named =
    arn !== undefined &&
    (arn.service === "iam" || arn.service === "sts") &&
    (isAccountId(arn.account) || arn.account === "cloudfront");
  if (!named) {
    findings.error(
      "POLICY0216",
      path,
      `invalid principal \`${entry}\``,
      "expected `*`, a twelve-digit account id, or the ARN of an account root, user, role or session",
    );
    return;
  }
  if (/[*?]/.test(arn.resource)) {
    findings.error(
      "POLICY0216",
      path,
      `invalid principal \`${entry}\`: a wildcard cannot be part of an ARN here`,
      'use `"Principal": "*"` with `ArnLike` on `aws:PrincipalArn`',
    );
  } else if (!/^(?:root$|user\/|role\/|assumed-role\/[^/]+\/|federated-user\/)/.test(arn.resource)) {
    findings.error(
      "POLICY0216",
      path,
      `\`${entry}\` cannot be a principal`,
      arn.resource.startsWith("group/")
        ? "groups are not principals: name the users"
        : "expected an account root, user, role or session",
    );
  }
}

function checkService(entry: string, path: string, findings: Findings): void {
  if (entry === "*" || /^[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)$/.test(entry))
    return;
  findings.error(
    "POLICY0216",
    path,
    `invalid service principal \`${entry}\``,
    /^[a-z0-9-]+$/.test(entry)
      ? `did you mean \`${entry}.amazonaws.com\`?`
      : "expected a name like `sagemaker.amazonaws.com`",
  );
}
