/**
 * What S3 demands of a bucket's (or access point's) policy before it keeps it; every refusal is a MalformedPolicy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
 */

import { compileWildcard, matchWildcard } from "@sagekeep/policy";
import { policyProblem } from "../../gateway/compiled.ts";
import { AwsError } from "../../wire/errors.ts";
import { appliesTo, isConditionKey } from "./condition-key-names.ts";
import actionTypes from "./generated/policy-actions.json" with { type: "json" };

const malformed = (message: string, detail?: string) =>
  new AwsError("MalformedPolicy", message, {
    status: 400,
    members: detail === undefined ? {} : { Detail: detail },
  });

const LARGEST_POLICY = 20 * 1024;
const POLICY_FIELDS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_FIELDS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

type Json = Record<string, unknown>;

/** What a policy may be about: the resource's own ARN and its objects'. */
export interface PolicyTarget {
  /** ARN of the bucket or access point. */
  arn: string;
  /** Prefix of its objects' ARNs, with the slash. */
  objects: string;
  /** Whether an IAM principal exists. @default every one does */
  principalExists?: (arn: string) => boolean;
}

/** @throws MalformedPolicy in S3's words */
export function checkPolicy(document: string, target: PolicyTarget): void {
  if (Buffer.byteLength(document) > LARGEST_POLICY) {
    throw new AwsError("PolicyTooLarge", "Policy is too large.", { status: 400 });
  }
  const policy = parse(document);
  for (const field of Object.keys(policy)) {
    if (!POLICY_FIELDS.has(field)) throw malformed(`Unknown field ${field}`);
  }
  const { Version } = policy;
  if (Version !== undefined && Version !== "2012-10-17" && Version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string");
  }
  if (policy.Statement === undefined) throw malformed("Missing required field Statement");
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) throw malformed("Could not parse the policy: Statement is empty!");
  const sids = new Set<unknown>();
  for (const statement of statements) {
    if (!isObject(statement)) throw malformed("Invalid policy syntax.");
    checkStatement(statement, target);
    if (statement.Sid !== undefined && sids.has(statement.Sid)) {
      throw malformed(`Duplicate statement ID '${statement.Sid}' in policy`);
    }
    sids.add(statement.Sid);
  }
  if (policyProblem(document, "resource") !== undefined) throw malformed("Invalid policy syntax.");
}

function parse(document: string): Json {
  if (document.trim()[0] !== "{") {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  try {
    return JSON.parse(document) as Json;
  } catch {
    throw malformed("This policy contains invalid Json");
  }
}

function checkStatement(statement: Json, target: PolicyTarget): void {
  for (const field of Object.keys(statement)) {
    if (!STATEMENT_FIELDS.has(field)) throw malformed(`Unknown field ${field}`);
  }
  const { Effect } = statement;
  if (Effect === undefined) throw malformed("Missing required field Effect");
  if (Effect !== "Allow" && Effect !== "Deny") throw malformed(`Invalid effect : ${String(Effect)}`);
  needsOne(statement, "Principal", "NotPrincipal");
  needsOne(statement, "Action", "NotAction");
  needsOne(statement, "Resource", "NotResource");
  checkPrincipal(statement.Principal ?? statement.NotPrincipal, target);
  const actions = strings(statement.Action ?? statement.NotAction).map(checkAction);
  const resources = strings(statement.Resource ?? statement.NotResource);
  if (actions.length === 0) throw malformed("Missing required field Action cannot be empty!");
  if (resources.length === 0) throw malformed("Missing required field Resource cannot be empty!");
  const kinds = resources.map((one) => kindsOf(one, target));
  if (statement.Action !== undefined && statement.Resource !== undefined) {
    const bucket = kinds.some((kind) => kind.bucket);
    const object = kinds.some((kind) => kind.object);
    for (const action of actions) {
      if (!((bucket && action.bucket) || (object && action.object))) {
        throw malformed("Action does not apply to any resource(s) in statement");
      }
    }
  }
  checkConditions(statement.Condition);
  if (statement.Action !== undefined) checkApplies(strings(statement.Action), statement.Condition);
}

/** A key that one of the actions never has makes the whole statement invalid. */
function checkApplies(actions: readonly string[], condition: unknown): void {
  const keys = Object.values((condition ?? {}) as Json).flatMap((one) => Object.keys(one as Json));
  if (actions.every((action) => keys.every((key) => appliesTo(key, action)))) return;
  throw malformed("Conditions do not apply to combination of actions and resources in statement");
}

function needsOne(statement: Json, name: string, negated: string): void {
  const has = [name, negated].filter((one) => statement[one] !== undefined);
  if (has.length === 0) throw malformed(`Missing required field ${name}`);
  if (has.length === 2) throw malformed(`Statement contains both ${name} and ${negated}`);
}

function strings(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((one) => typeof one === "string")) throw malformed("Invalid policy syntax.");
  return list as string[];
}

const BUCKET_ACTIONS = actionTypes.bucket.map((name) => `s3:${name}`.toLowerCase());
const OBJECT_ACTIONS = actionTypes.object.map((name) => `s3:${name}`.toLowerCase());

/** Which kinds of resources an action (or pattern of actions) is for. */
function checkAction(pattern: string): { bucket: boolean; object: boolean } {
  const lower = pattern.toLowerCase();
  if (lower === "*") return { bucket: true, object: true };
  if (!lower.startsWith("s3:")) throw malformed("Policy has invalid action");
  const names = compileWildcard(lower);
  const kinds = {
    bucket: BUCKET_ACTIONS.some((one) => names.test(one)),
    object: OBJECT_ACTIONS.some((one) => names.test(one)),
  };
  if (!kinds.bucket && !kinds.object) throw malformed("Policy has invalid action");
  return kinds;
}

function kindsOf(resource: string, target: PolicyTarget): { bucket: boolean; object: boolean } {
  const invalid = malformed("Policy has invalid resource", resource);
  const parts = resource.split(":");
  if (parts.length < 6 || parts[0] !== "arn" || (parts[2] !== "s3" && parts[2] !== "*")) throw invalid;
  const [, , , , , ...rest] = parts;
  const slash = rest.join(":").indexOf("/");
  const variable = resource.replaceAll(/\$\{[^}]*\}/g, "*");
  const bucket = matchWildcard(variable, target.arn);
  const objectPart = target.objects.slice(0, -1);
  const head = slash < 0 ? variable : variable.slice(0, variable.indexOf("/", objectPart.length - 1));
  const object = slash < 0 ? variable.endsWith("*") && bucket : matchWildcard(head, objectPart);
  if (!bucket && !object) throw invalid;
  return { bucket, object };
}

const PRINCIPAL_ARN =
  /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:root|user\/.+|role\/.+|oidc-provider\/.+|saml-provider\/.+)|sts::\d{12}:(?:assumed-role\/.+\/.+|federated-user\/.+)|cloudfront:+.+|iam::cloudfront:user\/.+)$/;

function checkPrincipal(principal: unknown, target: PolicyTarget): void {
  if (principal === "*") return;
  if (typeof principal === "string") throw malformed("Invalid principal in policy", principal);
  if (!isObject(principal)) throw malformed("Invalid policy syntax.");
  for (const [kind, values] of Object.entries(principal)) {
    for (const value of strings(values)) {
      if (!isPrincipal(kind, value, target))
        throw malformed("Invalid principal in policy", `"${kind}" : "${value}"`);
    }
  }
  if (Object.keys(principal).length === 0)
    throw malformed("Missing required field Principal cannot be empty!");
}

function isPrincipal(kind: string, value: string, target: PolicyTarget): boolean {
  switch (kind) {
    case "AWS":
      if (value === "*" || /^\d{12}$/.test(value) || /^A(?:IDA|ROA)[A-Z0-9]{12,}$/.test(value)) return true;
      return PRINCIPAL_ARN.test(value) && (target.principalExists?.(value) ?? true);
    case "Service":
      return /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(value);
    case "CanonicalUser":
      return /^[0-9a-f]{64}$/.test(value);
    case "Federated":
      return value.length > 0;
    default:
      return false;
  }
}

const OPERATOR =
  /^(?:ForAllValues:|ForAnyValue:)?(?:String(?:Not)?Equals(?:IgnoreCase)?|String(?:Not)?Like|Numeric(?:(?:Not)?Equals|LessThan(?:Equals)?|GreaterThan(?:Equals)?)|Date(?:(?:Not)?Equals|LessThan(?:Equals)?|GreaterThan(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like)|Null)(?:IfExists)?$/i;

function checkConditions(condition: unknown): void {
  if (condition === undefined) return;
  if (!isObject(condition)) throw malformed("Invalid policy syntax.");
  for (const [operator, keys] of Object.entries(condition)) {
    if (!OPERATOR.test(operator)) throw malformed(`Invalid Condition type : ${operator}`);
    if (!isObject(keys)) throw malformed("Invalid policy syntax.");
    for (const [key, value] of Object.entries(keys)) {
      if (!/^[\w-]+:.+$/.test(key) || !isConditionKey(key))
        throw malformed("Policy has an invalid condition key", key);
      const values = Array.isArray(value) ? value : [value];
      if (values.some((one) => typeof one === "object")) throw malformed("Invalid policy syntax.");
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
