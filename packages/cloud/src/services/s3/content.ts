/** Content of objects: taken in as it streams (hashed, enciphered, written), given out by range. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { CallContext } from "../../context.ts";
import { bodiesOf } from "../../store/objects.ts";
import { SMALL } from "../../store/small-bodies.ts";
import { digest, checksum as running } from "../../wire/checksums.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputBody } from "../../wire/types.ts";
import { cipherOf, decipher, encipher, newIv, type Sealed } from "./sealing.ts";
import type { ChecksumName, Segment } from "./state.ts";

/** Largest object or part by a single request: 5 GiB. */
export const LARGEST_UPLOAD = 5 * 1024 ** 3;

/** What handlers may be given as a body: over the wire an `InputBody`, from other services also plain data. */
export type AnyBody = InputBody | AsyncIterable<Uint8Array> | Uint8Array | string | undefined;

export interface TakenIn {
  segment: Segment;
  size: number;
  /** Hex MD5 of the content. */
  md5: string;
  /** The ETag that an object of this content gets: S3's is the MD5 only for unencrypted and SSE-S3 content. */
  etag: string;
  /** Base64, of each algorithm that was asked for. */
  checksums: Partial<Record<ChecksumName, string>>;
}

/** Writes content to a new body. Nothing is kept when the stream fails or is too large. */
export async function takeIn(
  body: AnyBody,
  sealed: Sealed,
  algorithms: readonly ChecksumName[],
  context: CallContext,
): Promise<TakenIn> {
  if (body && typeof body === "object" && "length" in body && (body.length ?? 0) > LARGEST_UPLOAD) {
    throw tooLarge(body.length as number);
  }
  const whole = wholeOf(body);
  return whole && whole.length <= SMALL
    ? takeWhole(whole, sealed, algorithms, context)
    : takeStream(body, sealed, algorithms, context);
}

/** Content that is here and goes to a row; one-shot hashes take half the time of running ones. */
function takeWhole(
  content: Uint8Array,
  { sealing, key }: Sealed,
  algorithms: readonly ChecksumName[],
  context: CallContext,
): TakenIn {
  const checksums: TakenIn["checksums"] = {};
  for (const name of algorithms) {
    const sum = running(name);
    sum.update(content);
    checksums[name] = sum.digest();
  }
  const md5 = digest("md5", content);
  const iv = newIv();
  const enciphered = cipherOf(key, iv).update(content);
  return {
    segment: { body: bodiesOf(context.store).put(enciphered), size: content.length, iv },
    size: content.length,
    md5,
    etag: sealing.kind === "AES256" ? md5 : digest("md5", enciphered),
    checksums,
  };
}

async function takeStream(
  body: AnyBody,
  { sealing, key }: Sealed,
  algorithms: readonly ChecksumName[],
  context: CallContext,
): Promise<TakenIn> {
  const md5 = createHash("md5");
  const sealedMd5 = sealing.kind === "AES256" ? undefined : createHash("md5");
  const sums = [...new Set(algorithms)].map((name) => ({ name, sum: running(name) }));
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks(body)) {
      size += chunk.length;
      if (size > LARGEST_UPLOAD) throw tooLarge(size);
      md5.update(chunk);
      for (const { sum } of sums) sum.update(chunk);
      yield chunk;
    }
  }
  const iv = newIv();
  const cipher = cipherOf(key, iv);
  const enciphered = encipher(measured(), cipher, sealedMd5 && ((chunk) => void sealedMd5.update(chunk)));
  const { id } = await bodiesOf(context.store).write(enciphered);
  const plainMd5 = md5.digest("hex");
  return {
    segment: { body: id, size, iv },
    size,
    md5: plainMd5,
    etag: sealedMd5 ? sealedMd5.digest("hex") : plainMd5,
    checksums: Object.fromEntries(sums.map(({ name, sum }) => [name, sum.digest()])),
  };
}

/** The bytes of a body that need not be waited for. */
function wholeOf(body: AnyBody): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body;
  return typeof body === "object" && "whole" in body ? body.whole() : undefined;
}

/** Content from `start`, `length` bytes of it, across segments. The first body is open when this resolves. */
export async function giveOut(
  segments: readonly Segment[],
  key: Buffer,
  start: number,
  length: number,
  context: CallContext,
): Promise<Readable> {
  const pieces: { segment: Segment; from: number; size: number }[] = [];
  let offset = 0;
  for (const segment of segments) {
    const from = Math.max(0, start - offset);
    const to = Math.min(segment.size, start + length - offset);
    if (from < to) pieces.push({ segment, from, size: to - from });
    offset += segment.size;
  }
  const bodies = bodiesOf(context.store);
  const opened: (Readable | undefined)[] = await Promise.all(
    pieces.slice(0, OPEN_AT_ONCE).map((one) => bodies.read(one.segment.body, one.from, one.size)),
  );
  async function* all(): AsyncGenerator<Buffer> {
    try {
      for (const [at, { segment, from, size }] of pieces.entries()) {
        const source = opened[at] ?? (await bodies.read(segment.body, from, size));
        yield* decipher(source, key, segment.iv, from);
      }
    } finally {
      for (const one of opened) one?.destroy();
    }
  }
  const stream = Readable.from(all(), { objectMode: false });
  // a reader that goes away before it starts would leave the files open
  stream.once("close", () => {
    for (const one of opened) one?.destroy();
  });
  return stream;
}

const OPEN_AT_ONCE = 64;

export async function* chunks(body: AnyBody): AsyncGenerator<Uint8Array> {
  if (body === undefined || body === null) return;
  if (typeof body === "string") yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

const tooLarge = (size: number) =>
  new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    status: 400,
    members: { ProposedSize: String(size), MaxSizeAllowed: String(LARGEST_UPLOAD) },
  });
