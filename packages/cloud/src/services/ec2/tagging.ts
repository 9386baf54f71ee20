/**
 * Tags of EC2 resources: restrictions, and the tag specifications of Create operations.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
import { AwsError } from "../../wire/errors.ts";
import { invalidValue, missing } from "./errors.ts";
import type { Tags } from "./records.ts";

export const MAX_TAGS = 50;

export interface TagInput {
  Key?: string | undefined;
  Value?: string | undefined;
}

export interface TagSpecificationInput {
  ResourceType?: string | undefined;
  Tags?: TagInput[] | undefined;
}

/** A list of tags as a record. @throws AwsError for reserved, empty, long or repeated keys */
export function checkedTags(list: readonly TagInput[], internal = false): Tags {
  const tags: Tags = {};
  for (const { Key, Value = "" } of list) {
    if (!Key) throw invalidValue("Tag key cannot be empty");
    if (Key.length > 127) throw invalidValue("Tag key exceeds the maximum length of 127 characters");
    if (Value.length > 255) throw invalidValue("Tag value exceeds the maximum length of 255 characters");
    if (/^aws:/i.test(Key) && !internal) {
      throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use`);
    }
    if (Object.hasOwn(tags, Key)) throw invalidValue(`Duplicate tag key '${Key}' specified.`);
    Object.defineProperty(tags, Key, { value: Value, enumerable: true, configurable: true, writable: true });
  }
  return tags;
}

/** Tags that a Create gives to the new resource of `type`. */
export function specifiedTags(
  specifications: readonly TagSpecificationInput[] | undefined,
  type: string,
  internal = false,
): Tags {
  const list: TagInput[] = [];
  for (const one of specifications ?? []) {
    if (!one.ResourceType) throw missing("TagSpecification.ResourceType");
    if (one.ResourceType !== type) {
      throw invalidValue(`'${one.ResourceType}' is not a valid taggable resource type for this operation.`);
    }
    if (!one.Tags?.length) throw invalidValue("Tag specification must have at least one tag");
    list.push(...one.Tags);
  }
  const tags = checkedTags(list, internal);
  if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags();
  return tags;
}

export const tooManyTags = () =>
  new AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
