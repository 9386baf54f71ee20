/** SageMaker's errors, in its own words. */
import { AwsError } from "../../wire/errors.ts";

export const validation = (message: string) => new AwsError("ValidationException", message);
export const notFound = (message: string) => new AwsError("ResourceNotFound", message);
export const inUse = (message: string) => new AwsError("ResourceInUse", message);
export const conflict = (message: string) => new AwsError("ConflictException", message);
export const limitExceeded = (message: string) => new AwsError("ResourceLimitExceeded", message);

/** What makes no sense without AWS's own systems. */
export const unsupported = (operation: string, why: string) =>
  new AwsError(
    "ValidationException",
    `The operation ${operation} is not supported by the Sagekeep local cloud: ${why}`,
  );

/** SageMaker's sentence for a quota that is used up. */
export function quotaExceeded(quota: string, limit: number, used: number, delta: number, unit = "Instances") {
  return limitExceeded(
    `The account-level service limit '${quota}' is ${limit} ${unit}, with current utilization of ${used} ${unit} and a request delta of ${delta} ${unit}. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  );
}
