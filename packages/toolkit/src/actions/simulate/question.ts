/** One line of input, read into requests and policies. */
import type { PolicySet, Principal, Request, Resource } from "@sagekeep/engine";
import { action as catalogueAction, conditionKey, parseArn, service, supportsKey } from "@sagekeep/policy";
import { completeContext, readContext } from "./context.ts";
import { asObject, describe, optionalText, SimulateError } from "./errors.ts";
import { readPolicies } from "./policies.ts";
import { readPrincipal, tagsOf } from "./principal.ts";

/** What a line asks: one request a resource, all of which must be allowed. */
export interface Question {
  readonly requests: readonly Request[];
  readonly policies: PolicySet;
  readonly warnings: string[];
}

const fields = new Set(["principal", "action", "resource", "resources", "context", "policies"]);

function warnOfFields(line: object, warnings: string[]): void {
  for (const field of Object.keys(line)) {
    if (!fields.has(field)) warnings.push(`field \`${field}\` is not one of a question: it is left out`);
  }
}

function readAction(value: unknown, warnings: string[]): string {
  const action = optionalText(value, "action");
  if (action === undefined || !/^[^\s:*?,]+:[^\s:*?,]+$/.test(action)) {
    throw new SimulateError(
      "SIM0202",
      `action: got ${describe(value)}, expected \`service:Action\``,
      "name one action, without wildcards: `s3:GetObject`",
    );
  }
  if (catalogueAction(action) === undefined) {
    warnings.push(`action \`${action}\` is not in the catalogue: it is evaluated as it is written`);
  }
  return action;
}

function readResource(
  value: unknown,
  principal: Principal,
  context: Readonly<Record<string, string | string[]>>,
  warnings: string[],
): Resource {
  const given =
    typeof value === "string"
      ? { arn: value }
      : value === undefined || value === null
        ? {}
        : asObject(value, "resource");
  const arn = optionalText((given as { arn?: unknown }).arn, "resource.arn") ?? "*";
  if (arn !== "*" && parseArn(arn) === undefined) {
    throw new SimulateError(
      "SIM0203",
      `resource.arn: got ${describe(arn)}, expected an ARN or \`*\``,
      "an ARN is `arn:partition:service:region:account:resource`",
    );
  }
  const record = given as Record<string, unknown>;
  let account = optionalText(record.account, "resource.account") || parseArn(arn)?.account;
  if (!account) {
    const entry = Object.entries(context).find(([key]) => /^(aws|s3):resourceaccount$/i.test(key))?.[1];
    account = typeof entry === "string" ? entry : undefined;
  }
  if (!account && arn !== "*" && "account" in principal) {
    warnings.push(`resource.account is not given: taken as the principal's, ${principal.account}`);
  }
  const tags = tagsOf(record.tags, "resource.tags");
  const bucketArn = optionalText(record.bucketArn, "resource.bucketArn");
  const bucketAccount = optionalText(record.bucketAccount, "resource.bucketAccount");
  return {
    arn,
    ...(account ? { account } : {}),
    ...(tags === undefined ? {} : { tags }),
    ...(bucketArn === undefined ? {} : { bucketArn }),
    ...(bucketAccount === undefined ? {} : { bucketAccount }),
  };
}

function warnOfKeys(action: string, context: Readonly<Record<string, unknown>>, warnings: string[]): void {
  const info = catalogueAction(action);
  if (info === undefined) return;
  for (const key of Object.keys(context)) {
    const known = conditionKey(key);
    if (known === undefined) {
      if (service(key.split(":")[0] as string) !== undefined || /^aws:/i.test(key))
        warnings.push(`context key \`${key}\` is not known to IAM: AWS never sends it`);
    } else if (known.deprecated)
      warnings.push(`context key \`${key}\` is deprecated: AWS documents no action that sends it`);
    else if (!known.global && !supportsKey(info, key))
      warnings.push(
        `context key \`${key}\` is not one of \`${info.action}\`: AWS does not send it with this action`,
      );
  }
}

/**
 * Reads one parsed line.
 *
 * @throws SimulateError naming the field that does not fit
 */
export function readQuestion(value: unknown, now: Date): Question {
  const line = asObject(value, "line");
  const warnings: string[] = [];
  warnOfFields(line, warnings);
  const context = readContext(line.context);
  const principal = readPrincipal(line.principal, context, warnings);
  const action = readAction(line.action, warnings);
  const listed = line.resources ?? line.resource;
  const entries = Array.isArray(listed) && listed.length > 0 ? listed : [listed];
  const requests = entries.map((entry) => {
    const resource = readResource(entry, principal, context, warnings);
    return {
      principal,
      action,
      resource,
      context: completeContext(context, action, resource.arn, principal, now),
    };
  });
  warnOfKeys(action, context, warnings);
  return { requests, policies: readPolicies(line.policies, action, warnings), warnings };
}
