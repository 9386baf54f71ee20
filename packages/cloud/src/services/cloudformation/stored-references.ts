/**
 * The references to stored parameters in a template's properties: the request fails if one cannot be. What is said here
 * was seen on AWS by the authors of cfncompat's live tests.
 */
import type { CallAs, CallContext } from "../../context.ts";
import { notSecure, type Reference, referencesIn, storedName } from "../../stacks/dynamic-references.ts";
import { planChanges } from "../../stacks/engine/plan.ts";
import { isMap, type Value } from "../../stacks/template/value.ts";
import { isAwsError } from "../../wire/errors.ts";
import { validationError } from "./errors.ts";
import type { Prepared } from "./prepare.ts";

/** Properties that take a secure string, of the types that exist here. */
const TAKE_SECURE: ReadonlySet<string> = new Set(["AWS::IAM::User/Properties/LoginProfile/Password"]);

interface Use extends Reference {
  /** `AWS::SSM::Parameter/Properties/Value`; it ends where a list begins. */
  readonly path: string;
}

export interface StoredReferences {
  /** Values of plain references, by their text. */
  readonly values: ReadonlyMap<string, string>;
  /** What fails the operation and not the request. */
  readonly problem?: string;
}

/** @throws AwsError `ValidationError` in AWS's words */
export async function storedReferences(
  prepared: Prepared,
  context: CallContext,
  as: CallAs,
): Promise<StoredReferences> {
  const uses = usesOf(prepared);
  const malformed = uses.filter((one) => !storedName(one.reference)).map((one) => one.text);
  if (malformed.length > 0) {
    throw validationError(
      `Incorrect format is used in the following SSM reference: [${[...new Set(malformed)].join(", ")}]`,
    );
  }
  const problem = refusedSecure(uses);
  const values = new Map<string, string>();
  const missing = new Set<string>();
  for (const { service, reference, text } of uses) {
    if (service !== "ssm" || values.has(text)) continue;
    try {
      const { Parameter } = await context.call("ssm", "GetParameter", { Name: reference }, as);
      if (Parameter.Type === "SecureString") throw validationError(notSecure(storedName(reference)!.name));
      values.set(text, Parameter.Value);
    } catch (error) {
      if (!isAwsError(error) || error.code === "ValidationError") throw error;
      // what may not be read fails the resource that reads it
      if (/^Parameter(?:Version)?NotFound/.test(error.code)) missing.add(`ssm:${reference}`);
    }
  }
  if (missing.size > 0) throw validationError(`Parameters: [${[...missing].join(", ")}] cannot be found.`);
  return { values, ...(problem !== undefined && { problem }) };
}

/** Secure strings where none may be: said at once of a version, and by the stack of the newest one. */
function refusedSecure(uses: readonly Use[]): string | undefined {
  const refused = uses.filter((one) => one.service === "ssm-secure" && !TAKE_SECURE.has(one.path));
  const say = (some: readonly Use[]) =>
    `SSM Secure reference is not supported in: [${some.map((one) => one.path).join(",")}]`;
  const versioned = refused.filter((one) => storedName(one.reference)?.version !== undefined);
  if (versioned.length > 0) throw validationError(say(versioned));
  return refused.length > 0 ? say(refused) : undefined;
}

function usesOf({ compiled, parameters }: Prepared): Use[] {
  const text = JSON.stringify([compiled.template.body, parameters]);
  if (!text.includes("resolve:ssm")) return [];
  const uses: Use[] = [];
  try {
    const nothing = { records: new Map(), parameters: {}, tags: {} };
    for (const { type, after } of planChanges(nothing, { compiled, parameters, tags: {} })) {
      collect(after ?? {}, `${type}/Properties`, uses);
    }
  } catch {
    // misused functions are told elsewhere
  }
  return uses;
}

function collect(value: Value, path: string, uses: Use[]): void {
  if (typeof value === "string") {
    for (const one of referencesIn(value))
      if (/^ssm(?:-secure)?$/.test(one.service)) uses.push({ ...one, path });
  } else if (Array.isArray(value)) for (const one of value) collectIn(one, path, uses);
  else if (isMap(value)) for (const [key, one] of Object.entries(value)) collect(one, `${path}/${key}`, uses);
}

/** Within a list, whose path stays its own. */
function collectIn(value: Value, path: string, uses: Use[]): void {
  if (typeof value === "string") collect(value, path, uses);
  else if (Array.isArray(value)) for (const one of value) collectIn(one, path, uses);
  else if (isMap(value)) for (const one of Object.values(value)) collectIn(one, path, uses);
}
