/** Tags as SageMaker takes, keeps and lists them. */
import { validation } from "../errors.ts";

export interface Tag {
  Key?: string;
  Value?: string;
}

/** Most tags that a resource may have. */
const MOST_TAGS = 50;

/** Tags of a request as a record. @throws ValidationException for duplicates, too many and AWS's own prefix */
export function tagsOf(tags: unknown): Record<string, string> {
  const kept: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of (tags as Tag[] | undefined) ?? []) {
    if (seen.has(Key)) throw validation(`Duplicate tag keys found. Please remove duplicate tag key: ${Key}`);
    if (/^aws:/i.test(Key)) {
      throw validation("aws: prefixed tag key names are not allowed for external use.");
    }
    seen.add(Key);
    kept[Key] = Value;
  }
  return kept;
}

/** @throws ValidationException when there would be too many */
export function checkTagCount(tags: Record<string, string>): void {
  const count = Object.keys(tags).filter((key) => !key.startsWith("sagemaker:")).length;
  if (count > MOST_TAGS) {
    throw validation(
      `The request was rejected because the number of tags exceeded the limit of ${MOST_TAGS} tags per resource.`,
    );
  }
}

export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
