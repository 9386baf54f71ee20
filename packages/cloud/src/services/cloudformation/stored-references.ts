/** Whether the plain `{{resolve:ssm:…}}` references of a template can be read: the request fails if not. */
import type { CallAs, CallContext } from "../../context.ts";
import { planChanges } from "../../stacks/engine/plan.ts";
import { isAwsError } from "../../wire/errors.ts";
import { validationError } from "./errors.ts";
import type { Prepared } from "./prepare.ts";

const REFERENCE = /\{\{resolve:(ssm:([\w./-]+(?::\d+)?))\}\}/g;

/** @throws AwsError `ValidationError` in AWS's words for parameters that do not exist */
export async function checkStoredReferences(
  prepared: Prepared,
  context: CallContext,
  as: CallAs,
): Promise<void> {
  const missing: string[] = [];
  for (const [reference, Name] of references(prepared)) {
    try {
      await context.call("ssm", "GetParameter", { Name }, as);
    } catch (error) {
      // what may not be read fails the resource that reads it
      if (isAwsError(error) && /^Parameter(?:Version)?NotFound/.test(error.code)) missing.push(reference);
    }
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] cannot be found.`);
}

/** Names of parameters by the reference as written, in the resources that the template makes. */
function references({ compiled, parameters }: Prepared): Map<string, string> {
  const found = new Map<string, string>();
  if (!JSON.stringify(compiled.template.body).includes("resolve:ssm:")) return found;
  try {
    const nothing = { records: new Map(), parameters: {}, tags: {} };
    const text = JSON.stringify(planChanges(nothing, { compiled, parameters, tags: {} }));
    for (const [, reference = "", name = ""] of text.matchAll(REFERENCE)) found.set(reference, name);
  } catch {
    // misused functions are told elsewhere
  }
  return found;
}
