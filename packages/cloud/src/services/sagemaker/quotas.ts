/** Limits of the account, as Service Quotas keeps them for SageMaker. */
import type { ReadContext } from "../../context.ts";

/** A quota that somebody has set: table `service-quotas.value`, key `sagemaker/<quota name>`. */
export interface QuotaValue {
  value: number;
}

/** The applied value of a quota by its name, if it was ever changed. */
export function limitOf(quota: string, context: ReadContext): number | undefined {
  return context.table<QuotaValue>("service-quotas.value").get(`sagemaker/${quota}`)?.value;
}
