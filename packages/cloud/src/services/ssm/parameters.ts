/**
 * Parameters as they are kept: every version with its labels; names, tiers and policies checked.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
 */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";
import { AwsError } from "../../wire/errors.ts";

export interface ParameterVersion {
  version: number;
  type: "String" | "StringList" | "SecureString";
  /** Plain text; for a `SecureString` the ciphertext in base64. */
  value: string;
  keyId?: string;
  /** For an advanced `SecureString`: the data key's ciphertext. */
  dataKey?: string;
  description?: string;
  allowedPattern?: string;
  tier: "Standard" | "Advanced";
  policies: string[];
  dataType: string;
  labels: string[];
  modified: number;
  modifiedBy: string;
}

export interface ParameterRecord {
  name: string;
  /** Ascending; the last is current. */
  versions: ParameterVersion[];
  tags: Record<string, string>;
}

export const MAX_VERSIONS = 100;

export const invalid = (message: string) => new AwsError("ValidationException", message);
export const notFound = () => new AwsError("ParameterNotFound", "");

export const parameters = (context: ReadContext): Table<ParameterRecord> => context.table("ssm.parameter");

export const parameterArn = (context: ReadContext, name: string): string =>
  context.arn("ssm", `parameter/${name.replace(/^\//, "")}`);

export const current = (record: Readonly<ParameterRecord>): Readonly<ParameterVersion> =>
  record.versions.at(-1)!;

interface Policy {
  Type: string;
  Version: string;
  Attributes: Record<string, string>;
}

/** When an Expiration policy ends the parameter, if any. */
function expiry(version: Readonly<ParameterVersion>): number | undefined {
  for (const text of version.policies) {
    const policy = JSON.parse(text) as Policy;
    if (policy.Type === "Expiration") return Date.parse(policy.Attributes.Timestamp ?? "");
  }
  return undefined;
}

/** A parameter that has not expired. */
export function lookUp(context: ReadContext, name: string): Readonly<ParameterRecord> | undefined {
  const record = parameters(context).get(name);
  if (!record) return undefined;
  const end = expiry(current(record));
  return end !== undefined && end <= context.now ? undefined : record;
}

/** Every parameter that has not expired, by name. */
export const allParameters = (context: ReadContext): Readonly<ParameterRecord>[] =>
  parameters(context)
    .list()
    .filter((one) => {
      const end = expiry(current(one));
      return end === undefined || end > context.now;
    });

/** A name without its `:version` or `:label`, and without the ARN around it. */
export function splitName(text: string): { name: string; selector?: string } {
  let rest = text;
  if (text.startsWith("arn:")) {
    const path = /^arn:[^:]*:ssm:[^:]*:\d*:parameter(\/.+)$/.exec(text)?.[1];
    if (!path) throw invalid(`Invalid parameter ARN: ${text}`);
    // one level is written without its slash unless it was made with it; both are tried by `resolveName`
    rest = path;
  }
  const at = rest.lastIndexOf(":");
  return at < 0 ? { name: rest } : { name: rest.slice(0, at), selector: rest.slice(at + 1) };
}

const BAD_NAME =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

/**
 * The stored name for a name or ARN. A name of one level means the same with and without a slash before it, as AWS was
 * seen to answer.
 */
export function resolveName(context: ReadContext, text: string): { name: string; selector?: string } {
  const parts = splitName(text);
  const { name } = parts;
  if (parameters(context).has(name)) return parts;
  const other = name.startsWith("/") ? name.slice(1) : `/${name}`;
  return !name.slice(1).includes("/") && parameters(context).has(other) ? { ...parts, name: other } : parts;
}

/** @throws ValidationException for what reads as a path and is none */
export function checkPath(name: string): void {
  if (name.includes("//") || (name.includes("/") && !name.startsWith("/"))) throw invalid(BAD_NAME);
}

/** @throws AwsError for a name that AWS refuses */
export function checkName(name: string): void {
  // what AWS keeps for itself, in the sentences that it was seen to say
  if (/^(?:\/aws|aws\/)/i.test(name)) {
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  if (/^(?:aws|ssm)[^/]*$/i.test(name)) {
    throw invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`);
  }
  if (
    /^\/?(?:ssm|aws)/i.test(name) ||
    !/^[a-zA-Z0-9_.\-/]+$/.test(name) ||
    name.includes("//") ||
    name.endsWith("/")
  ) {
    throw invalid(BAD_NAME);
  }
  if (name.includes("/") && !name.startsWith("/")) {
    throw invalid("Parameter name must be a fully qualified name.");
  }
  if (name.split("/").length - 1 > 15) {
    throw new AwsError(
      "HierarchyLevelLimitExceededException",
      "The hierarchy level of the parameter name exceeds the limit of 15.",
    );
  }
}

/** The policies of a request as separate JSON texts. @throws AwsError for malformed ones */
export function checkPolicies(text: string | undefined): string[] {
  if (!text) return [];
  const bad = (why: string) => new AwsError("InvalidPolicyAttributeException", why);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw bad("The policies are not valid JSON.");
  }
  const all = Array.isArray(list) ? list : [list];
  if (all.length > 10)
    throw new AwsError("PoliciesLimitExceededException", "A parameter can have at most 10 policies.");
  const types = all.map((one: Policy) => one?.Type);
  if (new Set(types).size < types.length) {
    throw new AwsError(
      "IncompatiblePolicyException",
      "There is a conflict in the policies specified for this parameter. You can't, for example, specify two Expiration policies for a parameter. Review your policies, and try again.",
    );
  }
  return all.map((one: Policy) => {
    if (!["Expiration", "ExpirationNotification", "NoChangeNotification"].includes(one?.Type)) {
      throw new AwsError("InvalidPolicyTypeException", `The policy type is not supported: ${one?.Type}`);
    }
    const { Timestamp, Before, After, Unit } = one.Attributes ?? {};
    if (one.Type === "Expiration") {
      if (Number.isNaN(Date.parse(Timestamp ?? "")))
        throw bad("The Expiration policy needs a Timestamp in ISO 8601 form.");
    } else {
      const [name, value] = one.Type === "ExpirationNotification" ? ["Before", Before] : ["After", After];
      if (!/^\d+$/.test(value ?? "")) throw bad(`The ${one.Type} policy needs a number ${name}.`);
      if (Unit !== "Days" && Unit !== "Hours")
        throw bad(`The Unit of a ${one.Type} policy is Days or Hours.`);
    }
    return JSON.stringify(one);
  });
}
