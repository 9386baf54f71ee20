/**
 * The cyclic redundancy checks that S3 stores with objects, incremental, and their combination from parts.
 * All three are reflected, start at all ones and end inverted.
 */
import * as zlib from "node:zlib";

interface Crc {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

const CRC32_POLYNOMIAL = 0xedb88320;
const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const tables32 = new Map<number, Uint32Array>();

/** Eight tables of 256 in a row: entry `t * 256 + b` advances byte `b` by `t` further bytes. */
function table32(polynomial: number): Uint32Array {
  const known = tables32.get(polynomial);
  if (known) return known;
  const table = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] as number;
    table[at] = (before >>> 8) ^ (table[before & 255] as number);
  }
  tables32.set(polynomial, table);
  return table;
}

function crc32With(polynomial: number): Crc {
  const t = table32(polynomial) as Uint32Array & Record<number, number>;
  let crc = 0xffffffff;
  return {
    update(d: Uint8Array & Record<number, number>) {
      let at = 0;
      for (const end = d.length - 7; at < end; at += 8) {
        const low = crc ^ (d[at]! | (d[at + 1]! << 8) | (d[at + 2]! << 16) | (d[at + 3]! << 24));
        crc =
          t[1792 + (low & 255)]! ^
          t[1536 + ((low >>> 8) & 255)]! ^
          t[1280 + ((low >>> 16) & 255)]! ^
          t[1024 + (low >>> 24)]! ^
          t[768 + d[at + 4]!]! ^
          t[512 + d[at + 5]!]! ^
          t[256 + d[at + 6]!]! ^
          t[d[at + 7]!]!;
      }
      for (; at < d.length; at++) crc = (crc >>> 8) ^ t[(crc ^ d[at]!) & 255]!;
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(~crc >>> 0);
      return out;
    },
  };
}

export function crc32(): Crc {
  const native = (zlib as { crc32?: (data: Uint8Array, value?: number) => number }).crc32;
  if (!native) return crc32With(CRC32_POLYNOMIAL);
  let crc = 0;
  return {
    update(chunk) {
      crc = native(chunk, crc);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(crc >>> 0);
      return out;
    },
  };
}

export const crc32c = (): Crc => crc32With(CRC32C_POLYNOMIAL);

let halves: { high: Uint32Array; low: Uint32Array } | undefined;

function table64(): { high: Uint32Array; low: Uint32Array } {
  if (halves) return halves;
  const high = new Uint32Array(8 * 256);
  const low = new Uint32Array(8 * 256);
  const full: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ CRC64NVME_POLYNOMIAL : crc >> 1n;
    full.push(crc);
  }
  for (let at = 256; at < 8 * 256; at++) {
    const before = full[at - 256] as bigint;
    full.push((before >> 8n) ^ (full[Number(before & 255n)] as bigint));
  }
  full.forEach((value, at) => {
    high[at] = Number(value >> 32n);
    low[at] = Number(value & 0xffffffffn);
  });
  return (halves = { high, low });
}

export function crc64nvme(): Crc {
  const { high, low } = table64() as {
    high: Uint32Array & Record<number, number>;
    low: Uint32Array & Record<number, number>;
  };
  let h = -1;
  let l = -1;
  return {
    update(d: Uint8Array & Record<number, number>) {
      let at = 0;
      for (const end = d.length - 7; at < end; at += 8) {
        const x = l ^ (d[at]! | (d[at + 1]! << 8) | (d[at + 2]! << 16) | (d[at + 3]! << 24));
        const y = h ^ (d[at + 4]! | (d[at + 5]! << 8) | (d[at + 6]! << 16) | (d[at + 7]! << 24));
        const a = 1792 + (x & 255);
        const b = 1536 + ((x >>> 8) & 255);
        const c = 1280 + ((x >>> 16) & 255);
        const e = 1024 + (x >>> 24);
        const f = 768 + (y & 255);
        const g = 512 + ((y >>> 8) & 255);
        const i = 256 + ((y >>> 16) & 255);
        const j = y >>> 24;
        h = high[a]! ^ high[b]! ^ high[c]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[i]! ^ high[j]!;
        l = low[a]! ^ low[b]! ^ low[c]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[i]! ^ low[j]!;
      }
      for (; at < d.length; at++) {
        const k = (l ^ d[at]!) & 255;
        l = ((l >>> 8) | (h << 24)) ^ low[k]!;
        h = (h >>> 8) ^ high[k]!;
      }
    },
    digest() {
      const out = Buffer.alloc(8);
      out.writeUInt32BE(~h >>> 0);
      out.writeUInt32BE(~l >>> 0, 4);
      return out;
    },
  };
}

const FIELDS = {
  CRC32: { polynomial: BigInt(CRC32_POLYNOMIAL), bits: 32n },
  CRC32C: { polynomial: BigInt(CRC32C_POLYNOMIAL), bits: 32n },
  CRC64NVME: { polynomial: CRC64NVME_POLYNOMIAL, bits: 64n },
};

/** The check of `first` followed by `second`, whose length in bytes is `secondSize`, from the checks of both. */
export function combineCrc(kind: keyof typeof FIELDS, first: Buffer, second: Buffer, secondSize: number): Buffer {
  const { polynomial, bits } = FIELDS[kind];
  const top = 1n << (bits - 1n);
  // polynomials modulo the generator, bit-reflected: `top` is 1, `top >> 1` is x
  const multiply = (a: bigint, b: bigint) => {
    let product = 0n;
    for (let mask = top, factor = b; mask > 0n; mask >>= 1n) {
      if (a & mask) product ^= factor;
      factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
    }
    return product;
  };
  let shift = top;
  let power = top >> 8n; // x^8: one byte
  for (let left = BigInt(secondSize); left > 0n; left >>= 1n) {
    if (left & 1n) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
  const combined = multiply(shift, number(first)) ^ number(second);
  return Buffer.from(combined.toString(16).padStart(Number(bits / 4n), "0"), "hex");
}
