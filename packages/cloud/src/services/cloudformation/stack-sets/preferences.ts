/** Operation preferences: the order of regions, how many accounts at a time, how many may fail ("StackSetOperationPreferences"). */
import type * as Api from "@aws-sdk/client-cloudformation";
import { validationError } from "../errors.ts";
import type { Preferences } from "./state.ts";

/** @throws AwsError `ValidationError` for a number and a percentage of the same, or a region that is no target */
export function targetsOf(
  given: Api.StackSetOperationPreferences,
  targets: readonly { account: string; region: string }[],
): Preferences {
  const regions = [...new Set(targets.map((one) => one.region))];
  const order = given.RegionOrder ?? [];
  if (order.length > 0 && regions.some((one) => !order.includes(one))) {
    throw validationError("RegionOrder must contain all of the Regions of the operation");
  }
  const accounts = new Set(targets.map((one) => one.account)).size;
  const { FailureToleranceCount, FailureTolerancePercentage, MaxConcurrentCount, MaxConcurrentPercentage } =
    given;
  if (FailureToleranceCount !== undefined && FailureTolerancePercentage !== undefined) {
    throw validationError(
      "Only one of FailureToleranceCount and FailureTolerancePercentage can be specified",
    );
  }
  if (MaxConcurrentCount !== undefined && MaxConcurrentPercentage !== undefined) {
    throw validationError("Only one of MaxConcurrentCount and MaxConcurrentPercentage can be specified");
  }
  const failureTolerance =
    FailureToleranceCount ?? Math.floor((accounts * (FailureTolerancePercentage ?? 0)) / 100);
  const wished = MaxConcurrentCount ?? Math.floor((accounts * (MaxConcurrentPercentage ?? 0)) / 100);
  return {
    regionOrder: order.length > 0 ? order.filter((one) => regions.includes(one)) : regions,
    failureTolerance,
    // strict concurrency: never more at a time than may fail, plus one
    maxConcurrent: Math.max(
      1,
      given.ConcurrencyMode === "SOFT_FAILURE_TOLERANCE" ? wished : Math.min(wished, failureTolerance + 1),
    ),
    shown: { ...given },
  };
}
