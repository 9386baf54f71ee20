/** Checks of policy documents when they are given to IAM, refused in AWS's words. */
import { policyProblem } from "../../gateway/compiled.ts";
import { isPolicyDate } from "./date-condition.ts";
import { malformedPolicy } from "./errors.ts";

type Json = Record<string, unknown>;
type Statement = Json;

const STATEMENT_MEMBERS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);
const OPERATOR =
  /^(ForAnyValue:|ForAllValues:)?(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Numeric(Not)?Equals|Numeric(Less|Greater)Than(Equals)?|Date(Not)?Equals|Date(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?$/;

/** How strict a document must be. */
export type DocumentKind = "managed" | "inline" | "session";

/** Checks an identity policy; the order of the checks is IAM's. @throws MalformedPolicyDocument */
export function checkIdentityPolicy(document: string, kind: DocumentKind = "managed"): void {
  const policy = parse(document, SYNTAX);
  const all = checkShape(policy, SYNTAX);
  const version = policy.Version;
  if (all.length === 0 || (version !== undefined && !isVersion(version))) throw malformedPolicy(SYNTAX);
  if (kind === "managed" && version !== "2012-10-17") {
    throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  }
  for (const one of all) {
    if (one.Principal !== undefined || one.NotPrincipal !== undefined) {
      throw malformedPolicy("Policy document should not specify a principal.");
    }
  }
  for (const one of all) checkLegacyStatement(one);
  const resourceComplaint = checkResources(all);
  const sids = all.map((one) => one.Sid).filter((sid) => sid !== undefined && sid !== "");
  if (new Set(sids).size !== sids.length) {
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  }
  const lacks = (yes: string, no: string) => all.some((one) => listOf(one[yes] ?? one[no]).length === 0);
  if (lacks("Action", "NotAction")) throw malformedPolicy("Policy statement must contain actions.");
  if (lacks("Resource", "NotResource")) throw malformedPolicy("Policy statement must contain resources.");
  if (resourceComplaint !== undefined) throw malformedPolicy(resourceComplaint);
  for (const one of all) for (const action of listOf(one.Action ?? one.NotAction)) checkAction(action);
  for (const one of all) checkSid(one.Sid);
  if (policyProblem(document, "identity") !== undefined) throw malformedPolicy(SYNTAX);
}

const SYNTAX = "Syntax errors in policy.";
const LEGACY = "The policy failed legacy parsing";

/** What the older parser behind IAM does not take: effects in another case, dates it cannot read. */
function checkLegacyStatement(statement: Statement): void {
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") throw malformedPolicy(LEGACY);
  for (const [operator, keys] of Object.entries((statement.Condition ?? {}) as Json)) {
    if (!/^(ForA(ny|ll)Values?:)?Date/.test(operator)) continue;
    for (const value of Object.values(keys as Json).flatMap(listOf)) {
      if (!isPolicyDate(String(value))) throw malformedPolicy(LEGACY);
    }
  }
}

/** The first complaint about a resource's form, told later. @throws MalformedPolicyDocument for what the older parser refuses */
function checkResources(all: readonly Statement[]): string | undefined {
  let complaint: string | undefined;
  for (const one of all) {
    const resources = listOf(one.Resource ?? one.NotResource) as string[];
    for (const resource of resources) complaint ??= resourceComplaintOf(resource);
    if (complaint !== undefined) continue;
    for (const resource of resources) {
      if (resource === "*") continue;
      const parts = resource.split(":");
      if ((parts.length < 6 && resource.includes("::")) || parts[2] === "") throw malformedPolicy(LEGACY);
    }
  }
  return complaint;
}

const TRUST_ACTIONS =
  /^sts:(assumerole|assumerolewithsaml|assumerolewithwebidentity|tagsession|setsourceidentity|setcontext|[a-z*?]*[*?][a-z*?]*)$/i;

/** Checks a trust policy by itself; whether its principals exist is trust.ts's question. @throws MalformedPolicyDocument */
export function checkTrustPolicy(document: string): void {
  const policy = parse(document, "This policy contains invalid Json");
  const all = checkShape(policy, "Syntax error in policy.");
  if (policy.Version !== undefined && !isVersion(policy.Version)) {
    throw malformedPolicy("Syntax error in policy.");
  }
  for (const one of all) checkLegacyStatement(one);
  for (const one of all) {
    if (one.Resource !== undefined) throw malformedPolicy("Has prohibited field Resource");
    if (one.NotResource !== undefined) throw malformedPolicy("Has prohibited field NotResource");
  }
  for (const one of all) {
    if (one.NotPrincipal !== undefined)
      throw malformedPolicy("AssumeRole policy must not contain NotPrincipal");
    if (one.Principal === undefined) throw malformedPolicy("Missing required field Principal");
    if (one.Action === undefined && one.NotAction === undefined) {
      throw malformedPolicy("Missing required field Action");
    }
    if (listOf(one.Action ?? one.NotAction).length === 0) {
      throw malformedPolicy("Missing required field Action cannot be empty!");
    }
  }
  for (const one of all) {
    for (const action of listOf(one.Action ?? one.NotAction)) {
      if (typeof action !== "string" || !(TRUST_ACTIONS.test(action) || action === "*")) {
        throw malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.");
      }
    }
    checkPrincipal(one.Principal);
  }
  for (const one of all) checkSid(one.Sid);
  if (policyProblem(document, "trust") !== undefined) throw malformedPolicy("Syntax error in policy.");
}

const AWS_PRINCIPAL =
  /^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::(\d{12}):(root|user\/.+|role\/.+|assumed-role\/.+|federated-user\/.+|saml-provider\/.+|oidc-provider\/.+)|A(IDA|ROA)[A-Z0-9]+)$/;

function checkPrincipal(principal: unknown): void {
  if (principal === "*") return;
  if (!isObject(principal) || Object.keys(principal).length === 0) {
    throw malformedPolicy("Syntax error in policy.");
  }
  for (const [kind, value] of Object.entries(principal)) {
    if (listOf(value).length === 0)
      throw malformedPolicy("Missing required field Principal cannot be empty!");
    for (const one of listOf(value)) {
      if (typeof one !== "string") throw malformedPolicy("Syntax error in policy.");
      switch (kind) {
        case "AWS":
          if (!AWS_PRINCIPAL.test(one)) throw malformedPolicy(`Invalid principal in policy: "AWS":"${one}"`);
          break;
        case "Service":
          if (!/^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws)$/i.test(one)) {
            throw malformedPolicy(`Invalid principal in policy: "SERVICE":"${one}"`);
          }
          break;
        case "Federated":
          if (
            !/^(arn:aws[a-z-]*:iam::\d{12}:(saml|oidc)-provider\/.+|([a-z0-9-]+\.)+[a-z]{2,})$/i.test(one)
          ) {
            throw malformedPolicy("Federated principals must be valid domain names or SAML metadata ARNs");
          }
          break;
        case "CanonicalUser":
          break;
        default:
          throw malformedPolicy("Syntax error in policy.");
      }
    }
  }
}

function parse(document: string, complaint: string): Json {
  try {
    const value: unknown = JSON.parse(document);
    if (isObject(value)) return value;
  } catch {
    // answered below
  }
  throw malformedPolicy(complaint);
}

function checkShape(policy: Json, complaint: string): Statement[] {
  for (const name of Object.keys(policy)) {
    if (name !== "Version" && name !== "Id" && name !== "Statement") throw malformedPolicy(complaint);
  }
  if (policy.Id !== undefined && typeof policy.Id !== "string") throw malformedPolicy(complaint);
  if (policy.Statement === undefined) throw malformedPolicy(complaint);
  const all = listOf(policy.Statement);
  for (const one of all) {
    if (!isObject(one)) throw malformedPolicy(complaint);
    for (const name of Object.keys(one)) if (!STATEMENT_MEMBERS.has(name)) throw malformedPolicy(complaint);
    if (typeof one.Effect !== "string" || !/^(allow|deny)$/i.test(one.Effect))
      throw malformedPolicy(complaint);
    for (const [yes, no] of [
      ["Action", "NotAction"],
      ["Resource", "NotResource"],
      ["Principal", "NotPrincipal"],
    ] as const) {
      if (one[yes] !== undefined && one[no] !== undefined) throw malformedPolicy(complaint);
    }
    for (const name of ["Action", "NotAction", "Resource", "NotResource"]) {
      if (one[name] === undefined) continue;
      if (!listOf(one[name]).every((item) => typeof item === "string")) throw malformedPolicy(complaint);
    }
    if (one.Sid !== undefined && typeof one.Sid !== "string") throw malformedPolicy(complaint);
    checkCondition(one.Condition, complaint);
  }
  return all as Statement[];
}

function checkCondition(condition: unknown, complaint: string): void {
  if (condition === undefined) return;
  if (!isObject(condition)) throw malformedPolicy(complaint);
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isObject(keys)) throw malformedPolicy(complaint);
    // an operator without keys says nothing, whatever its name
    if (Object.keys(keys).length === 0) continue;
    if (!OPERATOR.test(operator)) throw malformedPolicy(complaint);
    for (const value of Object.values(keys)) {
      const scalar = (one: unknown) => ["string", "number", "boolean"].includes(typeof one);
      if (!listOf(value).every(scalar)) throw malformedPolicy(complaint);
    }
  }
}

function checkAction(action: unknown): void {
  const text = action as string;
  if (text === "*") return;
  const [vendor = "", ...rest] = text.split(":");
  if (rest.length === 0) {
    throw malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (rest.length > 1) throw malformedPolicy("Actions/Condition can contain only one colon.");
  if (vendor !== "*" && !/^[a-zA-Z0-9.-]+$/.test(vendor))
    throw malformedPolicy(`Vendor ${vendor} is not valid`);
}

const PARTITIONS = new Set([
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
]);
const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** What is wrong with the form of a resource, in IAM's words. */
function resourceComplaintOf(text: string): string | undefined {
  if (/^[*?]+$/.test(text)) return undefined;
  if (!text.includes(":")) return `Resource ${text} must be in ARN format or "*".`;
  const [, partition = "", ...rest] = text.split(":");
  if (!PARTITIONS.has(partition) && !/[*?$]/.test(partition)) {
    const [service = "*", region = "*", account = "*", ...last] = rest;
    const shown = [service, region, account, last.length > 0 ? last.join(":") : "*"].join(":");
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${shown}".`;
  }
  const [service, region = "", , ...last] = rest;
  const id = last.join(":");
  if (service === undefined || /[*?]/.test(service)) {
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  }
  if (service === "iam" && region !== "" && region !== "*") {
    return `IAM resource ${text} cannot contain region information.`;
  }
  if (service === "s3" && region !== "" && region !== "*" && !/^(accesspoint|job|storage-lens)/.test(id)) {
    return `Resource ${text} can not contain region information.`;
  }
  if (service === "iam" && last.length > 0 && id !== "root" && !/^[^/]*[*?$]/.test(id)) {
    if (!IAM_PATHS.some((path) => id.startsWith(path))) {
      return `IAM resource path must either be "*", root, or start with ${IAM_PATHS.join(", ")}.`;
    }
  }
  return undefined;
}

function checkSid(sid: unknown): void {
  if (sid !== undefined && !/^[0-9A-Za-z]*$/.test(sid as string)) {
    throw malformedPolicy(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
}

function isVersion(version: unknown): boolean {
  return version === "2012-10-17" || version === "2008-10-17";
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Size that counts against quotas: white space between tokens does not. */
export function policySize(document: string): number {
  let size = 0;
  let inText = false;
  for (let i = 0; i < document.length; i++) {
    const char = document[i];
    if (inText) {
      size++;
      if (char === "\\") {
        i++;
        size++;
      } else if (char === '"') inText = false;
    } else if (char === '"') {
      inText = true;
      size++;
    } else if (char !== " " && char !== "\n" && char !== "\t" && char !== "\r") size++;
  }
  return size;
}
