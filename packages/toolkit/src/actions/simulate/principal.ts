/**
 * The principal of a line: an ARN of any kind, an account, a service, an identity provider or nobody.
 */
import type { Principal, Tags } from "@sagekeep/engine";
import { isAccountId, parseArn } from "@sagekeep/policy";
import { asObject, describe, optionalText, SimulateError } from "./errors.ts";

const help =
  'give `{"arn": …}` of a user, role, session, federated user or root, `{"service": …}`, `{"federated": …}` or `{"anonymous": true}`';

/** Tags as an object or as AWS's list of `Key` and `Value`. */
export function tagsOf(value: unknown, what: string): Tags | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) {
    return Object.fromEntries(
      value.map((entry) => {
        const tag = asObject(entry, what);
        return [String(tag.Key ?? tag.key), String(tag.Value ?? tag.value ?? "")];
      }),
    );
  }
  const given = Object.entries(asObject(value, what)).filter(([, tag]) => tag !== null);
  return Object.fromEntries(given.map(([key, tag]) => [key, String(tag)]));
}

function contextValue(context: Readonly<Record<string, unknown>>, key: string): string | undefined {
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() === key && typeof value === "string") return value;
  }
  return undefined;
}

/**
 * Stand-ins for unique ids that a line does not give: AWS always sends `aws:userid`, and its end, the session's name,
 * is known. They equal no real id.
 */
const unknownIds = { user: "AIDASIMULATEDUSER0000", role: "AROASIMULATEDROLE0000" };

/** What the name says about the role's path when only the session's ARN is known, which leaves the path out. */
function roleArnOf(partition: string, account: string, name: string, warnings: string[]): string {
  if (name.startsWith("AWSReservedSSO_")) {
    warnings.push(
      `the path of role \`${name}\` is assumed to be /aws-reserved/sso.amazonaws.com/: give principal.roleArn`,
    );
    return `arn:${partition}:iam::${account}:role/aws-reserved/sso.amazonaws.com/${name}`;
  }
  return `arn:${partition}:iam::${account}:role/${name}`;
}

/**
 * Reads the principal. Context keys that name the principal more closely (`aws:userid`, `aws:PrincipalArn`) are used
 * for it too, so that a session's role path and unique id need be given only once.
 *
 * @throws SimulateError for what is no principal
 */
export function readPrincipal(
  value: unknown,
  context: Readonly<Record<string, unknown>>,
  warnings: string[],
): Principal {
  const given = typeof value === "string" ? fromText(value) : asObject(value ?? undefined, "principal");
  if (given.anonymous === true) return { kind: "anonymous" };
  const service = optionalText(given.service ?? given.Service, "principal.service");
  if (service !== undefined) return { kind: "service", service };
  const provider = optionalText(given.federated ?? given.Federated, "principal.federated");
  if (provider !== undefined) return { kind: "federated", provider };
  const arn = optionalText(given.arn ?? given.AWS ?? given.account, "principal.arn");
  if (arn === undefined)
    throw new SimulateError("SIM0201", `principal: got ${describe(value)}, expected one with an ARN`, help);
  if (arn === "*") return { kind: "anonymous" };
  if (isAccountId(arn)) return { kind: "root", account: arn };
  return fromArn(arn, given, context, warnings);
}

function fromText(text: string): Record<string, unknown> {
  if (text === "*" || text === "anonymous") return { anonymous: true };
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return { service: text };
  return { arn: text };
}

function fromArn(
  arn: string,
  given: Readonly<Record<string, unknown>>,
  context: Readonly<Record<string, unknown>>,
  warnings: string[],
): Principal {
  const parsed = parseArn(arn);
  if (parsed === undefined)
    throw new SimulateError("SIM0201", `principal.arn: got ${describe(arn)}, expected an ARN`, help);
  const account = parsed.account || optionalText(given.account, "principal.account") || "";
  const stated = optionalText(given.account, "principal.account");
  if (stated !== undefined && stated !== account) {
    warnings.push(`principal.account \`${stated}\` differs from the ARN's \`${account}\`, which is used`);
  }
  const userId = contextValue(context, "aws:userid");
  const uniqueId =
    optionalText(given.uniqueId ?? given.userId ?? given.roleId, "principal.uniqueId") ?? userId;
  const canonicalUserId = optionalText(given.canonicalUserId, "principal.canonicalUserId");
  const common = {
    account,
    uniqueId:
      uniqueId?.split(":")[0] ?? (parsed.resource.startsWith("user/") ? unknownIds.user : unknownIds.role),
    tags: tagsOf(given.tags, "principal.tags") ?? {},
    ...text("sourceIdentity", given.sourceIdentity),
    ...(canonicalUserId === undefined ? {} : { canonicalUserId }),
  };
  const [type, ...path] = parsed.resource.split("/");
  const name = path[path.length - 1];
  if (parsed.service === "iam" && parsed.resource === "root") {
    const { partition } = parsed;
    return {
      kind: "root",
      account,
      partition,
      ...(canonicalUserId === undefined ? {} : { canonicalUserId }),
    };
  }
  if (parsed.service === "iam" && type === "user" && name) return { kind: "user", arn, ...common };
  if (parsed.service === "iam" && (type === "saml-provider" || type === "oidc-provider")) {
    return { kind: "federated", provider: arn };
  }
  const sessionTags = tagsOf(given.sessionTags, "principal.sessionTags");
  const session = { ...common, ...(sessionTags === undefined ? {} : { sessionTags }) };
  if (parsed.service === "sts" && type === "federated-user" && name) {
    const userArn = optionalText(given.userArn ?? given.parent, "principal.userArn") ?? "";
    if (userArn === "")
      warnings.push("principal.userArn is not given: grants to the parent user's ARN cannot match");
    return { kind: "federated-user", arn, userArn, ...session };
  }
  const linked = typeof given.serviceLinked === "boolean" ? given.serviceLinked : undefined;
  if (parsed.service === "iam" && type === "role" && name) {
    const sessionName =
      optionalText(given.sessionName, "principal.sessionName") ?? userId?.split(":")[1] ?? "session";
    const sessionArn = `arn:${parsed.partition}:sts::${account}:assumed-role/${name}/${sessionName}`;
    return {
      kind: "session",
      arn: sessionArn,
      roleArn: arn,
      ...session,
      ...(linked === undefined ? {} : { serviceLinked: linked }),
    };
  }
  if (parsed.service === "sts" && type === "assumed-role" && path.length >= 2) {
    const role = path[0] as string;
    const stated =
      optionalText(given.roleArn, "principal.roleArn") ?? contextValue(context, "aws:principalarn");
    const fits = stated?.includes(":role/") && stated.endsWith(`/${role}`);
    const roleArn = stated && fits ? stated : roleArnOf(parsed.partition, account, role, warnings);
    const serviceLinked = linked ?? (role.startsWith("AWSServiceRoleFor") ? true : undefined);
    return {
      kind: "session",
      arn,
      roleArn,
      ...session,
      ...(serviceLinked === undefined ? {} : { serviceLinked }),
    };
  }
  throw new SimulateError("SIM0201", `principal.arn: ${describe(arn)} cannot make requests`, help);
}

function text(name: string, value: unknown): Record<string, string> {
  const read = optionalText(value, `principal.${name}`);
  return read === undefined ? {} : { [name]: read };
}
