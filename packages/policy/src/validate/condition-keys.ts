/**
 * The meaning of condition keys: whether they exist, are current, and are supported by the statement's actions; and
 * whether operator and key go together.
 *
 * IAM stores unknown keys without a word, so these are warnings.
 */
import { type ActionInfo, expandActions, action as lookUp } from "../catalogue.ts";
import { conditionKey, supportsKey } from "../condition-key.ts";
import { parseOperator } from "../condition-operators.ts";
import type { Findings } from "../diagnostic.ts";
import { many, type OneOrMany } from "../document.ts";
import { globalKeys } from "../global-keys.ts";
import { didYouMean } from "../suggestion.ts";

/** A statement as far as this check goes. */
export interface KeyedStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: OneOrMany<string>;
  readonly Condition?: Record<string, Record<string, OneOrMany<string | number | boolean>>>;
}

/** The actions of a statement that are named closely enough to ask about; `undefined` when one covers too much. */
function namedActions(statement: KeyedStatement): ActionInfo[] | undefined {
  const infos: ActionInfo[] = [];
  for (const pattern of many(statement.Action)) {
    if (/^[^:]*\*[^:]*$/.test(pattern) || /:\*+$/.test(pattern)) return undefined;
    for (const name of expandActions(pattern)) infos.push(lookUp(name) as ActionInfo);
    if (infos.length > 2000) return undefined;
  }
  return infos;
}

/** Checks every key of the statement's condition block. */
export function checkConditionKeys(statement: KeyedStatement, path: string, findings: Findings): void {
  const actions = namedActions(statement);
  for (const [operatorName, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const at = `${path}.Condition.${operatorName}.${key}`;
      checkKey(key, at, actions, findings);
      checkAgreement(operatorName, key, values, at, findings);
      if (statement.Effect === "Deny" && actions !== undefined) {
        checkDenyOnMissing(operatorName, key, values, actions, at, findings);
      }
    }
  }
}

function checkKey(key: string, path: string, actions: ActionInfo[] | undefined, findings: Findings): void {
  const info = conditionKey(key);
  if (info === undefined) {
    if (!key.includes(":")) {
      findings.warn(
        "POLICY0309",
        path,
        `got \`${key}\`, expected a condition key like \`aws:SourceIp\``,
        didYouMean(
          `aws:${key}`,
          [...globalKeys.values()].map((known) => known.name),
        ),
      );
      return;
    }
    const known = [...globalKeys.values()].map((entry) => entry.name);
    const own = (actions ?? []).flatMap((action) => [
      ...action.conditionKeys,
      ...action.resources.flatMap((r) => r.conditionKeys),
    ]);
    findings.warn(
      "POLICY0309",
      path,
      `unknown condition key \`${key}\``,
      didYouMean(key, new Set([...known, ...own])),
    );
    return;
  }
  if (info.deprecated) {
    const help =
      info.replacement === undefined ? "remove it: no action supports it" : `use \`${info.replacement}\``;
    findings.warn("POLICY0310", path, `\`${key}\` is deprecated: no action supports it`, help);
    return;
  }
  if (actions === undefined || actions.length === 0 || info.global) return;
  if (actions.some((action) => supportsKey(action, key))) return;
  findings.warn(
    "POLICY0311",
    path,
    `no action of the statement supports \`${key}\``,
    `actions: ${actions
      .slice(0, 3)
      .map((action) => action.action)
      .join(", ")}${actions.length > 3 ? ", …" : ""}`,
  );
}

function checkAgreement(
  operatorName: string,
  key: string,
  values: OneOrMany<unknown>,
  path: string,
  findings: Findings,
): void {
  const operator = parseOperator(operatorName);
  const info = conditionKey(key);
  if (operator === undefined || info === undefined) return;
  const multivalued = info.type.startsWith("ArrayOf");
  if (multivalued && operator.prefix === undefined && operator.base.type !== "null") {
    findings.warn(
      "POLICY0312",
      path,
      `\`${key}\` has several values: without a set operator they match nothing`,
      `use \`ForAnyValue:${operatorName}\` or \`ForAllValues:${operatorName}\``,
    );
  } else if (!multivalued && operator.prefix === "ForAllValues") {
    findings.warn(
      "POLICY0313",
      path,
      `\`${key}\` has one value: \`ForAllValues\` also holds when it is absent`,
      `use \`${operatorName.slice("ForAllValues:".length)}\``,
    );
  }
  const list = many(values as OneOrMany<string>).map(String);
  if (
    operator.base.comparison === "equals" &&
    operator.base.type === "string" &&
    list.some((value) => /[*?]/.test(value.replace(/\$\{[*?$]\}/g, "")))
  ) {
    findings.warn(
      "POLICY0314",
      path,
      `\`${operatorName}\` takes \`*\` and \`?\` literally`,
      `use \`${operatorName.replace("Equals", "Like")}\``,
    );
  }
}

/** A deny that fires on a missing key blocks for ever the actions that never have the key. */
function checkDenyOnMissing(
  operatorName: string,
  key: string,
  values: OneOrMany<unknown>,
  actions: readonly ActionInfo[],
  path: string,
  findings: Findings,
): void {
  const operator = parseOperator(operatorName);
  const info = conditionKey(key);
  if (operator === undefined || info === undefined || info.global || info.deprecated) return;
  const firesOnMissing =
    operator.base.type === "null"
      ? many(values as OneOrMany<string>)
          .map(String)
          .includes("true")
      : operator.base.negated && operator.prefix === undefined;
  if (!firesOnMissing) return;
  const without = actions.filter((action) => !supportsKey(action, key));
  if (without.length === 0 || without.length === actions.length) return;
  const names = without.slice(0, 4).map((action) => `\`${action.action}\``);
  findings.warn(
    "POLICY0315",
    path,
    `denies ${names.join(", ")}${without.length > 4 ? ` and ${without.length - 4} more` : ""} always: they do not support \`${key}\``,
    "list only the actions that support the key",
  );
}
