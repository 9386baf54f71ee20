/** Tags of keys. */
import type * as Kms from "@aws-sdk/client-kms";
import { tagProblem } from "./errors.ts";

const LIMIT = 50;

/** @throws TagException */
export function mergeTags(
  before: Readonly<Record<string, string>>,
  given: readonly Kms.Tag[],
): Record<string, string> {
  const tags = { ...before };
  const seen = new Set<string>();
  for (const { TagKey: key = "", TagValue: value = "" } of given) {
    if (key.toLowerCase().startsWith("aws:")) throw tagProblem("Tags beginning with aws: are reserved");
    if (seen.has(key)) throw tagProblem("Duplicate tag keys");
    if (key === "" || key.length > 128 || value.length > 256)
      throw tagProblem("Tag key or value is too long");
    seen.add(key);
    tags[key] = value;
  }
  if (Object.keys(tags).length > LIMIT) throw tagProblem("Too many tags");
  return tags;
}

export const tagList = (tags: Readonly<Record<string, string>>): Kms.Tag[] =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
