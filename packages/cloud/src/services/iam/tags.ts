/** Tags of IAM entities: keys are unique without regard to case, at most 50. */
import { invalidInput, limitExceeded } from "./errors.ts";
import type { Tag } from "./state.ts";

type GivenTag = { Key: string | undefined; Value: string | undefined };

/** Whether keys that differ only in case are the same: so for users and roles, not for policies and the rest. */
export type TagCase = "ignore" | "exact";

/** Checked tags of a new entity. @throws InvalidInput for duplicates, LimitExceeded beyond 50 */
export function newTags(given: readonly GivenTag[] | undefined, how: TagCase = "ignore"): Tag[] {
  return mergeTags([], given ?? [], how);
}

/** `old` with `given` added or replaced, in the order of their keys. */
export function mergeTags(old: readonly Tag[], given: readonly GivenTag[], how: TagCase = "ignore"): Tag[] {
  const same = (key: string) => (how === "ignore" ? key.toLowerCase() : key);
  const seen = new Set<string>();
  const added = given.map(({ Key = "", Value = "" }) => {
    if (seen.has(same(Key))) {
      throw invalidInput(
        how === "ignore"
          ? "Duplicate tag keys found. Please note that Tag keys are case insensitive."
          : "Duplicate tag keys found.",
      );
    }
    if (/^aws:/i.test(Key)) {
      throw invalidInput(
        "Some of the tags you're trying to add are system tags. System tags can't be added.",
      );
    }
    seen.add(same(Key));
    return { Key, Value };
  });
  const merged = [...old.filter((tag) => !seen.has(same(tag.Key))), ...added];
  if (merged.length > 50) throw limitExceeded("The number of tags has reached the maximum limit.");
  return merged.sort((a, b) => (a.Key < b.Key ? -1 : a.Key > b.Key ? 1 : 0));
}

/** `old` without the keys given. */
export function withoutTags(old: readonly Tag[], keys: readonly string[], how: TagCase = "ignore"): Tag[] {
  const same = (key: string) => (how === "ignore" ? key.toLowerCase() : key);
  const gone = new Set(keys.map(same));
  return old.filter((tag) => !gone.has(same(tag.Key)));
}

/** Tags as a record, for decisions. */
export function tagRecord(tags: readonly Tag[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { Key, Value } of tags) record[Key] = Value;
  return record;
}

/** `Tags` of an answer: left out when there are none. */
export function shownTags(tags: readonly Tag[]): { Tags?: Tag[] } {
  return tags.length > 0 ? { Tags: tags.map((tag) => ({ ...tag })) } : {};
}

/** Context keys of a request that gives tags. */
export function requestTags(tags: readonly GivenTag[] | undefined): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = {};
  if (!tags || tags.length === 0) return context;
  for (const { Key = "", Value = "" } of tags) context[`aws:RequestTag/${Key}`] = Value;
  context["aws:TagKeys"] = tags.map(({ Key = "" }) => Key);
  return context;
}
