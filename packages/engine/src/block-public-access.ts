/**
 * S3 Block Public Access: when a policy is public, and what `RestrictPublicBuckets` then leaves.
 *
 * A policy is public when one of its `Allow` statements names everybody and no condition pins the request to fixed
 * values. One such statement makes the whole policy public.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import { many, type PolicyDocument, parseOperator, type Statement, statementsOf } from "@sagekeep/policy";
import type { CompiledPolicy } from "./compile/policy.ts";
import { valueText } from "./conditions/condition.ts";
import { parseRange } from "./conditions/ip-address.ts";
import type { BlockPublicAccess } from "./policy-set.ts";

/** Keys that, held to fixed values, make a grant to everybody not public. */
const pinningKeys = new Set([
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourcevpcarn",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
  "aws:userid",
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
  "s3:accesspointnetworkorigin",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
]);

const positive = new Set(["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"]);

function isFixed(key: string, value: string): boolean {
  if (value.includes("${")) return false;
  // An access point ARN may end in a wildcard, as long as its account is fixed.
  const checked =
    key === "s3:dataaccesspointarn" ? value.replace(/(:s3:[^:]*:\d{12}:accesspoint\/)\*$/, "$1") : value;
  return checked !== "" && !/[*?]/.test(checked);
}

function isNarrowRange(value: string): boolean {
  const range = parseRange(value);
  if (range === undefined) return false;
  return range.bits >= (range.address.length === 1 ? 8 : 32);
}

function pins(operator: string, key: string, values: readonly string[]): boolean {
  const parsed = parseOperator(operator);
  if (parsed === undefined || parsed.ifExists || parsed.prefix === "ForAllValues" || values.length === 0)
    return false;
  const lower = key.toLowerCase();
  if (parsed.base.name === "IpAddress") return lower === "aws:sourceip" && values.every(isNarrowRange);
  if (!positive.has(parsed.base.name) || !pinningKeys.has(lower)) return false;
  return values.every((value) => isFixed(lower, value));
}

function namesEverybody(statement: Statement): boolean {
  if (statement.NotPrincipal !== undefined) return true;
  const { Principal: principal } = statement;
  if (principal === "*") return true;
  if (typeof principal !== "object") return false;
  return many(principal.AWS).some((entry) => entry.includes("*") || entry.includes("?"));
}

/** Whether one statement grants to the public. */
export function isPublicStatement(statement: Statement): boolean {
  if (statement.Effect !== "Allow" || !namesEverybody(statement)) return false;
  const conditions = Object.entries(statement.Condition ?? {});
  return !conditions.some(([operator, keys]) =>
    Object.entries(keys).some(([key, values]) => pins(operator, key, many(values).map(valueText))),
  );
}

/** Whether S3 regards the policy as public: `GetBucketPolicyStatus`. */
export function isPublicPolicy(document: PolicyDocument): boolean {
  return statementsOf(document).some(isPublicStatement);
}

const publicPolicies = new WeakMap<CompiledPolicy, boolean>();

function isPublic(policy: CompiledPolicy | undefined): boolean {
  if (policy === undefined) return false;
  let known = publicPolicies.get(policy);
  if (known === undefined) {
    known = isPublicPolicy(policy.document);
    publicPolicies.set(policy, known);
  }
  return known;
}

/** Whether `RestrictPublicBuckets` leaves only the owner's account and AWS services. */
export function restrictsToOwner(
  settings: BlockPublicAccess | undefined,
  bucket: CompiledPolicy | undefined,
  accessPoint: CompiledPolicy | undefined,
): boolean {
  if (settings === undefined) return false;
  if ((settings.account || settings.bucket) && isPublic(bucket)) return true;
  return Boolean(settings.account || settings.accessPoint) && isPublic(accessPoint);
}
