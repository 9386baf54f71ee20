/**
 * Limits of the account, as Service Quotas keeps them: how many instances of a type may run for a use. What runs is
 * counted in memory, from the resources in their running states, and kept up with every write.
 */
import type { ReadContext } from "../../context.ts";
import { INSTANCE_TYPES, instanceDefault } from "../service-quotas/quotas.ts";
import type { Kind } from "./engine/kind.ts";
import type { Resource } from "./engine/resource.ts";
import { shelf } from "./engine/shelf.ts";
import { quotaExceeded } from "./errors.ts";

/** The applied value of a quota of SageMaker by its name, if it was ever changed. */
export function limitOf(quota: string, context: ReadContext): number | undefined {
  return context.table<{ value: number }>("service-quotas.value").get(`sagemaker/${quota}`)?.value;
}

const known = new Set<string>(INSTANCE_TYPES);

/** @throws ResourceLimitExceeded when a new resource needs more instances than are left */
export function checkQuota(kind: Kind, resource: Readonly<Resource>, context: ReadContext): void {
  if (!kind.usage) return;
  const wanted = new Map<string, number>();
  for (const { type, count } of kind.usage.of(resource, context)) {
    // a type without a quota of its own here is not limited
    if (!known.has(type)) continue;
    const quota = kind.usage.quota(type, resource);
    wanted.set(quota, (wanted.get(quota) ?? 0) + count);
  }
  for (const [quota, delta] of wanted) {
    const type = INSTANCE_TYPES.find((one) => quota.includes(`${one} `)) ?? "";
    const limit = limitOf(quota, context) ?? instanceDefault(type);
    const used = shelf(kind, context).used(quota, context);
    if (used + delta > limit) throw quotaExceeded(quota, limit, used, delta);
  }
}
