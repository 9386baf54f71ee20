/** AssumeRole and what the three ways of assuming a role share. See "AssumeRole" in the STS API Reference. */

import { deflateRawSync } from "node:zlib";
import type * as Sts from "@aws-sdk/client-sts";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Check } from "../../service.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";
import { findRole, storedPolicy } from "../iam/directory.ts";
import { checkIdentityPolicy } from "../iam/document.ts";
import { type Role, roles } from "../iam/state.ts";
import { accessDenied } from "./errors.ts";
import { checkMfa } from "./mfa.ts";
import { issue, type Session } from "./session.ts";

const HOUR = 3600;

export const validationError = (message: string) => new AwsError("ValidationError", message, { status: 400 });
export const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterValue", message, { status: 400 });
type GivenTags = readonly { Key: string | undefined; Value: string | undefined }[] | undefined;

/** Tags by name. @throws InvalidParameterValue for keys that differ only in case */
export function sessionTags(tags: GivenTags): Record<string, string> {
  const record: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of tags ?? []) {
    if (seen.has(Key.toLowerCase())) {
      throw invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if (Key.toLowerCase().startsWith("aws:")) {
      throw invalidParameter(
        "Some of the tags you're trying to add are system tags. System tags can't be added.",
      );
    }
    seen.add(Key.toLowerCase());
    record[Key] = Value;
  }
  return record;
}

/** Session tags that stay when the calling session assumes a further role. */
function inheritedTags(context: ReadContext): { tags: Record<string, string>; keys: string[] } {
  const { principal, credential } = context.caller;
  const keys = [...(credential?.transitiveTagKeys ?? [])];
  const all = principal.kind === "session" ? (principal.sessionTags ?? {}) : {};
  const tags: Record<string, string> = {};
  for (const key of keys) {
    const name = Object.keys(all).find((one) => one.toLowerCase() === key.toLowerCase());
    if (name !== undefined) tags[name] = all[name] as string;
  }
  return { tags, keys };
}

/** Tags and transitive keys of the new session. @throws InvalidParameterValue */
export function joinTags(
  given: GivenTags,
  transitive: readonly string[] | undefined,
  context: ReadContext,
): { tags: Record<string, string>; transitive: string[] } {
  const tags = sessionTags(given);
  const lower = new Set(Object.keys(tags).map((key) => key.toLowerCase()));
  const inherited = inheritedTags(context);
  for (const key of inherited.keys) {
    if (lower.has(key.toLowerCase())) {
      throw invalidParameter(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    }
  }
  for (const key of transitive ?? []) {
    if (!lower.has(key.toLowerCase())) {
      throw invalidParameter("The specified transitive tag key must be included in the requested tags.");
    }
  }
  return {
    tags: { ...inherited.tags, ...tags },
    transitive: [...inherited.keys, ...(transitive ?? [])],
  };
}

/** What all ways of assuming a role need: the action itself, tagging, source identity. */
export function assumeChecks(
  action: string,
  roleArn: string,
  keys: Record<string, string | string[] | undefined>,
  session: {
    tags: Record<string, string>;
    transitive: readonly string[];
    sourceIdentity?: string | undefined;
  },
): Check[] {
  const shared: Record<string, string | string[] | undefined> = { ...keys };
  const names = Object.keys(session.tags);
  for (const name of names) shared[`aws:RequestTag/${name}`] = session.tags[name];
  if (names.length > 0) shared["aws:TagKeys"] = names;
  if (session.transitive.length > 0) shared["sts:TransitiveTagKeys"] = [...session.transitive];
  if (session.sourceIdentity) shared["sts:SourceIdentity"] = session.sourceIdentity;
  const checks: Check[] = [{ action, resource: roleArn, context: shared }];
  if (names.length > 0) checks.push({ action: "sts:TagSession", resource: roleArn, context: shared });
  if (session.sourceIdentity) {
    checks.push({ action: "sts:SetSourceIdentity", resource: roleArn, context: shared });
  }
  return checks;
}

const ROLE_ARN = /^arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:role\/.+$/;

/** @throws ValidationError `… is invalid` */
export function checkRoleArn(arn: string): void {
  if (arn.length < 20) {
    throw validationError(
      `1 validation error detected: Value '${arn}' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20`,
    );
  }
  if (!ROLE_ARN.test(arn)) throw validationError(`${arn} is invalid`);
}

/** @throws ValidationError for a session name that STS does not take */
export function checkSessionName(name: string, member = "roleSessionName"): void {
  const fail = (constraint: string) =>
    validationError(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${constraint}`,
    );
  if (name.length < 2) throw fail("Member must have length greater than or equal to 2");
  if (name.length > 64) throw fail("Member must have length less than or equal to 64");
  if (!/^[\w+=,.@-]*$/.test(name)) throw fail("Member must satisfy regular expression pattern: [\\w+=,.@-]*");
}

/** Session policies as they go into the session. @throws MalformedPolicyDocument, ValidationError, PackedPolicyTooLarge */
export function sessionPolicies(
  policy: string | undefined,
  arns: readonly { arn?: string | undefined }[] | undefined,
  tags: Record<string, string>,
  account: string,
  context: ReadContext,
): { policy?: string; policyArns?: string[]; packed?: number } {
  if (policy !== undefined) {
    if (policy.length > 2048) {
      throw validationError(
        `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048`,
      );
    }
    checkIdentityPolicy(policy, "session");
  }
  const policyArns = (arns ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn]));
  if (policyArns.length > 10) throw validationError("The number of managed policy ARNs must not exceed 10");
  for (const arn of policyArns) {
    const owner = arn.split(":")[4];
    if ((owner !== "aws" && owner !== account) || !storedPolicy(arn, context)) {
      throw new AwsError(
        "PackedPolicyTooLargeException",
        `Policy ${arn} does not exist or is not attachable.`,
      );
    }
  }
  const packed = packedSize(policy, policyArns, tags);
  if (packed !== undefined && packed > 100) {
    throw new AwsError(
      "PackedPolicyTooLargeException",
      `Packed size of session tags and policies consumes ${packed}% of allotted space.`,
    );
  }
  return {
    ...(policy !== undefined && { policy }),
    ...(policyArns.length > 0 && { policyArns }),
    ...(packed !== undefined && { packed }),
  };
}

/** Share (percent) of the room that a session has for policies and tags; AWS's own packing is not public. */
function packedSize(
  policy: string | undefined,
  arns: readonly string[],
  tags: Record<string, string>,
): number | undefined {
  const names = Object.keys(tags);
  if (policy === undefined && arns.length === 0 && names.length === 0) return undefined;
  const bytes = deflateRawSync(JSON.stringify([policy ?? "", arns, tags])).length;
  return Math.ceil((bytes / 3072) * 100);
}

/** The role to assume. @throws AccessDenied when there is none: STS does not tell */
export function roleToAssume(arn: string, action: string, context: ReadContext): Readonly<Role> {
  const role = findRole(arn, context);
  if (role) return role;
  throw accessDenied(
    `User: ${context.caller.arn} is not authorized to perform: ${action} on resource: ${arn}`,
  );
}

/** Whole-second start of a session. */
export function startOf(context: ReadContext): number {
  return Math.floor(context.now / 1000) * 1000;
}

/** Credentials and `AssumedRoleUser` of a new session of a role. */
export function assume(
  role: Readonly<Role>,
  session: Omit<
    Session,
    "accessKeyId" | "kind" | "account" | "issued" | "expires" | "issuerArn" | "issuerId"
  > & {
    name: string;
    seconds: number;
  },
  context: CallContext,
): { Credentials: Sts.Credentials; AssumedRoleUser: Sts.AssumedRoleUser } {
  const account = role.arn.split(":")[4] as string;
  const { seconds, ...rest } = session;
  const issued = startOf(context);
  const credentials = issue(
    {
      ...rest,
      kind: "role",
      account,
      issued,
      expires: issued + seconds * 1000,
      issuerArn: role.arn,
      issuerId: role.id,
    },
    context,
  );
  noteUse(role, account, context);
  context.note({ resources: [{ ARN: role.arn, accountId: account, type: "AWS::IAM::Role" }] });
  return {
    Credentials: credentials,
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${session.name}`,
      Arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${session.name}`,
    },
  };
}

/** `RoleLastUsed` changes at most once an hour, so that assuming stays a read. */
function noteUse(role: Readonly<Role>, account: string, context: CallContext): void {
  if (role.lastUsed && context.now - role.lastUsed.time < HOUR * 1000) return;
  roles(context.in(account)).update(role.name.toLowerCase(), (draft) => {
    draft.lastUsed = { time: startOf(context), region: context.region };
  });
}

/** @throws ValidationError for a duration beyond what the role, or chaining, allows */
export function checkDuration(seconds: number | undefined, role: Readonly<Role>, chained: boolean): number {
  const wanted = seconds ?? HOUR;
  if (wanted < 900 || wanted > 43200) {
    throw validationError(
      `1 validation error detected: Value '${wanted}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${wanted < 900 ? "greater than or equal to 900" : "less than or equal to 43200"}`,
    );
  }
  if (chained && wanted > HOUR) {
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (wanted > role.maxSession) {
    throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return wanted;
}

/** The source identity of the new session: it persists, and can be set only once. */
export function sourceIdentityOf(given: string | undefined, context: ReadContext): string | undefined {
  const { principal } = context.caller;
  const inherited = "sourceIdentity" in principal ? principal.sourceIdentity : undefined;
  return given ?? inherited;
}

export function authorizeAssumeRole(
  input: InputOf<typeof Sts.AssumeRoleCommand>,
  context: ReadContext,
): Check[] {
  checkRoleArn(input.RoleArn);
  checkSessionName(input.RoleSessionName);
  if (context.caller.principal.kind === "root") {
    throw accessDenied("Roles may not be assumed by root accounts.");
  }
  const { tags, transitive } = joinTags(input.Tags, input.TransitiveTagKeys, context);
  return assumeChecks(
    "sts:AssumeRole",
    input.RoleArn,
    {
      "sts:ExternalId": input.ExternalId,
      "sts:RoleSessionName": input.RoleSessionName,
      // a factor shown with this very call counts for it
      ...(checkMfa(input.SerialNumber, input.TokenCode, context) !== undefined && {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "0",
      }),
    },
    { tags, transitive, sourceIdentity: sourceIdentityOf(input.SourceIdentity, context) },
  );
}

export function assumeRole(
  input: InputOf<typeof Sts.AssumeRoleCommand>,
  context: CallContext,
): ResultOf<typeof Sts.AssumeRoleCommand> {
  const { caller } = context;
  const { tags, transitive } = joinTags(input.Tags, input.TransitiveTagKeys, context);
  const { keys, tags: incoming } = inheritedTags(context);
  if (keys.length > 0) context.note({ requestParameters: { incomingTransitiveTags: incoming } });
  const role = roleToAssume(input.RoleArn, "sts:AssumeRole", context);
  const chained = caller.principal.kind === "session";
  const seconds = checkDuration(input.DurationSeconds, role, chained);
  const sourceIdentity = sourceIdentityOf(input.SourceIdentity, context);
  const inherited = "sourceIdentity" in caller.principal ? caller.principal.sourceIdentity : undefined;
  if (inherited !== undefined && sourceIdentity !== inherited) {
    throw accessDenied(
      `User: ${caller.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${input.RoleArn}`,
    );
  }
  if (input.SourceIdentity !== undefined) checkSessionName(input.SourceIdentity, "sourceIdentity");
  const account = role.arn.split(":")[4] as string;
  const { packed, ...policies } = sessionPolicies(input.Policy, input.PolicyArns, tags, account, context);
  const answer = assume(
    role,
    {
      name: input.RoleSessionName,
      seconds,
      ...policies,
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(transitive.length > 0 && { transitive }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
    context,
  );
  return {
    ...answer,
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
}
