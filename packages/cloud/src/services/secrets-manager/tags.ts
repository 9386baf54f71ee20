/** Tags of secrets. */
import { invalidParameter, invalidRequest } from "./errors.ts";

const MOST_TAGS = 50;

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** What a secret has with these added. @throws InvalidParameterException */
export function tagsOf(
  old: Readonly<Record<string, string>>,
  list: readonly Tag[],
  internal = false,
): Record<string, string> {
  const added = new Set<string>();
  const tags = { ...old };
  for (const { Key = "", Value = "" } of list) {
    if (Key === "") throw invalidParameter("You must provide a tag key.");
    if (/^aws:/i.test(Key) && !internal)
      throw invalidRequest("Tag keys cannot start with the reserved prefix aws:");
    if (added.has(Key)) throw invalidParameter(`Duplicate tag key: ${Key}`);
    added.add(Key);
    tags[Key] = Value;
  }
  if (Object.keys(tags).filter((key) => !key.startsWith("aws:")).length > MOST_TAGS) {
    throw invalidParameter(`A secret can have at most ${MOST_TAGS} tags.`);
  }
  return tags;
}
