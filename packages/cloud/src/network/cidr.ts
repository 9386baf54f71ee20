/** IP addresses and CIDR blocks of both families as numbers: parsing, printing, containment, arithmetic. No I/O. */

export type Family = 4 | 6;

/** A block: `base` has its host bits cleared. */
export interface Cidr {
  family: Family;
  base: bigint;
  prefix: number;
}

const bitsOf = (family: Family) => (family === 4 ? 32 : 128);

/** An address as a number, or `undefined` when it is not one. */
export function parseIp(text: string): { family: Family; value: bigint } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    let value = 0n;
    for (const part of text.split(".")) {
      const byte = Number(part);
      if (byte > 255 || (part.length > 1 && part.startsWith("0"))) return undefined;
      value = (value << 8n) | BigInt(byte);
    }
    return { family: 4, value };
  }
  if (!text.includes(":") || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  let source = text;
  const v4 = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(source);
  if (v4) {
    const tail = parseIp(v4[2]!);
    if (tail?.family !== 4) return undefined;
    source = `${v4[1]}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`;
  }
  const halves = source.split("::");
  if (halves.length > 2) return undefined;
  const words = (half: string | undefined) => (half ? half.split(":") : []);
  const head = words(halves[0]);
  const tail = words(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const word of [...head, ...Array(missing).fill("0"), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(word)) return undefined;
    value = (value << 16n) | BigInt(`0x${word}`);
  }
  return { family: 6, value };
}

/** An address as AWS prints it (IPv6 compressed, lower case). */
export function printIp(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const words = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && words[at + length] === "0") length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return words.join(":");
  return `${words.slice(0, best.at).join(":")}::${words.slice(best.at + best.length).join(":")}`;
}

/** A block, its host bits cleared, or `undefined` when the text is not `address/prefix`. */
export function parseCidr(text: string | undefined): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text ?? "");
  const ip = match && parseIp(match[1]!);
  if (!ip) return undefined;
  const prefix = Number(match[2]);
  const bits = bitsOf(ip.family);
  if (prefix > bits) return undefined;
  const host = BigInt(bits - prefix);
  return { family: ip.family, base: (ip.value >> host) << host, prefix };
}

export const printCidr = ({ family, base, prefix }: Cidr): string => `${printIp(family, base)}/${prefix}`;

/** Number of addresses in a block. */
export const sizeOf = ({ family, prefix }: Cidr): bigint => 1n << BigInt(bitsOf(family) - prefix);

export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.family === inner.family &&
  outer.prefix <= inner.prefix &&
  inner.base >> BigInt(bitsOf(outer.family) - outer.prefix) ===
    outer.base >> BigInt(bitsOf(outer.family) - outer.prefix);

export const overlaps = (a: Cidr, b: Cidr): boolean => contains(a, b) || contains(b, a);

/** Whether an address lies in a block; both as text, false when either is not one. */
export function cidrHas(block: string | Cidr | undefined, address: string): boolean {
  const cidr = typeof block === "string" ? parseCidr(block) : block;
  const ip = parseIp(address);
  if (!cidr || !ip || ip.family !== cidr.family) return false;
  return contains(cidr, { family: ip.family, base: ip.value, prefix: bitsOf(ip.family) });
}

const PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
];

/** Whether no host of the internet can have this address: what internet gateways carry nothing to. */
export const isPrivate = (ip: string): boolean => PRIVATE.some((block) => cidrHas(block, ip));
