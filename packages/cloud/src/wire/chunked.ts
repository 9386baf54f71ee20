/**
 * The aws-chunked encoding of S3 uploads: `size;chunk-signature=…\r\n data \r\n … 0 … trailers`, decoded as it passes,
 * each chunk's signature and the trailer's verified.
 * See https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
import { createHash, createHmac, type KeyObject } from "node:crypto";
import { AwsError } from "./errors.ts";
import { sameText, sha256 } from "./sigv4.ts";

export interface ChunkSigning {
  readonly signingKey: KeyObject;
  /** The request's own signature: the first link of the chain. */
  readonly seed: string;
  /** `20150830T123600Z` */
  readonly date: string;
  /** `20150830/us-east-1/s3/aws4_request` */
  readonly scope: string;
}

export interface ChunkedOptions {
  /** Given for STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER); without it chunks are not signed. */
  readonly signing: ChunkSigning | undefined;
  /** Whether the signed form ends with a signed trailer. */
  readonly signedTrailer: boolean;
  /** `x-amz-decoded-content-length`: what must come out. */
  readonly decodedLength: number | undefined;
}

const maximumLine = 16_384;
/** Every chunk but the last is at least this long. */
const smallestChunk = 8192;
const emptyHash = sha256("");

/** Decodes a body; the trailers (lower-case names) are in `trailers` once it has ended. Throws an `AwsError`. */
export class ChunkedDecoder {
  readonly trailers: Record<string, string> = {};
  readonly #options: ChunkedOptions;
  #previous: string;
  #line = "";
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  #left = 0;
  /** Number and size of the chunk at hand. */
  #chunk = 0;
  #size = 0;
  #total = 0;
  #signature = "";
  #hash = createHash("sha256");
  #trailerText = "";
  #trailerSignature: string | undefined;

  constructor(options: ChunkedOptions) {
    this.#options = options;
    this.#previous = options.signing?.seed ?? "";
  }

  /** Takes bytes as they come, returns the decoded ones in them. */
  push(bytes: Buffer): Buffer[] {
    const out: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      // whatever stands behind the end is not looked at
      if (this.#state === "done") return out;
      if (this.#state === "data") {
        const piece = bytes.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        this.#total += piece.length;
        if (this.#options.signing) this.#hash.update(piece);
        out.push(piece);
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const end = bytes.indexOf(10, at);
      this.#line += bytes.toString("latin1", at, end === -1 ? bytes.length : end);
      if (this.#line.length > maximumLine) throw cutShort();
      if (end === -1) return out;
      at = end + 1;
      const whole = this.#line.endsWith("\r");
      if (!whole && this.#state !== "trailer") throw cutShort();
      const line = whole ? this.#line.slice(0, -1) : this.#line;
      this.#line = "";
      this.#takeLine(line);
    }
    return out;
  }

  #takeLine(line: string): void {
    if (this.#state === "data-end") {
      if (line !== "") throw cutShort();
      this.#endChunk();
      this.#state = "size";
    } else if (this.#state === "size") {
      const [, size, signature] =
        /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?\s*$/.exec(line) ?? [];
      if (size === undefined) throw cutShort();
      if (this.#options.signing && signature === undefined) throw cutShort();
      this.#signature = signature ?? "";
      this.#left = Number.parseInt(size, 16);
      this.#checkSizes();
      if (this.#left > 0) this.#state = "data";
      else {
        this.#endChunk();
        this.#state = "trailer";
      }
    } else if (line === "") this.#endTrailer();
    else {
      const colon = line.indexOf(":");
      if (colon < 1) throw malformedTrailer();
      const name = line.slice(0, colon).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (name === "x-amz-trailer-signature") this.#trailerSignature = value;
      else {
        if (!/^[a-z0-9-]+$/.test(name) || Object.keys(this.trailers).length > 20) throw malformedTrailer();
        this.trailers[name] = value;
        this.#trailerText += `${name}:${value}\n`;
      }
    }
  }

  /** That a chunk was too small shows when another comes behind it. @throws InvalidChunkSizeError */
  #checkSizes(): void {
    const before = this.#size;
    this.#chunk += 1;
    this.#size = this.#left;
    if (this.#chunk === 1 || this.#left === 0 || before >= smallestChunk) return;
    throw new AwsError(
      "InvalidChunkSizeError",
      `Only the last chunk is allowed to have a size less than ${smallestChunk} bytes`,
      { status: 400, members: { Chunk: String(this.#chunk), BadChunkSize: String(before) } },
    );
  }

  #endChunk(): void {
    const signing = this.#options.signing;
    if (!signing) return;
    const hash = this.#hash.digest("hex");
    this.#hash = createHash("sha256");
    const toSign = `AWS4-HMAC-SHA256-PAYLOAD\n${signing.date}\n${signing.scope}\n${this.#previous}\n${emptyHash}\n${hash}`;
    const expected = createHmac("sha256", signing.signingKey).update(toSign).digest("hex");
    if (!sameText(expected, this.#signature)) throw chunkMismatch();
    this.#previous = expected;
  }

  #endTrailer(): void {
    this.#state = "done";
    const { signing, signedTrailer } = this.#options;
    if (!signing || !signedTrailer) return;
    const toSign = `AWS4-HMAC-SHA256-TRAILER\n${signing.date}\n${signing.scope}\n${this.#previous}\n${sha256(this.#trailerText)}`;
    const expected = createHmac("sha256", signing.signingKey).update(toSign).digest("hex");
    if (!sameText(expected, this.#trailerSignature ?? "")) throw chunkMismatch();
  }

  /** Checks that the body ended where it should. */
  end(): void {
    if (this.#state === "trailer" && this.#line === "") this.#endTrailer();
    if (this.#state !== "done") throw cutShort();
    const { decodedLength } = this.#options;
    if (decodedLength !== undefined && decodedLength !== this.#total) {
      throw new AwsError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
        {
          status: 400,
          members: {
            NumberBytesExpected: String(decodedLength),
            NumberBytesProvided: String(this.#total),
          },
        },
      );
    }
  }
}

/** S3 says the same of framing that is wrong and of framing that ends too soon (OpenStack Swift's tests against AWS). */
function cutShort(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}

export function malformedTrailer(): AwsError {
  return new AwsError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    { status: 400 },
  );
}

function chunkMismatch(): AwsError {
  return new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    { status: 403 },
  );
}
