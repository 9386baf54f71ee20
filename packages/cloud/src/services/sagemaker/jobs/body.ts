/** Bytes between handlers in one process: a request body that holds them, and a response body read to its end. */
import { Readable } from "node:stream";
import type { InputBody, OutputBody } from "../../../wire/types.ts";

export function inputBody(bytes: Buffer): InputBody {
  return {
    length: bytes.length,
    stream: () => Readable.from([bytes]),
    bytes: async () => bytes,
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
  };
}

export async function bytesOf(body: OutputBody | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const parts: Buffer[] = [];
  for await (const part of body as AsyncIterable<Uint8Array | string>)
    parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}
