/**
 * Reads a `multipart/form-data` body as it streams: first the fields, whole, then the file, chunk by chunk.
 * What follows the file is ignored, as S3 does. RFC 7578.
 */
import { AwsError } from "../../../wire/errors.ts";
import { malformedXml, preconditionFailed } from "../errors.ts";

const LARGEST_FIELDS = 20 * 1024;

export interface Form {
  /** By lower-case name. */
  fields: Map<string, string>;
  fileName: string;
  /** Content type that the browser gave the file. */
  fileType?: string;
  file: AsyncIterable<Buffer>;
}

const malformed = (message: string) => new AwsError("MalformedPOSTRequest", message, { status: 400 });

/** @throws MalformedPOSTRequest, MaxPostPreDataLengthExceededError */
export async function readForm(source: AsyncIterable<Uint8Array>, contentType: string): Promise<Form> {
  if (!contentType.startsWith("multipart/form-data")) {
    throw preconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data");
  }
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (!name) throw malformed("The body of your POST request is not well-formed multipart/form-data.");
  const reader = new Reader(source, Buffer.from(`--${name}`));
  await reader.start();
  const fields = new Map<string, string>();
  let size = 0;
  for (;;) {
    const headers = await reader.headers();
    if (!headers) {
      throw new AwsError("InvalidArgument", "POST requires exactly one file upload per request.", {
        status: 400,
        members: { ArgumentName: "file", ArgumentValue: "0" },
      });
    }
    const disposition = headers.get("content-disposition") ?? "";
    const field = /[;\s]name="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.toLowerCase();
    if (field === undefined) throw malformedXml();
    if (field === "file") {
      const fileName = /filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? "";
      const fileType = headers.get("content-type");
      return { fields, fileName, file: reader.content(), ...(fileType !== undefined && { fileType }) };
    }
    const chunks: Buffer[] = [];
    for await (const chunk of reader.content()) {
      size += chunk.length;
      if (size > LARGEST_FIELDS) {
        throw new AwsError(
          "MaxPostPreDataLengthExceededError",
          "Your POST request fields preceding the upload file were too large.",
          { status: 400, members: { MaxPostPreDataLengthBytes: String(LARGEST_FIELDS) } },
        );
      }
      chunks.push(chunk);
    }
    fields.set(field, Buffer.concat(chunks).toString());
  }
}

/** Cuts a stream at its boundaries; holds back only what could be the start of one. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #boundary: Buffer;
  readonly #delimiter: Buffer;
  #buffer = Buffer.alloc(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>, boundary: Buffer) {
    this.#source = source[Symbol.asyncIterator]();
    this.#boundary = boundary;
    this.#delimiter = Buffer.concat([Buffer.from("\r\n"), boundary]);
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#source.next();
    if (next.done) {
      this.#ended = true;
      return false;
    }
    this.#buffer =
      this.#buffer.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#buffer, next.value]);
    return true;
  }

  /** Skips to the first boundary. */
  async start(): Promise<void> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#boundary);
      if (at >= 0) {
        this.#buffer = this.#buffer.subarray(at + this.#boundary.length);
        return;
      }
      if (this.#buffer.length > LARGEST_FIELDS || !(await this.#more())) {
        throw malformed("The body of your POST request is not well-formed multipart/form-data.");
      }
    }
  }

  /** Headers of the next part; `undefined` behind the last. */
  async headers(): Promise<Map<string, string> | undefined> {
    for (;;) {
      if (this.#buffer.subarray(0, 2).toString() === "--") return undefined;
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end >= 0) {
        const text = this.#buffer.subarray(0, end).toString();
        this.#buffer = this.#buffer.subarray(end + 4);
        return new Map(
          text.split("\r\n").flatMap((line) => {
            const at = line.indexOf(":");
            return at < 0
              ? []
              : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
          }),
        );
      }
      if (this.#buffer.length > LARGEST_FIELDS || !(await this.#more())) {
        throw malformed("The body of your POST request is not well-formed multipart/form-data.");
      }
    }
  }

  /** Content of the part, to its boundary. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      if (at >= 0) {
        const piece = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + this.#delimiter.length);
        if (piece.length > 0) yield piece;
        return;
      }
      const safe = this.#buffer.length - this.#delimiter.length;
      if (safe > 0) {
        const piece = this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
        yield piece;
      }
      if (!(await this.#more())) {
        throw malformed("The body of your POST request is not well-formed multipart/form-data.");
      }
    }
  }
}
