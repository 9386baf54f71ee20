/**
 * Conditional requests: reads by ETag and date, writes by ETag or absence.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */
import type { CallContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { noSuchKey, notModified, preconditionFailed } from "./errors.ts";
import type { ObjectVersion } from "./state.ts";

export interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
}

/** @throws PreconditionFailed, or NotModified with the headers a 304 carries */
export function checkRead(
  conditions: ReadConditions,
  found: Pick<ObjectVersion, "etag" | "modified">,
  context: CallContext,
): void {
  const modified = Math.floor(found.modified / 1000) * 1000;
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, found.etag)) throw preconditionFailed("If-Match");
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const unchanged =
    IfNoneMatch !== undefined
      ? matches(IfNoneMatch, found.etag)
      : unmodified(IfModifiedSince, modified, context.clock.now());
  if (unchanged) {
    context.responseHeaders.etag = `"${found.etag}"`;
    context.responseHeaders["last-modified"] = new Date(modified).toUTCString();
    throw notModified();
  }
}

/** A date that is yet to come is ignored, as RFC 9110 says and S3 does. */
const unmodified = (since: Date | undefined, modified: number, now: number): boolean =>
  since !== undefined && since.getTime() <= now && modified <= since.getTime();

/** The conditions of a copy's source: all fail as 412. */
export function checkCopySource(
  conditions: ReadConditions,
  found: Pick<ObjectVersion, "etag" | "modified">,
  now: number,
): void {
  const modified = Math.floor(found.modified / 1000) * 1000;
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined && !matches(IfMatch, found.etag)) {
    throw preconditionFailed("x-amz-copy-source-If-Match");
  }
  if (IfMatch === undefined && IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
  }
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, found.etag)) {
    throw preconditionFailed("x-amz-copy-source-If-None-Match");
  }
  if (IfNoneMatch === undefined && unmodified(IfModifiedSince, modified, now)) {
    throw preconditionFailed("x-amz-copy-source-If-Modified-Since");
  }
}

export interface WriteConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
}

/** Conditions that S3 knows of, but not with this value: refused before anything is read. */
export function checkWriteConditions(conditions: WriteConditions): void {
  const { IfMatch, IfNoneMatch } = conditions;
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") {
    throw unsupportedHeader(
      "If-None-Match",
      "We don't accept the provided value of If-None-Match header for this API",
    );
  }
  if (IfMatch === "*") {
    throw unsupportedHeader("If-Match", "We don't accept the provided value of If-Match header for this API");
  }
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw unsupportedHeader(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
}

/** Checked in the same unit of work as the write. */
export function checkWrite(
  conditions: WriteConditions,
  key: string,
  head: Readonly<ObjectVersion> | undefined,
): void {
  const there = head !== undefined && head.deleteMarker !== true;
  if (conditions.IfNoneMatch === "*" && there) throw preconditionFailed("If-None-Match");
  if (conditions.IfMatch !== undefined) {
    if (!there) throw noSuchKey(key);
    if (!matches(conditions.IfMatch, head.etag)) throw preconditionFailed("If-Match");
  }
}

function unsupportedHeader(header: string, more: string): AwsError {
  return new AwsError(
    "NotImplemented",
    "A header you provided implies functionality that is not implemented",
    {
      status: 501,
      members: { Header: header, additionalMessage: more },
    },
  );
}

/** Whether a header's list of ETags (quoted, weak or bare, or `*`) has this one. */
export function matches(header: string, etag: string): boolean {
  return header
    .split(",")
    .map((one) => one.trim().replace(/^W\//, "").replace(/^"|"$/g, ""))
    .some((one) => one === "*" || one === etag);
}
