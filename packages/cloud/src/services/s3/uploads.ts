/** Multipart uploads as state: find one, drop one with its parts. */
import { createHash, randomBytes } from "node:crypto";
import { bodiesOf } from "../../store/objects.ts";
import type { Store } from "../../store/store.ts";
import { noSuchUpload } from "./errors.ts";
import { type Part, parts, type Upload, uploads } from "./state.ts";

const RANDOM = 40;

/** The place of an upload among its key's, hidden in its id: a listing goes on behind one that is gone. */
function masked(random: Buffer, sequence: bigint): bigint {
  return createHash("sha256").update(random).digest().readBigUInt64BE() ^ sequence;
}

export function newUploadId(sequence: number): string {
  const id = Buffer.concat([randomBytes(RANDOM), Buffer.alloc(8)]);
  id.writeBigUInt64BE(masked(id.subarray(0, RANDOM), BigInt(sequence)), RANDOM);
  return id.toString("base64url");
}

/** The order of uploads of one key, by their ids. */
export function compareUploads(one: string, other: string): number {
  const [a, b] = [one, other].map((id) => {
    const bytes = Buffer.concat([Buffer.from(id, "base64url"), Buffer.alloc(RANDOM + 8)]);
    return masked(bytes.subarray(0, RANDOM), bytes.readBigUInt64BE(RANDOM));
  }) as [bigint, bigint];
  if (a !== b) return a < b ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** @throws NoSuchUpload */
export function findUpload(
  context: { store: Store },
  bucket: string,
  key: string,
  id: string,
): Readonly<Upload> {
  const upload = uploads(context, bucket).get(id);
  if (!upload || upload.key !== key) throw noSuchUpload(id);
  return upload;
}

export const partKey = (uploadId: string, number: number) => `${uploadId}/${String(number).padStart(5, "0")}`;

export function partsOf(context: { store: Store }, bucket: string, uploadId: string): Readonly<Part>[] {
  return parts(context, bucket).list({ prefix: `${uploadId}/` });
}

/** Removes an upload; the content of its parts goes too, except what `keep` names. */
export function dropUpload(
  context: { store: Store },
  bucket: string,
  uploadId: string,
  keep: ReadonlySet<number> = new Set(),
): void {
  const gone = partsOf(context, bucket, uploadId);
  for (const part of gone) parts(context, bucket).delete(partKey(uploadId, part.number));
  uploads(context, bucket).delete(uploadId);
  const ids = gone
    .filter((part) => !keep.has(part.number))
    .flatMap((part) => part.segments.map((one) => one.body));
  bodiesOf(context.store).discard(ids);
}
