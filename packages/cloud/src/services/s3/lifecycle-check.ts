/**
 * What S3 demands of lifecycle rules before it keeps them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import { invalidArgument, invalidRequest, malformedXml } from "./errors.ts";

const DAY = 86_400_000;
/** Storage classes that an object must be a month old for. */
const INFREQUENT = ["STANDARD_IA", "ONEZONE_IA"];
const MONTH = 30;

/** @throws MalformedXML, InvalidArgument, InvalidRequest */
export function checkRule(rule: S3.LifecycleRule): void {
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw malformedXml();
  if (rule.ID !== undefined && rule.ID.length > 255) {
    throw invalidArgument("ID length should not exceed allowed limit of 255");
  }
  if ((rule.Filter === undefined) === (rule.Prefix === undefined)) throw malformedXml();
  checkFilter(rule.Filter);
  const actions = [
    rule.Expiration,
    rule.NoncurrentVersionExpiration,
    rule.AbortIncompleteMultipartUpload,
    rule.Transitions?.[0],
    rule.NoncurrentVersionTransitions?.[0],
  ];
  if (!actions.some(Boolean)) throw invalidRequest("At least one action needs to be specified in a rule");
  checkExpiration(rule);
  checkNoncurrent(rule);
  checkTransitions(rule);
  checkAbort(rule);
}

function checkFilter(filter: S3.LifecycleRuleFilter | undefined): void {
  if (!filter) return;
  const said = Object.values(filter).filter((one) => one !== undefined);
  if (said.length > 1) throw malformedXml();
  const { And } = filter;
  if (!And) return;
  const parts = [And.Prefix, ...(And.Tags ?? []), And.ObjectSizeGreaterThan, And.ObjectSizeLessThan];
  if (parts.filter((one) => one !== undefined).length < 2) throw malformedXml();
  const keys = (And.Tags ?? []).map((tag) => tag.Key);
  if (new Set(keys).size < keys.length) throw invalidRequest("Duplicate Tag Keys are not allowed.");
  const { ObjectSizeGreaterThan: least, ObjectSizeLessThan: most } = And;
  if (least !== undefined && most !== undefined && most <= least + 1) {
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
}

const hasTags = ({ Filter: filter }: S3.LifecycleRule): boolean =>
  filter?.Tag !== undefined || (filter?.And?.Tags?.length ?? 0) > 0;

function checkDate(date: Date | undefined): void {
  if (date === undefined) return;
  const at = new Date(date);
  if (at.getTime() % DAY !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", at.toISOString());
  }
}

function checkExpiration(rule: S3.LifecycleRule): void {
  if (!rule.Expiration) return;
  const { Days, Date: date, ExpiredObjectDeleteMarker: marker } = rule.Expiration;
  if ([Days, date, marker].filter((one) => one !== undefined).length !== 1) throw malformedXml();
  if (Days !== undefined && Days <= 0) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer");
  }
  checkDate(date);
  if (marker !== undefined && hasTags(rule)) {
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
  }
}

function checkNoncurrent(rule: S3.LifecycleRule): void {
  const { NoncurrentVersionExpiration: expiration, NoncurrentVersionTransitions: transitions = [] } = rule;
  if (expiration) {
    const { NoncurrentDays: days, NewerNoncurrentVersions: newer } = expiration;
    if (days === undefined && newer === undefined) throw malformedXml();
    if (days !== undefined && days <= 0) {
      throw invalidArgument(
        "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
      );
    }
  }
  for (const { NoncurrentDays: days, StorageClass: to } of transitions) {
    if (!to || days === undefined) throw malformedXml();
    if (days < 0) {
      throw invalidArgument("'NoncurrentDays' for NoncurrentVersionTransition action must be nonnegative");
    }
    if (INFREQUENT.includes(to) && days < MONTH) {
      throw invalidArgument(
        `'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to ${MONTH} for storageClass '${to}'`,
      );
    }
    if (expiration?.NoncurrentDays !== undefined && expiration.NoncurrentDays <= days) {
      throw invalidArgument(
        `'NoncurrentDays' in the NoncurrentVersionExpiration action for ${whatOf(rule)} must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action`,
      );
    }
  }
}

function checkTransitions(rule: S3.LifecycleRule): void {
  const transitions = rule.Transitions ?? [];
  for (const { Days, Date: date, StorageClass: to } of transitions) {
    if (!to || (Days === undefined) === (date === undefined)) throw malformedXml();
    if (Days !== undefined && Days < 0) {
      throw invalidArgument("'Days' for Transition action must be nonnegative");
    }
    if (Days !== undefined && INFREQUENT.includes(to) && Days < MONTH) {
      throw invalidArgument(
        `'Days' in Transition action must be greater than or equal to ${MONTH} for storageClass '${to}'`,
      );
    }
    checkDate(date);
  }
  const timed = [...transitions, ...(rule.Expiration ? [rule.Expiration] : [])];
  if (timed.some((one) => one.Days !== undefined) && timed.some((one) => one.Date !== undefined)) {
    throw invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for ${whatOf(rule)}`,
    );
  }
  const classes = transitions.map((one) => one.StorageClass);
  const twice = classes.find((one, at) => classes.indexOf(one) < at);
  if (twice !== undefined) {
    throw invalidRequest(
      `'StorageClass' must be different for 'Transition' actions in same 'Rule' with ${whatOf(rule)}`,
    );
  }
  const expires = rule.Expiration?.Days;
  if (expires !== undefined && transitions.some(({ Days }) => Days !== undefined && Days >= expires)) {
    throw invalidArgument(
      `'Days' in the Expiration action for ${whatOf(rule)} must be greater than 'Days' in the Transition action`,
    );
  }
}

function checkAbort(rule: S3.LifecycleRule): void {
  const abort = rule.AbortIncompleteMultipartUpload;
  if (!abort) return;
  if (abort.DaysAfterInitiation === undefined) throw malformedXml();
  if (hasTags(rule)) throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
  if (abort.DaysAfterInitiation <= 0) {
    throw invalidArgument(
      "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
    );
  }
}

/** What a rule is for, as S3's sentences name it. */
function whatOf({ Filter: filter, Prefix }: S3.LifecycleRule): string {
  return filter
    ? `filter '(prefix=${filter.And?.Prefix ?? filter.Prefix ?? ""})'`
    : `prefix '${Prefix ?? ""}'`;
}
