/** Multipart uploads as state: find one, drop one with its parts. */
import { bodiesOf } from "../../store/objects.ts";
import type { Store } from "../../store/store.ts";
import { noSuchUpload } from "./errors.ts";
import { type Part, parts, type Upload, uploads } from "./state.ts";

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
