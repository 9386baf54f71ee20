/** The policies of a line: parsed, compiled and filed by layer. */
import {
  type CompiledPolicy,
  compilePolicy,
  type KeyGrant,
  type OrganizationLevel,
  type PolicySet,
} from "@sagekeep/engine";
import { type PolicyKind, parsePolicy } from "@sagekeep/policy";
import { asObject, describe, optionalText, SimulateError } from "./errors.ts";

const known = new Set([
  "identity",
  "boundary",
  "session",
  "resource",
  "scps",
  "rcps",
  "endpoint",
  "endpointType",
  "accessPoint",
  "keyGrants",
  "blockPublicAccess",
  "organization",
]);

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A policy as `{name, document}`, as a bare document, or as JSON text of either. */
function compileOne(value: unknown, kind: PolicyKind, place: string, warnings: string[]): CompiledPolicy {
  const entry = typeof value === "string" ? { document: value } : asObject(value, place);
  const bare = "Statement" in entry;
  const document = bare ? entry : (entry.document ?? entry.Document ?? entry.policy ?? entry.PolicyDocument);
  const name = (bare ? undefined : optionalText(entry.name ?? entry.PolicyName, `${place}.name`)) ?? place;
  if (document === undefined) {
    throw new SimulateError(
      "SIM0301",
      `${place}: got no \`document\``,
      'give `{"name": …, "document": {…}}`',
    );
  }
  const parsed = parsePolicy(plainJson(document), { kind });
  if (parsed.policy === undefined) {
    const [first] = parsed.errors;
    throw new SimulateError(
      "SIM0302",
      `${place} \`${name}\`: ${first?.path}: ${first?.message}`,
      first?.help,
    );
  }
  for (const { code, path, message } of parsed.errors) {
    warnings.push(`${place} \`${name}\`: ${path}: ${message} (AWS would refuse the policy) [${code}]`);
  }
  for (const { code, path, message } of parsed.warnings)
    warnings.push(`${place} \`${name}\`: ${path}: ${message} [${code}]`);
  return compilePolicy(parsed.policy, { name, kind });
}

/** The IAM API returns documents percent-encoded; anything else stays as it is. */
function plainJson(document: unknown): unknown {
  if (typeof document !== "string" || !/^\s*%7B/i.test(document)) return document;
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}

function compileAll(value: unknown, kind: PolicyKind, place: string, warnings: string[]): CompiledPolicy[] {
  return list(value).map((entry, index) => compileOne(entry, kind, `policies.${place}[${index}]`, warnings));
}

function levels(value: unknown, kind: "scp" | "rcp", place: string, warnings: string[]): OrganizationLevel[] {
  return list(value).map((entry, index) => {
    const at = `policies.${place}[${index}]`;
    const level = asObject(entry, at);
    const name = optionalText(level.level ?? level.name, `${at}.level`) ?? String(index);
    const own = "policies" in level ? list(level.policies) : [level];
    return {
      level: name,
      policies: own.map((policy, position) =>
        compileOne(policy, kind, `${at}.policies[${position}]`, warnings),
      ),
    };
  });
}

function resourceKind(action: string): PolicyKind {
  const service = action.toLowerCase().split(":")[0];
  if (service === "s3") return "bucket";
  if (service === "kms") return "key";
  return service === "sts" ? "trust" : "resource";
}

function single(
  value: unknown,
  kind: PolicyKind,
  place: string,
  warnings: string[],
): CompiledPolicy | undefined {
  const entries = list(value).filter((entry) => {
    if (entry === null) return false;
    const isEmpty = typeof entry === "object" && Object.values(entry).every((value) => value === null);
    return !isEmpty;
  });
  if (entries.length === 0) return undefined;
  if (entries.length > 1) {
    throw new SimulateError(
      "SIM0303",
      `policies.${place}: got ${entries.length} policies, expected one`,
      "a resource has one policy",
    );
  }
  return compileOne(entries[0], kind, `policies.${place}`, warnings);
}

function grants(value: unknown): KeyGrant[] {
  return list(value).map((entry, index) => {
    const at = `policies.keyGrants[${index}]`;
    const grant = asObject(entry, at);
    const granteePrincipal = optionalText(
      grant.granteePrincipal ?? grant.GranteePrincipal,
      `${at}.granteePrincipal`,
    );
    const operations = list(grant.operations ?? grant.Operations).map(String);
    if (granteePrincipal === undefined || operations.length === 0) {
      throw new SimulateError("SIM0304", `${at}: expected \`granteePrincipal\` and \`operations\``);
    }
    const constraints = grant.constraints as KeyGrant["constraints"];
    return { granteePrincipal, operations, ...(constraints === undefined ? {} : { constraints }) };
  });
}

/** @throws SimulateError for policies that cannot be evaluated */
export function readPolicies(value: unknown, action: string, warnings: string[]): PolicySet {
  const given = value === undefined || value === null ? {} : asObject(value, "policies");
  for (const name of Object.keys(given)) {
    if (!known.has(name))
      warnings.push(`policies.${name} is not known and not used: ${[...known].join(", ")}`);
  }
  const { endpointType } = given;
  if (endpointType !== undefined && endpointType !== "gateway" && endpointType !== "interface") {
    throw new SimulateError(
      "SIM0305",
      `policies.endpointType: got ${describe(endpointType)}, expected \`gateway\` or \`interface\``,
    );
  }
  return {
    identity: compileAll(given.identity, "inline", "identity", warnings),
    boundary: compileAll(given.boundary, "boundary", "boundary", warnings),
    session: compileAll(given.session, "session", "session", warnings),
    resource: single(given.resource, resourceKind(action), "resource", warnings),
    scps: given.scps === undefined ? undefined : levels(given.scps, "scp", "scps", warnings),
    rcps: given.rcps === undefined ? undefined : levels(given.rcps, "rcp", "rcps", warnings),
    endpoint: compileAll(given.endpoint, "endpoint", "endpoint", warnings),
    endpointType,
    accessPoint: single(given.accessPoint, "accessPoint", "accessPoint", warnings),
    keyGrants: given.keyGrants === undefined ? undefined : grants(given.keyGrants),
    blockPublicAccess: given.blockPublicAccess as PolicySet["blockPublicAccess"],
    organization: given.organization as PolicySet["organization"],
  };
}
