/** Block Public Access of a whole account, and tags of access points and buckets by ARN. */
import type * as S3Control from "@aws-sdk/client-s3-control";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { noSuchBucket } from "../../s3/errors.ts";
import { wholeBlock } from "../../s3/public-access.ts";
import { accessPoints, accountPublicAccessBlocks, buckets } from "../../s3/state.ts";
import { tagSet } from "../../s3/tags.ts";
import { invalidRequest, noSuchAccessPoint, noSuchPublicAccessBlock } from "../errors.ts";
import { accountOf } from "./access-points.ts";

/** The tags of a bucket or access point, and how to change them. */
function tagged(arn: string, context: CallContext) {
  const point = /^arn:[^:]*:s3:([^:]*):(\d+):accesspoint\/([^/]+)$/.exec(arn);
  if (point) {
    const key = `${point[2]}/${point[1]}/${point[3]}`;
    const found = accessPoints(context).get(key);
    if (!found) throw noSuchAccessPoint(point[3] as string);
    return {
      tags: found.tags ?? {},
      put: (tags: Record<string, string>) =>
        void accessPoints(context).update(key, (draft) => {
          draft.tags = tags;
        }),
    };
  }
  const name = /^arn:[^:]*:s3:::([^/]+)$/.exec(arn)?.[1];
  if (name === undefined) {
    throw new AwsError("NotImplemented", `tags of ${arn} are not supported by the Sagekeep local cloud`, {
      status: 501,
    });
  }
  const found = buckets(context).get(name);
  if (!found) throw noSuchBucket(name);
  return {
    tags: found.tags ?? {},
    put: (tags: Record<string, string>) =>
      void buckets(context).update(name, (draft) => {
        if (Object.keys(tags).length > 0) draft.tags = tags;
        else delete draft.tags;
      }),
  };
}

export const accountOperations: Handlers<typeof S3Control, CallContext> = {
  GetPublicAccessBlock(input, context) {
    const account = accountOf(input, context);
    const block = accountPublicAccessBlocks(context).get(account);
    if (!block) throw noSuchPublicAccessBlock(account);
    return { PublicAccessBlockConfiguration: { ...block } };
  },

  PutPublicAccessBlock(input, context) {
    const given = input.PublicAccessBlockConfiguration;
    if (Object.values(given).every((one) => one === undefined)) {
      throw invalidRequest("Must specify at least one configuration.");
    }
    accountPublicAccessBlocks(context).put(accountOf(input, context), wholeBlock(given));
    return {};
  },

  DeletePublicAccessBlock(input, context) {
    accountPublicAccessBlocks(context).delete(accountOf(input, context));
    context.responseStatus = 204;
    return {};
  },

  ListTagsForResource(input, context) {
    return { Tags: tagSet(tagged(input.ResourceArn, context).tags) };
  },

  TagResource(input, context) {
    const { tags, put } = tagged(input.ResourceArn, context);
    const added = Object.fromEntries(input.Tags.map((tag) => [tag.Key as string, tag.Value ?? ""]));
    const merged = { ...tags, ...added };
    if (Object.keys(merged).length > 50) throw invalidRequest("Tag count cannot be greater than 50");
    put(merged);
    return {};
  },

  UntagResource(input, context) {
    const { tags, put } = tagged(input.ResourceArn, context);
    put(Object.fromEntries(Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key))));
    return {};
  },
};
