/** Unique identifiers as AWS makes them: see "Unique identifiers" in the IAM User Guide. */
import { createHash, randomBytes } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export type IdPrefix =
  | "AIDA"
  | "AROA"
  | "AGPA"
  | "AIPA"
  | "ANPA"
  | "ASCA"
  | "APKA"
  /** Signing certificates have no prefix of their own. */
  | "";

/** `AROA` and 17 more characters. */
export function uniqueId(prefix: IdPrefix, length = 21): string {
  const bytes = randomBytes(length - prefix.length);
  let id: string = prefix;
  for (const byte of bytes) id += BASE32[byte & 31];
  return id;
}

/** An access key id; like AWS's it carries the account in its characters. */
export function accessKeyId(prefix: "AKIA" | "ASIA", account: string): string {
  return accountedId(prefix, account, 20);
}

/** The access key id of a session that a service holds: the same for the same session. No key belongs to it. */
export const sessionKeyId = (account: string, session: string): string =>
  accountedId("ASIA", account, 20, createHash("sha256").update(session).digest().subarray(0, 5));

/** An id of `length` characters with the account in those after the prefix. */
export function accountedId(
  prefix: string,
  account: string,
  length: 20 | 21,
  five: Buffer = randomBytes(5),
): string {
  // 80 bits: one set bit, 40 bits of account, 39 random bits
  let bits = (1n << 40n) | BigInt(account);
  bits = (bits << 39n) | (BigInt(`0x${five.toString("hex")}`) >> 1n);
  let text = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += BASE32[Number((bits >> shift) & 31n)];
  while (prefix.length + text.length < length) text += BASE32[(randomBytes(1)[0] as number) & 31];
  return prefix + text;
}

/** The account an access key id carries, or `undefined` for one that carries none. */
export function accountOfAccessKey(id: string): string | undefined {
  if (!/^[A-Z]{4}[A-Z2-7]{16}$/.test(id)) return undefined;
  let bits = 0n;
  for (const char of id.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(char));
  if (bits >> 79n !== 1n) return undefined;
  const account = (bits >> 39n) & ((1n << 40n) - 1n);
  return account < 1_000_000_000_000n ? account.toString().padStart(12, "0") : undefined;
}

/** 40 characters, as long-term and temporary secrets have. */
export function secretKey(): string {
  return randomBytes(30).toString("base64");
}
