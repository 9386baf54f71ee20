/**
 * `IpAddress`: addresses and ranges of IPv4 and IPv6. A bare address is a range of one; host bits of a range do not
 * count; `/0` holds every address of its family. Text that is no address matches nothing.
 */
import type { Matcher } from "./matcher.ts";

/** An address: one 32-bit word (IPv4) or four (IPv6). */
export type Address = readonly number[];

const octet = /^(?:0|[1-9]\d{0,2})$/;

function parseV4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    const value = Number(part);
    if (!octet.test(part) || value > 255) return undefined;
    word = (word << 8) | value;
  }
  return word >>> 0;
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
      if (v4 === undefined) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] as string);
  const tail = halves.length === 2 ? groupsOf(halves[1] as string) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return [0, 2, 4, 6].map((at) => (((groups[at] as number) << 16) | (groups[at + 1] as number)) >>> 0);
}

/** Reads an address; `undefined` for other text. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(":")) return parseV6(text);
  const v4 = parseV4(text);
  return v4 === undefined ? undefined : [v4];
}

/** A range of addresses. */
export interface Range {
  readonly address: Address;
  readonly bits: number;
}

/** Reads `address` or `address/bits`; `undefined` for other text. */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const most = address.length * 32;
  if (slash < 0) return { address, bits: most };
  const suffix = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(suffix) || Number(suffix) > most) return undefined;
  return { address, bits: Number(suffix) };
}

/** Whether the range holds the address. */
export function rangeHolds(range: Range, address: Address): boolean {
  if (range.address.length !== address.length) return false;
  let bits = range.bits;
  for (let word = 0; bits > 0; word++, bits -= 32) {
    const mask = bits >= 32 ? 0xffffffff : ~(0xffffffff >>> bits);
    if ((((range.address[word] as number) ^ (address[word] as number)) & mask) !== 0) return false;
  }
  return true;
}

export class IpAddress implements Matcher {
  readonly #ranges: readonly Range[];

  constructor(values: readonly string[]) {
    this.#ranges = values.flatMap((value) => parseRange(value) ?? []);
  }

  matches(value: string): boolean {
    const address = parseAddress(value);
    if (address === undefined) return false;
    for (const range of this.#ranges) if (rangeHolds(range, address)) return true;
    return false;
  }
}
