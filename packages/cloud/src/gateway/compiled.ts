/** Compiled policies by their text: each version of a document is compiled once. */
import { type CompiledPolicy, compilePolicy } from "@sagekeep/engine";
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
  one = compilePolicy(JSON.parse(document) as PolicyDocument, { name, kind, ...(arn && { id: arn }) });
  cache.set(id, one);
  return one;
}
