/** What EFS keeps: file systems, mount targets, access points. Times are epoch milliseconds. */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

export type Tags = Record<string, string>;

export interface FileSystem {
  id: string;
  token: string;
  created: number;
  performance: "generalPurpose" | "maxIO";
  encrypted: boolean;
  kmsKeyId?: string;
  throughput: "bursting" | "provisioned" | "elastic";
  provisionedMibps?: number;
  /** Of a One Zone file system. */
  zone?: string;
  zoneId?: string;
  tags: Tags;
  policy?: string;
  lifecycle: {
    TransitionToIA?: string;
    TransitionToPrimaryStorageClass?: string;
    TransitionToArchive?: string;
  }[];
  backup: boolean;
  overwriteProtection: "ENABLED" | "DISABLED" | "REPLICATING";
}

export interface MountTarget {
  id: string;
  fileSystemId: string;
  subnetId: string;
  vpcId: string;
  zone: string;
  zoneId: string;
  ip: string;
  networkInterfaceId: string;
}

export interface AccessPoint {
  id: string;
  token: string;
  fileSystemId: string;
  tags: Tags;
  posixUser?: { Uid: number; Gid: number; SecondaryGids?: number[] };
  root: { Path: string; CreationInfo?: { OwnerUid: number; OwnerGid: number; Permissions: string } };
}

export const fileSystems = (context: ReadContext) => context.table<FileSystem>("efs.file-system");
export const mountTargets = (context: ReadContext) => context.table<MountTarget>("efs.mount-target");
export const accessPoints = (context: ReadContext) => context.table<AccessPoint>("efs.access-point");

/** EFS errors carry their code a second time. */
export const failure = (code: string, message: string, more: Record<string, unknown> = {}) =>
  new AwsError(code, message, { members: { ErrorCode: code, Message: message, ...more } });

export const badRequest = (message: string) => failure("BadRequest", message);

/** An id out of an id or an ARN. */
export const bareId = (text: string): string => text.split("/").pop() ?? text;

export function fileSystem(context: ReadContext, idOrArn: string): Readonly<FileSystem> {
  const found = fileSystems(context).get(bareId(idOrArn));
  if (!found) throw failure("FileSystemNotFound", `File system '${bareId(idOrArn)}' does not exist.`);
  return found;
}

export function mountTarget(context: ReadContext, id: string): Readonly<MountTarget> {
  const found = mountTargets(context).get(id);
  if (!found) throw failure("MountTargetNotFound", `Mount target '${id}' does not exist.`);
  return found;
}

export function accessPoint(context: ReadContext, idOrArn: string): Readonly<AccessPoint> {
  const found = accessPoints(context).get(bareId(idOrArn));
  if (!found) throw failure("AccessPointNotFound", `Access point '${bareId(idOrArn)}' does not exist.`);
  return found;
}

export const targetsOf = (context: ReadContext, fileSystemId: string) =>
  mountTargets(context)
    .list()
    .filter((one) => one.fileSystemId === fileSystemId);

export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function tagsFrom(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  internal: boolean,
): Tags {
  const tags: Tags = {};
  for (const { Key = "", Value = "" } of list ?? []) {
    if (/^aws:/i.test(Key) && !internal) throw badRequest("Tag keys beginning with aws: are reserved.");
    tags[Key] = Value;
  }
  if (Object.keys(tags).length > 50) throw badRequest("A resource can have at most 50 tags.");
  return tags;
}

/** A page of a list. */
export function pageOf<T>(
  all: readonly T[],
  size: number,
  marker: string | undefined,
): { items: T[]; next?: string } {
  let start = 0;
  if (marker) {
    start = Number(Buffer.from(marker, "base64url").toString().replace(/^at:/, ""));
    if (!Number.isSafeInteger(start) || start < 0) throw badRequest("The marker is not valid.");
  }
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`at:${end}`).toString("base64url") } : { items };
}
