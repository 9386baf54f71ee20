/**
 * Versions of objects: what a write, a delete marker and a deletion do to the current and the older versions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import type { ReadContext } from "../../context.ts";
import { masterKey } from "../../store/master-key.ts";
import { bodiesOf } from "../../store/objects.ts";
import type { Store } from "../../store/store.ts";
import { invalidArgument } from "./errors.ts";
import { type Bucket, type ObjectVersion, objects, olderVersions } from "./state.ts";

const LARGEST_SEQUENCE = 9_000_000_000_000_000;
const VERSION_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

const RANDOM = 15;
/** 54 bits of sequence, six a character. */
const PLACE = 9;
const PROVEN = RANDOM + PLACE;

const readable = (bytes: Uint8Array) => Array.from(bytes, (byte) => VERSION_ALPHABET[byte & 63]).join("");

/**
 * 15 random characters, 9 that hide the version's place among its key's, and 8 that prove it was given out here:
 * S3 too knows an id it never gave, and where one that is gone was.
 */
export function newVersionId(at: Keeper, sequence: number): string {
  const random = readable(randomBytes(RANDOM));
  const mask = maskOf(random, at);
  const place = mask.map((bits, index) => bits ^ sixBits(sequence, index));
  const id = random + readable(Uint8Array.from(place));
  return id + proofOf(id, at);
}

/** Where the version of this id is, or was, among those of its key; `undefined` for the null version. */
export function sequenceOf(versionId: string, at: Keeper): number | undefined {
  if (versionId === "null" || !isVersionId(versionId, at)) return undefined;
  const mask = maskOf(versionId.slice(0, RANDOM), at);
  return mask.reduce((sequence, bits, index) => {
    const hidden = VERSION_ALPHABET.indexOf(versionId[RANDOM + index] as string);
    return sequence * 64 + (hidden ^ bits);
  }, 0);
}

const sixBits = (sequence: number, index: number) => Math.floor(sequence / 64 ** (PLACE - 1 - index)) % 64;

const maskOf = (random: string, at: Keeper): number[] =>
  [...keyed(`place:${random}`, at).subarray(0, PLACE)].map((byte) => byte & 63);

const proofOf = (proven: string, at: Keeper): string => readable(keyed(proven, at).subarray(0, 32 - PROVEN));

const keyed = (text: string, at: Keeper): Buffer =>
  createHmac("sha256", masterKey(at.store, "s3-version-ids")).update(text).digest();

/** Whether this is the id of a version, perhaps one that is gone. */
export function isVersionId(versionId: string, at: Keeper): boolean {
  if (versionId === "null") return true;
  if (!/^[A-Za-z0-9._]{32}$/.test(versionId)) return false;
  return versionId.slice(PROVEN) === proofOf(versionId.slice(0, PROVEN), at);
}

/** @throws InvalidArgument unless it is the id of a version, perhaps one that is gone */
export function checkVersionId(versionId: string, at: Keeper): void {
  if (isVersionId(versionId, at)) return;
  if (versionId === "") {
    throw invalidArgument("Version id cannot be the empty string", "versionId", versionId);
  }
  throw invalidArgument("Invalid version id specified", "versionId", versionId);
}

type Keeper = { store: Store };

/** The newest version of a key, delete markers included. */
export function newest(context: Keeper, bucket: string, key: string): Readonly<ObjectVersion> | undefined {
  return objects(context, bucket).get(key);
}

/** One version of a key. */
export function version(
  context: Keeper,
  bucket: string,
  key: string,
  versionId: string,
): Readonly<ObjectVersion> | undefined {
  const head = newest(context, bucket, key);
  if (!head || head.versionId === versionId) return head;
  if (!head.older) return undefined;
  return older(context, bucket, key).find((one) => one.versionId === versionId);
}

/** Versions of a key but the newest, newest first. */
export function older(context: Keeper, bucket: string, key: string): Readonly<ObjectVersion>[] {
  return olderVersions(context, bucket).list({ prefix: `${hashOf(key)}/` });
}

/**
 * Makes a version the newest of its key. With versioning on, the one before is kept; else the `null` version is
 * replaced. Its `versionId` and `sequence` are set here, in the draft itself. Call inside a unit of work.
 */
export function addVersion(
  context: ReadContext,
  bucket: Readonly<Bucket>,
  draft: Omit<ObjectVersion, "versionId" | "sequence" | "older">,
): Readonly<ObjectVersion> {
  const { name } = bucket;
  const head = newest(context, name, draft.key);
  const sequence = Math.max((head?.sequence ?? 0) + 1, context.now * 1000);
  const versionId = bucket.versioning === "Enabled" ? newVersionId(context, sequence) : "null";
  let hasOlder = false;
  if (head) {
    if (head.versionId === versionId) {
      discard(context, head);
      hasOlder = head.older === true;
    } else {
      if (versionId === "null" && head.older) {
        const replaced = older(context, name, draft.key).find((one) => one.versionId === "null");
        if (replaced) dropOlder(context, name, replaced);
      }
      keepOlder(context, name, head);
      hasOlder = true;
    }
  }
  // a copy of so many members would cost as much as writing them
  const made = draft as ObjectVersion;
  made.versionId = versionId;
  made.sequence = sequence;
  if (hasOlder) made.older = true;
  return objects(context, name).put(draft.key, made);
}

/** Removes one version for good; the next older one becomes the newest. Call inside a unit of work. */
export function removeVersion(context: Keeper, bucket: string, gone: Readonly<ObjectVersion>): void {
  const head = newest(context, bucket, gone.key);
  if (!head) return;
  if (head.versionId !== gone.versionId) {
    dropOlder(context, bucket, gone);
    if (older(context, bucket, gone.key).length === 0) {
      objects(context, bucket).update(gone.key, (draft) => {
        delete draft.older;
      });
    }
    return;
  }
  discard(context, head);
  const [next, another] = head.older
    ? olderVersions(context, bucket).entries({ prefix: `${hashOf(gone.key)}/`, limit: 2 })
    : [];
  if (!next) {
    objects(context, bucket).delete(gone.key);
    return;
  }
  olderVersions(context, bucket).delete(next[0]);
  const { older: _, ...rest } = next[1];
  objects(context, bucket).put(gone.key, { ...rest, ...(another && { older: true as const }) });
}

/** Changes what may change of a version (tags, ACL, lock). */
export function changeVersion(
  context: Keeper,
  bucket: string,
  which: Readonly<ObjectVersion>,
  change: (draft: ObjectVersion) => void,
): void {
  const head = newest(context, bucket, which.key);
  if (head?.versionId === which.versionId) objects(context, bucket).update(which.key, change);
  else olderVersions(context, bucket).update(olderKey(which), change);
}

function keepOlder(context: Keeper, bucket: string, one: Readonly<ObjectVersion>): void {
  const { older: _, ...rest } = one;
  olderVersions(context, bucket).put(olderKey(one), rest);
}

function dropOlder(context: Keeper, bucket: string, one: Readonly<ObjectVersion>): void {
  discard(context, one);
  olderVersions(context, bucket).delete(olderKey(one));
}

function discard(context: Keeper, one: Readonly<ObjectVersion>): void {
  bodiesOf(context.store).discard(one.segments.map((segment) => segment.body));
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function olderKey(one: Pick<ObjectVersion, "key" | "sequence">): string {
  return `${hashOf(one.key)}/${String(LARGEST_SEQUENCE - one.sequence).padStart(16, "0")}`;
}
