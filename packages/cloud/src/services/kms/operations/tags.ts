/** Tags of keys. */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { findByKeyId } from "../find-key.ts";
import { page } from "../paging.ts";
import { mergeTags, tagList } from "../tags.ts";
import { checkNotDeleting } from "../usable.ts";
import { changeable, update } from "./keys.ts";

export const tagOperations: Handlers<typeof Kms, CallContext> = {
  TagResource(input, context) {
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    const tags = mergeTags(key.tags, input.Tags);
    update(key, context, (draft) => {
      draft.tags = tags;
    });
    return {};
  },

  UntagResource(input, context) {
    const key = changeable(input.KeyId, context);
    checkNotDeleting(key);
    update(key, context, (draft) => {
      for (const name of input.TagKeys) delete draft.tags[name];
    });
    return {};
  },

  ListResourceTags(input, context) {
    const { key } = findByKeyId(input.KeyId, context);
    const all = tagList(key.tags).sort((a, b) => ((a.TagKey as string) < (b.TagKey as string) ? -1 : 1));
    const { items, ...rest } = page(all, (one) => one.TagKey as string, {
      Limit: input.Limit ?? 50,
      Marker: input.Marker,
    });
    return { Tags: [...items], ...rest };
  },
};
