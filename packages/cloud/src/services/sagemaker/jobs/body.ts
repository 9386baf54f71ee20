/** A response body of another handler in this process, read to its end. */
import type { OutputBody } from "../../../wire/types.ts";

export async function bytesOf(body: OutputBody | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const parts: Buffer[] = [];
  for await (const part of body as AsyncIterable<Uint8Array | string>)
    parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}
