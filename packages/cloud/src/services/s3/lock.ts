/** Object Lock: retention and legal hold of versions. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import { accessDenied, invalidArgument, invalidRequest } from "./errors.ts";
import type { Bucket, ObjectVersion } from "./state.ts";

type Lock = Pick<ObjectVersion, "retention" | "legalHold">;

interface LockHeaders {
  ObjectLockMode?: S3.ObjectLockMode | undefined;
  ObjectLockRetainUntilDate?: Date | undefined;
  ObjectLockLegalHoldStatus?: S3.ObjectLockLegalHoldStatus | undefined;
}

/** The lock of a new version: from headers, else the bucket's default. */
export function lockOf(input: LockHeaders, bucket: Readonly<Bucket>, context: ReadContext): Lock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  const asked = mode !== undefined || until !== undefined || hold !== undefined;
  if (asked && !bucket.lock) throw invalidRequest("Bucket is missing Object Lock Configuration");
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      mode === undefined ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date",
    );
  }
  if (mode !== undefined && mode !== "GOVERNANCE" && mode !== "COMPLIANCE") {
    throw invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode);
  }
  if (hold !== undefined && hold !== "ON" && hold !== "OFF") {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", hold);
  }
  if (until && until.getTime() <= context.now) {
    throw invalidArgument(
      "The retain until date must be in the future!",
      "x-amz-object-lock-retain-until-date",
      pacificTime(until),
    );
  }
  const retention = mode && until ? { mode, until: until.getTime() } : defaultRetention(bucket, context);
  return { ...(retention && { retention }), ...(hold !== undefined && { legalHold: hold }) };
}

const PACIFIC = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Los_Angeles",
  weekday: "short",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
  year: "numeric",
});

/** `Tue Dec 31 16:00:00 PST 2019`: as S3 repeats a date in an error. */
export function pacificTime(date: Date): string {
  const part = Object.fromEntries(PACIFIC.formatToParts(date).map(({ type, value }) => [type, value]));
  const { weekday, month, day, hour, minute, second, timeZoneName, year } = part;
  return `${weekday} ${month} ${day} ${hour}:${minute}:${second} ${timeZoneName} ${year}`;
}

function defaultRetention(bucket: Readonly<Bucket>, context: ReadContext): Lock["retention"] {
  const rule = bucket.lock?.Rule?.DefaultRetention;
  if (!rule?.Mode) return undefined;
  const days = rule.Days ?? (rule.Years ?? 0) * 365;
  return { mode: rule.Mode, until: context.now + days * 86_400_000 };
}

/** @throws AccessDenied while a version may not be removed */
export function checkUnlocked(found: Readonly<ObjectVersion>, bypass: boolean, context: ReadContext): void {
  const held = found.legalHold === "ON";
  const kept = found.retention && found.retention.until > context.now;
  const governed = kept && found.retention?.mode === "GOVERNANCE" && bypass;
  if (held || (kept && !governed))
    throw accessDenied("Access Denied because object protected by object lock.");
}

/** The output members that tell a version's lock. */
export function lockFields(found: Readonly<ObjectVersion>) {
  return {
    ...(found.retention && {
      ObjectLockMode: found.retention.mode,
      ObjectLockRetainUntilDate: new Date(found.retention.until),
    }),
    ...(found.legalHold && { ObjectLockLegalHoldStatus: found.legalHold }),
  };
}
