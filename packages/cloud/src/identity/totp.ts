/** The codes of a virtual MFA device: RFC 6238 with SHA-1, 30 seconds, six digits. */
import { createHmac } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const TOTP_STEP = 30_000;

/** A new seed of 64 letters. */
export function base32Of(bytes: Uint8Array): string {
  let seed = "";
  for (const byte of bytes) seed += BASE32[byte & 31];
  return seed;
}

/** The code a device shows at a time. */
export function totp(seed: string, at: number): string {
  let bits = "";
  for (const char of seed) bits += BASE32.indexOf(char).toString(2).padStart(5, "0");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((one) => Number.parseInt(one, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / TOTP_STEP)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = (digest[19] as number) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
