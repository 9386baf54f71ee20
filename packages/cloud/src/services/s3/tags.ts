/** Tags of buckets and objects, from XML and from the `x-amz-tagging` header. */
import type * as S3 from "@aws-sdk/client-s3";
import { AwsError } from "../../wire/errors.ts";
import { invalidArgument } from "./errors.ts";

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const HEADER_PROBLEM =
  "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";

const invalidTag = (message: string, key?: string, value?: string) =>
  new AwsError("InvalidTag", message, {
    status: 400,
    members: { ...(key !== undefined && { TagKey: key }), ...(value !== undefined && { TagValue: value }) },
  });

/**
 * Checked tags of a `TagSet`.
 * @param system tags of AWS's own that the bucket has: they may be repeated, and must be
 */
export function tagsOf(
  set: readonly S3.Tag[] | undefined,
  of: "bucket" | "object",
  system: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const tags: Record<string, string> = Object.create(null);
  const limit = of === "object" ? 10 : 50;
  const own = (set ?? []).filter(({ Key = "" }) => !Object.hasOwn(system, Key));
  if (own.length > limit) {
    const message =
      of === "object"
        ? "Object tags cannot be greater than 10"
        : "Bucket tag count cannot be greater than 50";
    throw new AwsError("BadRequest", message, { status: 400 });
  }
  for (const { Key, Value } of set ?? []) {
    const key = Key ?? "";
    const value = Value ?? "";
    if (key in tags) throw invalidTag("Cannot provide multiple Tags with the same key", key);
    if (key.startsWith("aws:") && system[key] !== value) {
      throw of === "bucket"
        ? invalidTag("System tags cannot be added/updated by requester", key)
        : invalidTag("Your TagKey cannot be prefixed with aws:", key);
    }
    if (key.length === 0 || [...key].length > 128 || !ALLOWED.test(key)) {
      throw invalidTag("The TagKey you have provided is invalid", key);
    }
    if ([...value].length > 256 || !ALLOWED.test(value)) {
      throw invalidTag("The TagValue you have provided is invalid", key, value);
    }
    tags[key] = value;
  }
  if (Object.keys(system).some((key) => !(key in tags))) {
    throw invalidTag("System tags cannot be removed by requester");
  }
  return { ...tags };
}

/** Pairs of the header without judging them; `undefined` when it cannot be read. */
export function readTagHeader(header: string): S3.Tag[] | undefined {
  const set: S3.Tag[] = [];
  const seen = new Set<string>();
  for (const pair of header.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    try {
      const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
      const Key = decode(at < 0 ? pair : pair.slice(0, at));
      if (seen.has(Key)) return undefined;
      seen.add(Key);
      set.push({ Key, Value: at < 0 ? "" : decode(pair.slice(at + 1)) });
    } catch {
      return undefined;
    }
  }
  return set;
}

/** Checked tags of the header. */
export function tagsOfHeader(header: string | undefined): Record<string, string> | undefined {
  if (header === undefined || header === "") return undefined;
  const set = readTagHeader(header);
  if (!set) throw invalidArgument(HEADER_PROBLEM, "x-amz-tagging", header);
  if (set.length > 10) {
    throw new AwsError("BadRequest", "Object tags cannot be greater than 10", { status: 400 });
  }
  try {
    return tagsOf(set, "object");
  } catch (error) {
    // a name of AWS's own is told as such, what may not be in a tag as a header that cannot be read
    if (set.some(({ Key }) => Key?.startsWith("aws:"))) throw error;
    throw invalidArgument(HEADER_PROBLEM, "x-amz-tagging", header);
  }
}

export function tagSet(tags: Readonly<Record<string, string>> | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}
