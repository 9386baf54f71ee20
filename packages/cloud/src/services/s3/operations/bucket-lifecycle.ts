/** Lifecycle configuration: kept here, carried out by the clock (lifecycle-runner.ts). */
import { createHash, randomUUID } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { checkRule } from "../lifecycle-check.ts";
import { scheduleLifecycle } from "../lifecycle-runner.ts";
import { bucketOf, change, missing } from "./bucket-configuration.ts";

const MINIMUM_SIZES: string[] = ["varies_by_storage_class", "all_storage_classes_128K"];

/** Dates come back from the store as text. */
function revive(rule: S3.LifecycleRule): S3.LifecycleRule {
  const copy = structuredClone(rule) as S3.LifecycleRule;
  if (copy.Expiration?.Date !== undefined) copy.Expiration.Date = new Date(copy.Expiration.Date);
  for (const one of copy.Transitions ?? []) if (one.Date !== undefined) one.Date = new Date(one.Date);
  return copy;
}

export const bucketLifecycleOperations: Handlers<typeof S3, CallContext> = {
  GetBucketLifecycleConfiguration(input, context) {
    const { name, lifecycle } = bucketOf(input, context);
    if (!lifecycle)
      throw missing("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", name);
    return {
      Rules: lifecycle.rules.map((rule) => revive(rule as S3.LifecycleRule)),
      TransitionDefaultMinimumObjectSize: (lifecycle.transition ??
        "all_storage_classes_128K") as S3.TransitionDefaultMinimumObjectSize,
    };
  },

  PutBucketLifecycleConfiguration(input, context) {
    const rules = input.LifecycleConfiguration?.Rules ?? [];
    if (rules.length === 0 || rules.length > 1000) throw malformedXml();
    for (const rule of rules) checkRule(rule);
    const named = rules.map((rule) => ({ ...rule, ID: rule.ID || newRuleId() }));
    if (new Set(named.map((rule) => rule.ID)).size < named.length) {
      throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule");
    }
    const transition = input.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K";
    if (!MINIMUM_SIZES.includes(transition)) {
      throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${transition}`);
    }
    change(input, context, (draft) => {
      draft.lifecycle = { rules: named, transition };
    });
    scheduleLifecycle(input.Bucket, context);
    return { TransitionDefaultMinimumObjectSize: transition };
  },

  DeleteBucketLifecycle(input, context) {
    change(input, context, (draft) => {
      delete draft.lifecycle;
    });
    return {};
  },
};

const newRuleId = () => createHash("sha256").update(randomUUID()).digest("base64url");
