/** Tags of alarms and dashboards. */
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import { alarms, dashboards, tagMap } from "../state.ts";

interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
  change(edit: (tags: Record<string, string>) => void): void;
}

function tagged(context: CallContext, arn: string): Tagged {
  const alarm = /:alarm:(.+)$/.exec(arn)?.[1];
  const one = alarm === undefined ? undefined : alarms(context).get(alarm);
  if (one) {
    return {
      tags: one.tags,
      change: (edit) => alarms(context).update(one.name, (draft) => edit(draft.tags)),
    };
  }
  const board = /:dashboard\/(.+)$/.exec(arn)?.[1];
  const two = board === undefined ? undefined : dashboards(context).get(board);
  if (!two) throw new AwsError("ResourceNotFoundException", `Unknown: ${arn}`);
  return {
    tags: two.tags ?? {},
    change: (edit) =>
      dashboards(context).update(two.name, (draft) => {
        draft.tags ??= {};
        edit(draft.tags);
      }),
  };
}

export const tagOperations: Operations = {
  TagResource(input, context) {
    tagged(context, input.ResourceARN).change((tags) => void Object.assign(tags, tagMap(input.Tags)));
    return {};
  },
  UntagResource(input, context) {
    tagged(context, input.ResourceARN).change((tags) => {
      for (const key of input.TagKeys) delete tags[key];
    });
    return {};
  },
  ListTagsForResource: (input, context) => ({
    Tags: Object.entries(tagged(context, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
  }),
};
