/** `{{resolve:service:reference}}` in a property: read with the caller's permissions when the resource is made. */
import { ResourceFailure } from "./engine/failure.ts";
import { isMap, type Value } from "./template/value.ts";

const REFERENCE = /\{\{resolve:([^:}]+):([^}]+)\}\}/g;

type Call = (service: string, operation: string, input: object) => Promise<unknown>;

/** The value with each reference replaced. @throws AwsError of the service, or ResourceFailure for one we lack */
export async function resolveDynamicReferences(value: Value, call: Call): Promise<Value> {
  if (typeof value === "string") return value.includes("{{resolve:") ? resolveText(value, call) : value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => resolveDynamicReferences(one, call)));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, one]) => [key, await resolveDynamicReferences(one, call)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string, call: Call): Promise<string> {
  let result = "";
  let from = 0;
  for (const match of text.matchAll(REFERENCE)) {
    result += text.slice(from, match.index) + (await resolveOne(match[1] ?? "", match[2] ?? "", call));
    from = match.index + match[0].length;
  }
  return result + text.slice(from);
}

async function resolveOne(service: string, reference: string, call: Call): Promise<string> {
  if (service === "ssm" || service === "ssm-secure") {
    const secure = service === "ssm-secure";
    const [, name = reference, version] = /^(.+?)(?::(\d+))?$/.exec(reference) ?? [];
    const Name = version === undefined ? name : `${name}:${version}`;
    const output = (await call("ssm", "GetParameter", { Name, WithDecryption: secure })) as {
      Parameter?: { Value?: string; Type?: string };
    };
    if (!secure && output.Parameter?.Type === "SecureString") {
      throw new ResourceFailure(`SSM Secure reference is not supported in: {{resolve:ssm:${reference}}}`);
    }
    return output.Parameter?.Value ?? "";
  }
  if (service === "secretsmanager") {
    const parts =
      /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*|[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/.exec(
        reference,
      );
    const [, SecretId = reference, , key = "", stage = "", VersionId = ""] = parts ?? [];
    const output = (await call("secrets-manager", "GetSecretValue", {
      SecretId,
      ...(stage ? { VersionStage: stage } : {}),
      ...(VersionId ? { VersionId } : {}),
    })) as { SecretString?: string };
    const secret = output.SecretString ?? "";
    if (!key) return secret;
    const members: unknown = JSON.parse(secret);
    const member =
      typeof members === "object" && members !== null ? (members as Record<string, unknown>)[key] : undefined;
    if (member === undefined)
      throw new ResourceFailure(`Could not find a value associated with JSONKey in SecretString`);
    return typeof member === "string" ? member : JSON.stringify(member);
  }
  throw new ResourceFailure(`Invalid dynamic reference: {{resolve:${service}:${reference}}}`);
}
