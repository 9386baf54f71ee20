/**
 * Lifecycle rules by the clock: expiry of objects and older versions, transitions, abandoned uploads.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { Bucket, ObjectVersion } from "./state.ts";

const DAY = 86_400_000;

/** S3 rounds to the next midnight UTC. */
export const dueAfter = (start: number, days: number): number => Math.ceil((start + days * DAY) / DAY) * DAY;

/** Whether a rule is about this object. */
export function applies(rule: S3.LifecycleRule, one: Pick<ObjectVersion, "key" | "tags" | "size">): boolean {
  if (rule.Status !== "Enabled") return false;
  const filter = rule.Filter;
  const and = filter?.And;
  const prefix = and?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? "";
  if (!one.key.startsWith(prefix)) return false;
  const tags = and?.Tags ?? (filter?.Tag ? [filter.Tag] : []);
  if (!tags.every(({ Key, Value }) => one.tags?.[Key as string] === Value)) return false;
  const larger = and?.ObjectSizeGreaterThan ?? filter?.ObjectSizeGreaterThan;
  const smaller = and?.ObjectSizeLessThan ?? filter?.ObjectSizeLessThan;
  return (larger === undefined || one.size > larger) && (smaller === undefined || one.size < smaller);
}

/** When a rule removes a current version; epoch milliseconds. */
export function expiresAt(rule: S3.LifecycleRule, one: Pick<ObjectVersion, "modified">): number | undefined {
  const { Days, Date: date } = rule.Expiration ?? {};
  if (date !== undefined) return new Date(date).getTime();
  return Days === undefined ? undefined : dueAfter(one.modified, Days);
}

/** `x-amz-expiration` of an object that a rule will remove. */
export function expirationHeader(bucket: Readonly<Bucket>, one: Readonly<ObjectVersion>): string | undefined {
  let first: { at: number; rule: S3.LifecycleRule } | undefined;
  for (const rule of bucket.lifecycle?.rules ?? []) {
    if (!applies(rule, one)) continue;
    const at = expiresAt(rule, one);
    if (at !== undefined && (!first || at < first.at)) first = { at, rule };
  }
  return (
    first &&
    `expiry-date="${new Date(first.at).toUTCString()}", rule-id="${encodeURIComponent(first.rule.ID ?? "")}"`
  );
}
