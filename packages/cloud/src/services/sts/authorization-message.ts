/** Encoded authorization messages: EC2 puts one into its denials, DecodeAuthorizationMessage opens it. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

function keyOf(context: Pick<ReadContext, "globalTable">): Buffer {
  const table = context.globalTable<{ secret: string }>("sts.seal");
  const row = table.get("message") ?? table.put("message", { secret: randomBytes(32).toString("base64") });
  return createHash("sha256").update(row.secret).digest();
}

/** Seals the details of a denial. */
export function encodeMessage(details: object, context: Pick<ReadContext, "globalTable">): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(context), iv);
  const sealed = Buffer.concat([cipher.update(deflateRawSync(JSON.stringify(details))), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The details in an encoded message. @throws InvalidAuthorizationMessage */
export function decodeMessage(message: string, context: Pick<ReadContext, "globalTable">): string {
  const bytes = Buffer.from(message, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(context), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return inflateRawSync(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])).toString();
  } catch {
    throw new AwsError("InvalidAuthorizationMessageException", "Message is not valid");
  }
}
