/**
 * CreateTags, DeleteTags, DescribeTags: for every taggable kind, security group rules included.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 */
import type { TagDescription } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { missing, need } from "../errors.ts";
import { predicate } from "../filters.ts";
import { all, change } from "../kind.ts";
import { kindOfId, kinds, securityGroups } from "../kinds.ts";
import { isId } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { Tags } from "../records.ts";
import { checkedTags, MAX_TAGS, tooManyTags } from "../tagging.ts";

/** Kinds of which the local cloud has none: as for one that is not there. */
const NONE_HERE: readonly (readonly [prefix: string, code: string, sentence: (id: string) => string])[] = [
  ["i", "InvalidInstanceID.NotFound", (id) => `The instance ID '${id}' does not exist`],
  ["vol", "InvalidVolume.NotFound", (id) => `The volume '${id}' does not exist.`],
  ["snap", "InvalidSnapshot.NotFound", (id) => `The snapshot '${id}' does not exist.`],
  ["ami", "InvalidAMIID.NotFound", (id) => `The image id '[${id}]' does not exist`],
];

/** Changes the tags of any resource. @throws AwsError when the id is of no kind, or there is none */
function changeTags(context: CallContext, id: string, how: (tags: Tags) => void): void {
  if (id.startsWith("sgr-")) {
    const group = all(context, securityGroups).find((one) => one.rules.some((rule) => rule.id === id));
    if (!group) {
      throw new AwsError(
        "InvalidSecurityGroupRuleId.NotFound",
        `The security group rule ID '${id}' does not exist`,
      );
    }
    change(context, securityGroups, group.id, (draft) => {
      for (const rule of draft.rules) if (rule.id === id) how(rule.tags);
    });
    return;
  }
  const kind = kindOfId(id);
  if (!kind) {
    const none = NONE_HERE.find(([prefix]) => isId(prefix, id));
    throw none
      ? new AwsError(none[1], none[2](id))
      : new AwsError("InvalidID", `The ID '${id}' is not valid`);
  }
  change(context, kind, id, (draft) => how(draft.tags));
}

/** Resource type of an id as tags and ARNs name it. */
export const typeOfId = (id: string): string | undefined =>
  id.startsWith("sgr-") ? "security-group-rule" : kindOfId(id)?.type;

/** Tags of a resource of ours, or `undefined` when there is none. */
export function tagsOfId(context: ReadContext, id: string): Tags | undefined {
  if (id.startsWith("sgr-")) {
    return all(context, securityGroups)
      .flatMap((one) => one.rules)
      .find((rule) => rule.id === id)?.tags;
  }
  const kind = kindOfId(id);
  return kind && context.table<{ tags: Tags }>(`ec2.${kind.type}`).get(id)?.tags;
}

export const tagOperations: Operations = {
  CreateTags(input, context) {
    const ids = need(input.Resources, "resourceIdSet");
    const list = need(input.Tags, "tagSet");
    if (ids.length === 0) throw missing("resourceIdSet");
    if (list.length === 0) throw missing("tagSet");
    const internal = Boolean((context as { internal?: boolean }).internal);
    const tags = checkedTags(list, internal);
    for (const id of ids) {
      changeTags(context, id, (own) => {
        Object.assign(own, tags);
        if (Object.keys(own).filter((key) => !key.startsWith("aws:")).length > MAX_TAGS) throw tooManyTags();
      });
    }
    return {};
  },

  DeleteTags(input, context) {
    const ids = need(input.Resources, "resourceIdSet");
    if (ids.length === 0) throw missing("resourceIdSet");
    for (const id of ids) {
      changeTags(context, id, (own) => {
        if (!input.Tags) {
          for (const key of Object.keys(own)) if (!key.startsWith("aws:")) delete own[key];
        }
        for (const { Key = "", Value } of input.Tags ?? []) {
          // an empty value deletes only an empty one; without a value any is deleted
          if (Object.hasOwn(own, Key) && (Value === undefined || own[Key] === Value)) delete own[Key];
        }
      });
    }
    return {};
  },

  DescribeTags(input, context) {
    const known: (TagDescription & { ResourceId: string; Key: string; Value: string })[] = [];
    const push = (type: string, id: string, tags: Tags) => {
      for (const [Key, Value] of Object.entries(tags)) {
        known.push({ ResourceId: id, ResourceType: type as TagDescription["ResourceType"], Key, Value });
      }
    };
    for (const kind of kinds) {
      for (const one of context.table<{ id: string; tags: Tags }>(`ec2.${kind.type}`).list()) {
        push(kind.type, one.id, one.tags);
      }
    }
    for (const group of all(context, securityGroups)) {
      for (const rule of group.rules) push("security-group-rule", rule.id, rule.tags);
    }
    const holds = predicate<(typeof known)[number]>(
      input.Filters,
      {
        key: (one) => one.Key,
        "resource-id": (one) => one.ResourceId,
        "resource-type": (one) => one.ResourceType,
        value: (one) => one.Value,
      },
      (one) => ({ [one.Key]: one.Value }),
      context,
    );
    const sorted = known
      .filter(holds)
      .sort((a, b) => (a.ResourceId < b.ResourceId ? -1 : a.ResourceId > b.ResourceId ? 1 : 0));
    const { items, next } = page(sorted, input);
    return { Tags: items, NextToken: next };
  },
};
