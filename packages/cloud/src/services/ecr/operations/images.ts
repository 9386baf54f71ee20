/** Image manifests: put, listed, fetched, deleted. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
import { createHash } from "node:crypto";
import type { ImageDetail, ImageFailure, ImageIdentifier } from "@aws-sdk/client-ecr";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import { type Image, imageKey, images, imagesOf, invalid, pageOf, registryOf, repository } from "../state.ts";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** The image an identifier means: its tag and digest must both be right when both are given. */
const matching = (list: readonly Readonly<Image>[], { imageDigest, imageTag }: ImageIdentifier) =>
  list.find(
    (one) => (!imageDigest || one.digest === imageDigest) && (!imageTag || one.tags.includes(imageTag)),
  );

const absent = (context: ReadContext, repositoryName: string, id: ImageIdentifier) =>
  new AwsError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'} does not exist within the repository with name '${repositoryName}' in the registry with id '${context.account}'`,
  );

const failed = (imageId: ImageIdentifier): ImageFailure =>
  !imageId.imageDigest && !imageId.imageTag
    ? {
        imageId,
        failureCode: "MissingDigestAndTag",
        failureReason: "Invalid request parameters: both tag and digest cannot be null",
      }
    : { imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" };

function sizeOf(manifest: string): number {
  const { config, layers } = JSON.parse(manifest) as {
    config?: { size?: number };
    layers?: { size?: number }[];
  };
  return (config?.size ?? 0) + (layers ?? []).reduce((sum, one) => sum + (one.size ?? 0), 0);
}

export const imageOperations: Operations = {
  PutImage(input, context) {
    const one = repository(context, input.repositoryName);
    let mediaType = input.imageManifestMediaType;
    try {
      const document = JSON.parse(input.imageManifest) as { mediaType?: string };
      mediaType ??= document.mediaType ?? MANIFEST;
    } catch {
      throw invalid(
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
      );
    }
    const digest = `sha256:${createHash("sha256").update(input.imageManifest).digest("hex")}`;
    if (input.imageDigest && input.imageDigest !== digest) {
      throw new AwsError(
        "ImageDigestDoesNotMatchException",
        `Image digest '${input.imageDigest}' does not match calculated digest '${digest}'.`,
      );
    }
    const tag = input.imageTag;
    const known = imagesOf(context, one.name);
    const old = known.find((image) => image.digest === digest);
    if (old && (!tag || old.tags.includes(tag))) {
      throw new AwsError(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${tag ?? "null"}' already exists in the repository with name '${one.name}' in registry with id '${context.account}'`,
      );
    }
    const holder = tag && known.find((image) => image.tags.includes(tag));
    if (holder && one.mutability.startsWith("IMMUTABLE")) {
      throw new AwsError(
        "ImageTagAlreadyExistsException",
        `The image tag '${tag}' already exists in the '${one.name}' repository and cannot be overwritten because the repository is immutable.`,
      );
    }
    if (holder) {
      images(context).update(imageKey(one.name, holder.digest), (draft) => {
        draft.tags = draft.tags.filter((name) => name !== tag);
      });
    }
    images(context).put(imageKey(one.name, digest), {
      repository: one.name,
      digest,
      manifest: input.imageManifest,
      mediaType,
      tags: [...(old?.tags ?? []), ...(tag ? [tag] : [])],
      pushed: old?.pushed ?? context.now,
    });
    return {
      image: {
        registryId: context.account,
        repositoryName: one.name,
        imageId: { imageDigest: digest, ...(tag && { imageTag: tag }) },
        imageManifest: input.imageManifest,
        imageManifestMediaType: mediaType,
      },
    };
  },

  ListImages(input, context) {
    const home = registryOf(context, input.registryId);
    repository(home, input.repositoryName);
    const ids = imagesOf(home, input.repositoryName).flatMap((one): ImageIdentifier[] =>
      one.tags.length
        ? one.tags.map((imageTag) => ({ imageDigest: one.digest, imageTag }))
        : [{ imageDigest: one.digest }],
    );
    const status = input.filter?.tagStatus;
    const chosen = ids.filter(
      (id) => !status || status === "ANY" || (status === "TAGGED") === (id.imageTag !== undefined),
    );
    const { items, next } = pageOf(chosen, input.maxResults ?? 100, input.nextToken);
    return { imageIds: items, nextToken: next };
  },

  DescribeImages(input, context) {
    const home = registryOf(context, input.registryId);
    repository(home, input.repositoryName);
    const known = imagesOf(home, input.repositoryName);
    const wanted = input.imageIds?.length
      ? input.imageIds.map((id) => {
          const found = matching(known, id);
          if (!found) throw absent(home, input.repositoryName, id);
          return found;
        })
      : known;
    const status = input.filter?.tagStatus;
    const chosen = [...new Set(wanted)].filter(
      (one) => !status || status === "ANY" || (status === "TAGGED") === one.tags.length > 0,
    );
    const { items, next } = pageOf(chosen, input.maxResults ?? 100, input.nextToken);
    return {
      imageDetails: items.map(
        (one): ImageDetail => ({
          registryId: home.account,
          repositoryName: one.repository,
          imageDigest: one.digest,
          ...(one.tags.length && { imageTags: [...one.tags] }),
          imageSizeInBytes: sizeOf(one.manifest),
          imagePushedAt: new Date(one.pushed),
          imageManifestMediaType: one.mediaType,
        }),
      ),
      nextToken: next,
    };
  },

  BatchGetImage(input, context) {
    const home = registryOf(context, input.registryId);
    repository(home, input.repositoryName);
    const known = imagesOf(home, input.repositoryName);
    const found = [];
    const failures: ImageFailure[] = [];
    for (const id of input.imageIds) {
      const one = id.imageDigest || id.imageTag ? matching(known, id) : undefined;
      if (!one) failures.push(failed(id));
      else {
        found.push({
          registryId: home.account,
          repositoryName: one.repository,
          imageId: { imageDigest: one.digest, ...(id.imageTag && { imageTag: id.imageTag }) },
          imageManifest: one.manifest,
          imageManifestMediaType: one.mediaType,
        });
      }
    }
    return { images: found, failures };
  },

  BatchDeleteImage(input, context) {
    repository(context, input.repositoryName);
    const imageIds: ImageIdentifier[] = [];
    const failures: ImageFailure[] = [];
    for (const id of input.imageIds) {
      const one =
        id.imageDigest || id.imageTag ? matching(imagesOf(context, input.repositoryName), id) : undefined;
      if (!one) {
        failures.push(failed(id));
        continue;
      }
      const key = imageKey(one.repository, one.digest);
      if (id.imageTag && one.tags.length > 1 && !id.imageDigest) {
        images(context).update(key, (draft) => {
          draft.tags = draft.tags.filter((tag) => tag !== id.imageTag);
        });
        imageIds.push({ imageDigest: one.digest, imageTag: id.imageTag });
      } else {
        images(context).delete(key);
        imageIds.push(
          ...(one.tags.length
            ? one.tags.map((imageTag) => ({ imageDigest: one.digest, imageTag }))
            : [{ imageDigest: one.digest }]),
        );
      }
    }
    return { imageIds, failures };
  },
};
