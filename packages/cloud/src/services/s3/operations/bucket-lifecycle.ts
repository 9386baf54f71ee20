/** Lifecycle configuration: kept here, carried out by the clock (lifecycle-runner.ts). */
import { createHash, randomUUID } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { scheduleLifecycle } from "../lifecycle-runner.ts";
import { bucketOf, change, missing } from "./bucket-configuration.ts";

const DAY = 86_400_000;

/** @throws MalformedXML, InvalidArgument, InvalidRequest */
function checkRule(rule: S3.LifecycleRule): void {
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw malformedXml();
  if (rule.ID !== undefined && rule.ID.length > 255) {
    throw invalidArgument("ID length should not exceed allowed limit of 255");
  }
  if (rule.Filter !== undefined && rule.Prefix !== undefined) throw malformedXml();
  if (rule.Filter === undefined && rule.Prefix === undefined) throw malformedXml();
  checkFilter(rule.Filter);
  const actions = [
    rule.Expiration,
    rule.NoncurrentVersionExpiration,
    rule.AbortIncompleteMultipartUpload,
    rule.Transitions?.[0],
    rule.NoncurrentVersionTransitions?.[0],
  ];
  if (!actions.some(Boolean)) {
    throw invalidRequest("At least one action needs to be specified in a rule");
  }
  checkExpiration(rule);
  for (const days of [
    rule.NoncurrentVersionExpiration?.NoncurrentDays,
    rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  ]) {
    if (days !== undefined && days <= 0)
      throw invalidArgument("'Days' for action must be a positive integer");
  }
}

function checkFilter(filter: S3.LifecycleRuleFilter | undefined): void {
  if (!filter) return;
  const said = Object.values(filter).filter((one) => one !== undefined);
  if (said.length > 1) throw malformedXml();
  const { And } = filter;
  if (And) {
    const parts = [And.Prefix, ...(And.Tags ?? []), And.ObjectSizeGreaterThan, And.ObjectSizeLessThan];
    if (parts.filter((one) => one !== undefined).length < 2) throw malformedXml();
  }
}

function checkExpiration({ Expiration: expiration, Filter: filter }: S3.LifecycleRule): void {
  if (!expiration) return;
  const { Days, Date: date, ExpiredObjectDeleteMarker: marker } = expiration;
  const said = [Days, date, marker].filter((one) => one !== undefined);
  if (said.length !== 1) throw malformedXml();
  if (Days !== undefined && Days <= 0) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer");
  }
  if (date !== undefined && new Date(date).getTime() % DAY !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT");
  }
  if (marker !== undefined && (filter?.Tag || filter?.And?.Tags)) {
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with a tag filter");
  }
}

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
