/**
 * `{{resolve:service:reference}}` in properties.
 *
 * A plain stored parameter is read at every operation of the stack, and its value is what the resource is compared by.
 * What is secret is read with the caller's permissions when a resource is made or changed, given to its handler and
 * kept nowhere: the stack knows, shows and compares the reference as it is written.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
import { ResourceFailure } from "./engine/failure.ts";
import { isMap, type Value } from "./template/value.ts";

const REFERENCE = /\{\{resolve:([^:}]+):([^}]+)\}\}/g;

type Call = (service: string, operation: string, input: object) => Promise<unknown>;

/** Gives the value of a reference, or `undefined` to leave it as it is. */
type Resolve = (service: string, reference: string) => Promise<string | undefined> | string | undefined;

export interface Reference {
  /** As it is written, with its braces. */
  readonly text: string;
  readonly service: string;
  readonly reference: string;
}

/** The references in a text. */
export function referencesIn(text: string): Reference[] {
  return [...text.matchAll(REFERENCE)].map(([whole, service = "", reference = ""]) => ({
    text: whole,
    service,
    reference,
  }));
}

/** The name, with the version if there is one, that a reference to a stored parameter gives; `undefined` for others. */
export function storedName(reference: string): { name: string; version?: string } | undefined {
  const match = /^(arn:[^:]+:ssm:[^:]*:\d*:parameter\/[\w./-]+|[\w./-]+)(?::(\d+))?$/.exec(reference);
  if (!match) return undefined;
  const [, name = "", version] = match;
  return version === undefined ? { name } : { name, version };
}

/** The value with plain stored parameters read. @throws AwsError of the service, or ResourceFailure */
export const withStored = (value: Value, call: Call): Promise<Value> =>
  replaced(value, (service, reference) => {
    if (service === "ssm") return stored(reference, false, call);
    if (service === "ssm-secure" || service === "secretsmanager") return undefined;
    throw new ResourceFailure(`Invalid dynamic reference: {{resolve:${service}:${reference}}}`);
  });

/** The value with secrets read. @throws AwsError of the service, or ResourceFailure */
export const withSecrets = (value: Value, call: Call): Promise<Value> =>
  replaced(value, (service, reference) => {
    if (service === "ssm-secure") return stored(reference, true, call);
    return service === "secretsmanager" ? secret(reference, call) : undefined;
  });

/** The value with those references replaced whose value is known, by their text. */
export function withKnown(value: Value, known: ReadonlyMap<string, string>): Value {
  if (typeof value === "string") {
    return value.includes("{{resolve:") ? value.replace(REFERENCE, (text) => known.get(text) ?? text) : value;
  }
  if (Array.isArray(value)) return value.map((one) => withKnown(one, known));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withKnown(one, known)]));
}

async function replaced(value: Value, resolve: Resolve): Promise<Value> {
  if (typeof value === "string") return value.includes("{{resolve:") ? replacedText(value, resolve) : value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => replaced(one, resolve)));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, one]) => [key, await replaced(one, resolve)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function replacedText(text: string, resolve: Resolve): Promise<string> {
  let result = "";
  let from = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const value = (await resolve(match[1] ?? "", match[2] ?? "")) ?? match[0];
    result += text.slice(from, match.index) + value;
    from = match.index + match[0].length;
  }
  return result + text.slice(from);
}

async function stored(reference: string, secure: boolean, call: Call): Promise<string> {
  const prefix = secure ? "ssm-secure" : "ssm";
  const found = storedName(reference);
  if (!found) {
    throw new ResourceFailure(
      `Incorrect format is used in the following SSM reference: [{{resolve:${prefix}:${reference}}}]`,
    );
  }
  const Name = found.version === undefined ? found.name : `${found.name}:${found.version}`;
  const output = (await call("ssm", "GetParameter", { Name, WithDecryption: secure })) as {
    Parameter?: { Value?: string; Type?: string };
  };
  if (!secure && output.Parameter?.Type === "SecureString") throw new ResourceFailure(notSecure(found.name));
  return output.Parameter?.Value ?? "";
}

/** AWS's sentence for a plain reference to a secure string. */
export const notSecure = (name: string): string =>
  `Non-secure ssm prefix was used for secure parameter ${name}`;

/** `secret-id:SecretString:json-key:version-stage:version-id`, all but the first left out or empty as one likes. */
const SECRET_PARTS =
  /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*|[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;

async function secret(reference: string, call: Call): Promise<string> {
  const match = SECRET_PARTS.exec(reference);
  const [, SecretId = "", what = "", key = "", VersionStage = "", VersionId = ""] = match ?? [];
  if (!match || (what !== "" && what !== "SecretString")) {
    throw new ResourceFailure(
      `Incorrect format is used in the following Secrets Manager reference: [{{resolve:secretsmanager:${reference}}}]`,
    );
  }
  const output = (await call("secrets-manager", "GetSecretValue", {
    SecretId,
    ...(VersionStage && { VersionStage }),
    ...(VersionId && { VersionId }),
  })) as { SecretString?: string };
  const text = output.SecretString ?? "";
  if (!key) return text;
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    throw new ResourceFailure("Could not parse SecretString JSON");
  }
  const member =
    typeof members === "object" && members !== null && Object.hasOwn(members, key)
      ? (members as Record<string, unknown>)[key]
      : undefined;
  if (member === undefined || member === null) {
    throw new ResourceFailure("Could not find a value associated with JSONKey in SecretString");
  }
  return typeof member === "string" ? member : JSON.stringify(member);
}
