/**
 * Request bodies: whole ones, hashed for the signature, and S3's streaming ones, decoded and checked as they pass.
 *
 * INVARIANT (checked bytes): a streaming body ends without an error only after its signatures, its SHA-256 and all
 * the checksums sent with it (headers and trailers) have been found right.
 */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { checksum, checksumBytes, checksumOfHeader } from "./checksums.ts";
import type { ChunkSigning } from "./chunked.ts";
import { ChunkedDecoder, malformedTrailer } from "./chunked.ts";
import { AwsError, isAwsError } from "./errors.ts";
import type { RequestHead } from "./request.ts";
import { headerOf } from "./request.ts";
import { sha256 } from "./sigv4.ts";
import type { InputBody } from "./types.ts";

/** The body of a request that has none: nothing has to be waited for. */
export const noBody: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

/** Reads a stream whole; throws when it is longer than `limit` bytes. */
export async function readWhole(source: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  if (source instanceof Readable) return readStream(source, limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
  }
  return joined(chunks);
}

/** The same by events: for small bodies, iterating a stream costs more than all else the wire layer does. */
function readStream(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    if (stream.readableEnded) return resolve(joined(chunks));
    if (stream.destroyed) return reject(cutShort());
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        stream.pause();
        stream.removeAllListeners("data");
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    stream.once("end", () => {
      ended = true;
      resolve(joined(chunks));
    });
    stream.once("error", (error) => reject(isAwsError(error) ? error : cutShort()));
    stream.once("close", () => {
      if (!ended) reject(cutShort());
    });
  });
}

function joined(chunks: Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** The same stream; a client that goes away is a body cut short, and nobody's internal error. */
async function* whole(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw isAwsError(error) ? error : cutShort();
  }
}

function cutShort(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}

function tooLarge(): AwsError {
  return new AwsError("RequestEntityTooLarge", "The request body is too large.", { status: 413 });
}

/** A body for handlers called in-process, or already whole. */
export function bodyOf(content: Uint8Array | string | AsyncIterable<Uint8Array>, length?: number): InputBody {
  if (typeof content === "string" || content instanceof Uint8Array) {
    const bytes = Buffer.from(content as string);
    return new WholeBody(() => bytes, bytes.length);
  }
  return new Body(content, length);
}

class Body implements InputBody {
  readonly length: number | undefined;
  readonly #source: AsyncIterable<Uint8Array>;
  constructor(source: AsyncIterable<Uint8Array>, length: number | undefined) {
    this.#source = source;
    this.length = length;
  }
  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    for await (const chunk of this.#source) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  }
  whole(): undefined {
    return undefined;
  }
  stream(): Readable {
    return Readable.from(this, { objectMode: false });
  }
  bytes(limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
    return readWhole(this, limit);
  }
}

/** A body that is all there: nothing of it has to be waited for. */
class WholeBody implements InputBody {
  readonly length: number | undefined;
  readonly #decode: () => Buffer;
  #bytes: Buffer | undefined;
  constructor(decode: () => Buffer, length: number | undefined) {
    this.#decode = decode;
    this.length = length;
  }
  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    const bytes = this.whole();
    if (bytes.length > 0) yield bytes;
  }
  whole(): Buffer {
    return (this.#bytes ??= this.#decode());
  }
  stream(): Readable {
    return Readable.from(this, { objectMode: false });
  }
  async bytes(limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
    const bytes = this.whole();
    if (bytes.length > limit) throw tooLarge();
    return bytes;
  }
}

const streamingHashes = new Set([
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
]);

export interface StreamingBody {
  readonly body: InputBody;
  /** Checksums asked for or sent with the body, in base64; complete once the body has been read to its end. */
  readonly checksums: Partial<Record<ChecksumAlgorithm, string>>;
  /** The trailers, once the body has been read to its end. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * The decoded and checked body of an S3 request, as it comes in or from bytes that are all there.
 * @param operation PutObject alone repeats a wrong MD5 in hex
 */
export function streamingBody(
  head: RequestHead,
  source: AsyncIterable<Uint8Array> | Buffer,
  signing: ChunkSigning | undefined,
  operation = "",
): StreamingBody {
  const declared = headerOf(head, "x-amz-content-sha256") ?? "";
  const encoding = headerOf(head, "content-encoding") ?? "";
  const chunked =
    streamingHashes.has(declared) || (encoding !== "" && /(?:^|,)\s*aws-chunked\s*(?:,|$)/i.test(encoding));
  if (declared.startsWith("STREAMING-") && !streamingHashes.has(declared)) {
    throw new AwsError(
      "NotImplemented",
      `A header you provided implies functionality that is not implemented: ${declared}`,
      { status: 501 },
    );
  }
  const decodedHeader = headerOf(head, "x-amz-decoded-content-length");
  if (chunked && decodedHeader !== undefined && !/^\d{1,15}$/.test(decodedHeader)) {
    throw new AwsError("InvalidArgument", "The decoded content length is not a number", { status: 400 });
  }
  if (streamingHashes.has(declared) && decodedHeader === undefined) {
    throw missingLength();
  }
  if (!chunked && (operation === "PutObject" || operation === "UploadPart")) checkLength(head);
  const lengthHeader = chunked ? decodedHeader : headerOf(head, "content-length");
  const length =
    lengthHeader !== undefined && /^\d{1,15}$/.test(lengthHeader) ? Number(lengthHeader) : undefined;
  const decoder = chunked
    ? new ChunkedDecoder({
        signing: declared.startsWith("STREAMING-AWS4") ? signing : undefined,
        signedTrailer: declared.endsWith("PAYLOAD-TRAILER"),
        decodedLength: length,
      })
    : undefined;
  const expected = expectedChecksums(head);
  // empty names count for nothing at the end alone
  const announced = headerOf(head, "x-amz-trailer")
    ?.replace(/[\s,]+$/, "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  const wanted = new Set<ChecksumAlgorithm>(expected.keys());
  for (const name of announced ?? []) {
    const algorithm = checksumOfHeader(name);
    if (!algorithm)
      throw new AwsError(
        "InvalidRequest",
        "The value specified in the x-amz-trailer header is not supported",
        { status: 400 },
      );
    wanted.add(algorithm);
  }
  const running = [...wanted].map(checksum);
  const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
  const hashed = declared.length === 64 && /^[0-9a-f]{64}$/.test(declared);
  let wholeHash: Hash | undefined;

  let total = 0;

  function push(raw: Buffer, hashing = hashed): Buffer[] {
    const pieces = decoder ? decoder.push(raw) : [raw];
    for (const piece of pieces) {
      total += piece.length;
      if (hashing) (wholeHash ??= createHash("sha256")).update(piece);
      for (const sum of running) sum.update(piece);
    }
    return pieces;
  }

  /** @param hash of all of it, where it is known already */
  function end(hash?: string): void {
    decoder?.end();
    for (const name of Object.keys(decoder?.trailers ?? {})) {
      if (!announced?.includes(name)) throw malformedTrailer();
    }
    if (!decoder && length !== undefined && total !== length) {
      throw new AwsError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
        { status: 400 },
      );
    }
    if (hashed) {
      const found = hash ?? wholeHash?.digest("hex") ?? sha256("");
      if (found !== declared) throw contentMismatch(declared, found);
    }
    for (const sum of running) {
      const value = sum.digest();
      const header = expected.get(sum.algorithm) ?? decoder?.trailers[trailerOf(sum.algorithm)];
      if (header === undefined) throw malformedTrailer();
      if (header !== value && !expected.has(sum.algorithm) && !isDigest(sum.algorithm, header))
        throw new AwsError(
          "InvalidRequest",
          `Value for ${trailerOf(sum.algorithm)} trailing header is invalid.`,
          { status: 400 },
        );
      if (header !== value)
        throw sum.algorithm === "MD5"
          ? badDigest(operation === "PutObject" ? hex(header) : header, value)
          : badChecksum(sum.algorithm);
      checksums[sum.algorithm] = value;
    }
  }

  function decodeWhole(bytes: Buffer): Buffer {
    const atOnce = hashed && !decoder;
    const pieces = push(bytes, hashed && !atOnce);
    end(atOnce ? sha256(bytes) : undefined);
    return joined(pieces);
  }

  async function* decode(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const raw of whole(stream)) yield* push(Buffer.isBuffer(raw) ? raw : Buffer.from(raw));
    end();
  }

  const body = Buffer.isBuffer(source)
    ? new WholeBody(() => decodeWhole(source), length)
    : new Body(decode(source), length);
  return { body, checksums, trailers: decoder?.trailers ?? {} };
}

function trailerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Checks a whole body against the checksums and the hash sent with it. */
export function checkWhole(head: RequestHead, bytes: Uint8Array): void {
  for (const [algorithm, value] of expectedChecksums(head)) {
    const sum = checksum(algorithm);
    sum.update(bytes);
    const found = sum.digest();
    if (found !== value) throw algorithm === "MD5" ? badDigest(value, found) : badChecksum(algorithm);
  }
}

/** Whether this is a digest of the algorithm in base64. */
function isDigest(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === checksumBytes[algorithm] && bytes.toString("base64") === value;
}

function expectedChecksums(head: RequestHead): Map<ChecksumAlgorithm, string> {
  const expected = new Map<ChecksumAlgorithm, string>();
  for (const name of Object.keys(head.headers)) {
    const algorithm = checksumOfHeader(name);
    if (!algorithm) continue;
    const value = headerOf(head, name) ?? "";
    if (!isDigest(algorithm, value)) {
      throw algorithm === "MD5"
        ? new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", {
            status: 400,
            members: { "Content-MD5": value },
          })
        : new AwsError("InvalidRequest", `Value for ${name} header is invalid.`, { status: 400 });
    }
    expected.set(algorithm, value);
  }
  return expected;
}

/** S3 takes no content whose length it is not told beforehand. @throws NotImplemented, MissingContentLength */
function checkLength(head: RequestHead): void {
  if (headerOf(head, "content-length") !== undefined) return;
  if (headerOf(head, "transfer-encoding") === undefined) throw missingLength();
  throw new AwsError(
    "NotImplemented",
    "A header you provided implies functionality that is not implemented",
    { status: 501, members: { Header: "Transfer-Encoding" } },
  );
}

const missingLength = () =>
  new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", { status: 411 });

/** `x-amz-content-sha256` is not the body's. */
export function contentMismatch(claimed: string, computed: string): AwsError {
  return new AwsError(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    {
      status: 400,
      members: { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed },
    },
  );
}

function badChecksum(algorithm: ChecksumAlgorithm): AwsError {
  return new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`, {
    status: 400,
  });
}

const hex = (base64: string) => Buffer.from(base64, "base64").toString("hex");

function badDigest(expected: string, computed: string): AwsError {
  return new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", {
    status: 400,
    members: { ExpectedDigest: expected, CalculatedDigest: computed },
  });
}

/** SHA-256 in hex of a whole body. */
export function hashOf(bytes: Uint8Array): string {
  return bytes.length === 0 ? emptyHash : sha256(bytes);
}
const emptyHash = sha256("");
