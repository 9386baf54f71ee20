/**
 * The structure of a document: elements, their types, and which may stand together in a policy of this kind.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { baseOperators, parseOperator } from "../condition-operators.ts";
import type { Findings } from "../diagnostic.ts";
import type { PolicyKind } from "../document.ts";
import { didYouMean } from "../suggestion.ts";
import { kindRules } from "./kinds.ts";
import { checkPrincipal } from "./principal.ts";
import { isObject, nameOf, texts } from "./shape.ts";

const documentElements = ["Version", "Id", "Statement"];
const statementElements = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

function checkNames(value: object, known: readonly string[], path: string, findings: Findings): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    findings.error(
      "POLICY0201",
      `${path}.${name}`,
      `unknown element \`${name}\``,
      didYouMean(name, known, `elements: ${known.join(", ")}`),
    );
  }
}

/** Checks the whole document; afterwards `findings.broken` says whether it can be evaluated. */
export function checkStructure(document: unknown, kind: PolicyKind, findings: Findings): void {
  if (!isObject(document)) {
    findings.fatal(
      "POLICY0203",
      "$",
      `got ${nameOf(document)}, expected a policy object`,
      "a policy is a JSON object with `Version` and `Statement`",
    );
    return;
  }
  checkNames(document, documentElements, "$", findings);
  const { Version: version, Id: id, Statement: statements } = document;
  if (version === undefined) {
    findings.warn(
      "POLICY0301",
      "$.Version",
      "no version, so policy variables are literal text",
      'add `"Version": "2012-10-17"`',
    );
  } else if (version !== "2012-10-17" && version !== "2008-10-17") {
    findings.error(
      "POLICY0204",
      "$.Version",
      `got ${nameOf(version)}, expected \`2012-10-17\` or \`2008-10-17\``,
      "the version is that of the policy language, not of your policy: use `2012-10-17`",
    );
  }
  if (id !== undefined && typeof id !== "string")
    findings.error("POLICY0202", "$.Id", `got ${nameOf(id)}, expected a text`);
  if (isObject(statements)) checkStatement(statements, "$.Statement", kind, findings);
  else if (Array.isArray(statements)) {
    if (statements.length === 0)
      findings.error("POLICY0205", "$.Statement", "got an empty list, expected at least one statement");
    for (const [index, statement] of statements.entries()) {
      const path = `$.Statement[${index}]`;
      if (isObject(statement)) checkStatement(statement, path, kind, findings);
      else findings.fatal("POLICY0205", path, `got ${nameOf(statement)}, expected a statement object`);
    }
    checkSids(statements, findings);
  } else {
    findings.fatal(
      "POLICY0205",
      "$.Statement",
      `got ${nameOf(statements)}, expected a statement or a list of them`,
    );
  }
}

function checkSids(statements: readonly unknown[], findings: Findings): void {
  const seen = new Map<string, number>();
  for (const [index, statement] of statements.entries()) {
    if (!isObject(statement) || typeof statement.Sid !== "string" || statement.Sid === "") continue;
    const first = seen.get(statement.Sid);
    if (first !== undefined) {
      findings.error(
        "POLICY0206",
        `$.Statement[${index}].Sid`,
        `\`${statement.Sid}\` is already the Sid of statement ${first}`,
        "give every statement a Sid of its own, or none",
      );
    } else seen.set(statement.Sid, index);
  }
}

function checkStatement(
  statement: Record<string, unknown>,
  path: string,
  kind: PolicyKind,
  findings: Findings,
): void {
  const rules = kindRules[kind];
  checkNames(statement, statementElements, path, findings);
  const { Sid: sid, Effect: effect } = statement;
  if (sid !== undefined && typeof sid !== "string")
    findings.error("POLICY0202", `${path}.Sid`, `got ${nameOf(sid)}, expected a text`);
  else if (sid !== undefined && rules.principal === "forbidden" && !/^[A-Za-z0-9]*$/.test(sid as string)) {
    findings.error(
      "POLICY0207",
      `${path}.Sid`,
      `got \`${sid}\`, expected letters and digits only`,
      `use \`${(sid as string).replace(/[^A-Za-z0-9]/g, "")}\``,
    );
  }
  if (effect !== "Allow" && effect !== "Deny") {
    findings.fatal(
      "POLICY0208",
      `${path}.Effect`,
      `got ${nameOf(effect)}, expected \`Allow\` or \`Deny\``,
      typeof effect === "string" ? didYouMean(effect, ["Allow", "Deny"]) : undefined,
    );
  }
  checkPair(statement, "Action", "NotAction", "required", path, rules.what, findings);
  checkPair(statement, "Resource", "NotResource", rules.resource, path, rules.what, findings);
  checkPrincipal(statement, path, kind, findings);
  if (kind === "rcp" && effect === "Allow") {
    findings.error(
      "POLICY0210",
      `${path}.Effect`,
      "got `Allow`, expected `Deny`",
      "only the AWS managed `RCPFullAWSAccess` allows; resource control policies of your own deny",
    );
  }
  if (statement.Condition !== undefined) checkCondition(statement.Condition, `${path}.Condition`, findings);
}

function checkPair(
  statement: Record<string, unknown>,
  element: string,
  negated: string,
  rule: "required" | "forbidden",
  path: string,
  what: string,
  findings: Findings,
): void {
  const present = [element, negated].filter((name) => statement[name] !== undefined);
  if (rule === "forbidden") {
    for (const name of present) {
      findings.error(
        "POLICY0209",
        `${path}.${name}`,
        `${what} has no \`${name}\``,
        `remove \`${name}\`: the resource is the one the policy belongs to`,
      );
    }
  } else if (present.length === 0) {
    const message = `got neither \`${element}\` nor \`${negated}\`, expected one of them`;
    if (element === "Action") findings.fatal("POLICY0209", path, message);
    else findings.error("POLICY0209", path, message, 'add `"Resource": "*"` or name the resources');
  } else if (present.length === 2) {
    findings.error("POLICY0209", path, `got both \`${element}\` and \`${negated}\`, expected one of them`);
  }
  for (const name of present) texts(statement[name], `${path}.${name}`, findings);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function checkCondition(block: unknown, path: string, findings: Findings): void {
  if (!isObject(block)) {
    findings.fatal("POLICY0211", path, `got ${nameOf(block)}, expected an object of operators`);
    return;
  }
  for (const [name, keys] of Object.entries(block)) {
    const at = `${path}.${name}`;
    const operator = parseOperator(name);
    if (operator === undefined) {
      findings.error(
        "POLICY0212",
        at,
        `unknown condition operator \`${name}\``,
        didYouMean(
          name,
          baseOperators.map((known) => known.name),
        ),
      );
    } else if (!operator.exactCase) {
      findings.warn(
        "POLICY0213",
        at,
        `\`${name}\` is not written as AWS writes it`,
        `write \`${operator.base.name}\``,
      );
    }
    if (!isObject(keys)) {
      findings.fatal("POLICY0211", at, `got ${nameOf(keys)}, expected an object of condition keys`);
      continue;
    }
    for (const [key, values] of Object.entries(keys)) {
      const fits = isScalar(values) || (Array.isArray(values) && values.every(isScalar));
      if (!fits)
        findings.fatal(
          "POLICY0211",
          `${at}.${key}`,
          `got ${nameOf(values)}, expected a text or a list of texts`,
        );
      else if (Array.isArray(values) && values.length === 0) {
        findings.error("POLICY0211", `${at}.${key}`, "got an empty list, expected at least one value");
      }
    }
  }
}
