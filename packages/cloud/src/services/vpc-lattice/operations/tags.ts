/** Tags of anything of VPC Lattice. https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_TagResource.html */
import type { ReadContext } from "../../../context.ts";
import { invalid, notFound } from "../errors.ts";
import type { Operations } from "../operation.ts";
import type { Entity, Tags } from "../records.ts";
import { type Kind, kinds, tableOf } from "../state.ts";

const MAX_TAGS = 50;

/** What an ARN names, whoever owns it. */
export function named(
  context: ReadContext,
  arn: string,
): { kind: Kind<Entity>; one: Readonly<Entity> } | undefined {
  const [path = "", id = ""] = (arn.split(":")[5] ?? "").split("/");
  const kind = kinds.find((each) => each.path === path);
  const one = kind && tableOf(context, kind).get(id);
  return kind && one?.arn === arn ? { kind, one } : undefined;
}

function found(context: ReadContext, arn: string) {
  const it = named(context, arn);
  if (!it) throw notFound("Resource", arn);
  return it;
}

export function checkTags(tags: Tags | undefined): void {
  const keys = Object.keys(tags ?? {});
  if (keys.length > MAX_TAGS) throw invalid(`A resource can have at most ${MAX_TAGS} tags`, "tags");
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw invalid("Tag keys starting with aws: are reserved", "tags");
  }
}

export const tagOperations: Operations = {
  TagResource(input, context) {
    const { kind, one } = found(context, input.resourceArn ?? "");
    const added = (input.tags ?? {}) as Tags;
    const internal = (context as { internal?: boolean }).internal;
    if (!internal) checkTags({ ...added });
    const tags = { ...one.tags, ...added };
    if (Object.keys(tags).filter((key) => !key.startsWith("aws:")).length > MAX_TAGS) {
      throw invalid(`A resource can have at most ${MAX_TAGS} tags`, "tags");
    }
    tableOf(context, kind).put(one.id, { ...one, tags });
    return {};
  },

  UntagResource(input, context) {
    const { kind, one } = found(context, input.resourceArn ?? "");
    const gone = new Set(input.tagKeys ?? []);
    const tags = Object.fromEntries(Object.entries(one.tags).filter(([key]) => !gone.has(key)));
    tableOf(context, kind).put(one.id, { ...one, tags });
    return {};
  },

  ListTagsForResource(input, context) {
    return { tags: { ...found(context, input.resourceArn ?? "").one.tags } };
  },
};
