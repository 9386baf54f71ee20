/** AddTags, ListTags, DeleteTags on any resource. */
import type { CallContext, ReadContext } from "../../context.ts";
import { draft } from "./engine/change.ts";
import { type Located, locate } from "./engine/locate.ts";
import type { Fields } from "./engine/model.ts";
import type { Operations } from "./engine/operations.ts";
import { pageOf } from "./engine/page.ts";
import { shelf } from "./engine/shelf.ts";
import { checkTagCount, tagList, tagsOf } from "./engine/tags.ts";
import { validation } from "./errors.ts";

const LISTED = 50;

export const tagOperations: Operations = {
  AddTags(input, context) {
    const located = tagged(input, context);
    const added = tagsOf(input.Tags);
    return { Tags: tagList(change(located, (tags) => Object.assign(tags, added), context)) };
  },
  DeleteTags(input, context) {
    const keys = input.TagKeys as string[];
    const located = tagged(input, context);
    change(
      located,
      (tags) => {
        for (const key of keys) delete tags[key];
      },
      context,
    );
    return {};
  },
  ListTags(input, context) {
    const { resource } = tagged(input, context);
    const { items, next } = pageOf(tagList(resource.tags), input.NextToken, input.MaxResults, LISTED);
    return { Tags: items, ...(next && { NextToken: next }) };
  },
};

function tagged(input: Fields, context: ReadContext): Located {
  const arn = String(input.ResourceArn);
  const [, partition, service, region, account] = arn.split(":");
  if (partition !== context.partition || service !== "sagemaker" || region !== context.region || !account) {
    throw validation(`Invalid resource ARN: ${arn}`);
  }
  const located = locate(arn, context);
  if (!located) throw validation(`Could not find resource with ARN '${arn}'.`);
  return located;
}

function change(
  { kind, resource }: Located,
  edit: (tags: Record<string, string>) => void,
  context: CallContext,
): Record<string, string> {
  const changed = draft(resource);
  edit(changed.tags);
  checkTagCount(changed.tags);
  shelf(kind, context).put(changed, context);
  return changed.tags;
}
