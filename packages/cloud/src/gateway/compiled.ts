/** Compiled policies by their text: each version of a document is compiled once. */
import { type CompiledPolicy, compilePolicy, PolicyShapeError } from "@sagekeep/engine";
import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import type { StoredPolicy } from "../identity/directory.ts";

/** Documents kept; far more than any account has at once. */
const LIMIT = 20_000;

const cache = new Map<string, CompiledPolicy>();
/** The directory hands out the same objects until something changes: no text is read for those. */
const seen = new WeakMap<StoredPolicy, { kind: PolicyKind; policy: CompiledPolicy }>();

export function compiled(policy: StoredPolicy, kind: PolicyKind): CompiledPolicy {
  const known = seen.get(policy);
  if (known?.kind === kind) return known.policy;
  const found = byText(policy, kind);
  seen.set(policy, { kind, policy: found });
  return found;
}

function byText(policy: StoredPolicy, kind: PolicyKind): CompiledPolicy {
  const id = `${kind}\0${policy.arn ?? policy.name}\0${policy.document}`;
  let one = cache.get(id);
  if (one) return one;
  if (cache.size >= LIMIT) cache.clear();
  const { name, arn, document } = policy;
  const facts = { name, kind, ...(arn && { id: arn }) };
  try {
    one = compilePolicy(JSON.parse(document) as PolicyDocument, facts);
  } catch {
    // services refuse such documents; one that is there all the same (written by an older version) allows nothing
    one = compilePolicy(unreadable, facts);
  }
  cache.set(id, one);
  return one;
}

const unreadable: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Sid: "UnreadablePolicy", Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
};

/**
 * What is wrong with the form of a document that is to be kept, in our own words; services say it in AWS's.
 * @returns `undefined` when decisions can be made with it
 */
export function policyProblem(document: string, kind: PolicyKind): string | undefined {
  try {
    compilePolicy(JSON.parse(document) as PolicyDocument, { name: "given", kind });
    return undefined;
  } catch (error) {
    return error instanceof PolicyShapeError ? error.message : "it is not valid JSON";
  }
}
