/** Access points and tags. https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html */
import { randomUUID } from "node:crypto";
import type { CallContext, ReadContext } from "../../../context.ts";
import { newId } from "../../ec2/identifiers.ts";
import { isInternal, type Operations } from "../operation.ts";
import {
  type AccessPoint,
  accessPoint,
  accessPoints,
  badRequest,
  bareId,
  failure,
  fileSystem,
  fileSystems,
  pageOf,
  type Tags,
  tagList,
  tagsFrom,
} from "../state.ts";

const view = (
  one: Readonly<AccessPoint>,
  context: ReadContext,
  LifeCycleState: "creating" | "available" = "available",
) => ({
  AccessPointId: one.id,
  AccessPointArn: context.arn("elasticfilesystem", `access-point/${one.id}`),
  ClientToken: one.token,
  FileSystemId: one.fileSystemId,
  OwnerId: context.account,
  LifeCycleState,
  ...(one.posixUser && {
    PosixUser: structuredClone(one.posixUser) as NonNullable<AccessPoint["posixUser"]>,
  }),
  RootDirectory: structuredClone(one.root) as AccessPoint["root"],
  ...(one.tags.Name !== undefined && { Name: one.tags.Name }),
  Tags: tagList(one.tags),
});

/** Changes the tags of a file system or access point, by id or ARN. */
function changeTags(context: CallContext, resource: string, how: (tags: Tags) => void): void {
  const id = bareId(resource);
  if (id.startsWith("fsap-")) {
    accessPoint(context, id);
    accessPoints(context).update(id, (draft) => void how(draft.tags));
  } else {
    fileSystem(context, id);
    fileSystems(context).update(id, (draft) => void how(draft.tags));
  }
}

const tagsOf = (context: ReadContext, resource: string): Readonly<Tags> =>
  bareId(resource).startsWith("fsap-")
    ? accessPoint(context, resource).tags
    : fileSystem(context, resource).tags;

export const accessPointOperations: Operations = {
  CreateAccessPoint(input, context) {
    const system = fileSystem(context, input.FileSystemId);
    const old = accessPoints(context)
      .list()
      .find((one) => one.token === input.ClientToken && one.fileSystemId === system.id);
    if (old) {
      const message = `Access point '${old.id}' already exists with client token '${input.ClientToken}'`;
      throw failure("AccessPointAlreadyExists", message, { AccessPointId: old.id });
    }
    const path = input.RootDirectory?.Path ?? "/";
    if (!path.startsWith("/") || path.split("/").length > 5)
      throw badRequest(`Invalid root directory path: ${path}`);
    const id = newId("fsap");
    const one = accessPoints(context).put(id, {
      id,
      token: input.ClientToken ?? randomUUID(),
      fileSystemId: system.id,
      tags: tagsFrom(input.Tags, isInternal(context)),
      ...(input.PosixUser && { posixUser: input.PosixUser as NonNullable<AccessPoint["posixUser"]> }),
      root: { ...input.RootDirectory, Path: path } as AccessPoint["root"],
    });
    return view(one, context, "creating");
  },

  DescribeAccessPoints(input, context) {
    if (input.AccessPointId && input.FileSystemId) {
      throw badRequest("AccessPointId and FileSystemId cannot be given together.");
    }
    const system = input.FileSystemId && fileSystem(context, input.FileSystemId).id;
    const known = input.AccessPointId
      ? [accessPoint(context, input.AccessPointId)]
      : accessPoints(context)
          .list()
          .filter((one) => !system || one.fileSystemId === system);
    const { items, next } = pageOf(known, input.MaxResults ?? 100, input.NextToken);
    return { AccessPoints: items.map((one) => view(one, context)), NextToken: next };
  },

  DeleteAccessPoint(input, context) {
    accessPoints(context).delete(accessPoint(context, input.AccessPointId).id);
    return {};
  },

  TagResource(input, context) {
    const more = tagsFrom(input.Tags, isInternal(context));
    changeTags(context, input.ResourceId, (tags) => Object.assign(tags, more));
    return {};
  },
  UntagResource(input, context) {
    changeTags(context, input.ResourceId, (tags) => {
      for (const key of input.TagKeys) delete tags[key];
    });
    return {};
  },
  ListTagsForResource(input, context) {
    const { items, next } = pageOf(
      tagList(tagsOf(context, input.ResourceId)),
      input.MaxResults ?? 100,
      input.NextToken,
    );
    return { Tags: items, NextToken: next };
  },
  CreateTags(input, context) {
    const more = tagsFrom(input.Tags, isInternal(context));
    changeTags(context, fileSystem(context, input.FileSystemId).id, (tags) => Object.assign(tags, more));
    return {};
  },
  DeleteTags(input, context) {
    changeTags(context, fileSystem(context, input.FileSystemId).id, (tags) => {
      for (const key of input.TagKeys) delete tags[key];
    });
    return {};
  },
  DescribeTags(input, context) {
    const { items, next } = pageOf(
      tagList(fileSystem(context, input.FileSystemId).tags),
      input.MaxItems ?? 100,
      input.Marker,
    );
    return { Tags: items, NextMarker: next };
  },
};
