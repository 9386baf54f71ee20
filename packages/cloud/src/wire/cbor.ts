/**
 * CBOR bodies of rpcv2Cbor, read and written against a shape.
 * See https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html and RFC 8949
 */
import { entriesOf, maximumDepth, serializationError } from "./json.ts";
import type { Shape, StructureShape } from "./shape.ts";

/** A tagged value: tag 1 is an epoch timestamp. */
interface Tagged {
  readonly tag: number;
  readonly value: unknown;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  #need(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw serializationError("The request body ends unexpectedly.");
    this.#at = at + count;
    return at;
  }
  #length(info: number): number {
    if (info < 24) return info;
    if (info === 24) return this.#view.getUint8(this.#need(1));
    if (info === 25) return this.#view.getUint16(this.#need(2));
    if (info === 26) return this.#view.getUint32(this.#need(4));
    if (info === 27) return Number(this.#view.getBigUint64(this.#need(8)));
    throw serializationError("The request body is not valid CBOR.");
  }
  read(depth = 0): unknown {
    if (depth > maximumDepth) throw serializationError("The request is nested too deeply.");
    const first = this.#view.getUint8(this.#need(1));
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) return this.#simple(info);
    if (info === 31) return this.#indefinite(major, depth);
    const length = this.#length(info);
    switch (major) {
      case 0:
        return length;
      case 1:
        return -1 - length;
      case 2:
        return this.#bytes.slice(this.#need(length), this.#at);
      case 3:
        return textOf(this.#bytes.subarray(this.#need(length), this.#at));
      case 4: {
        const items: unknown[] = [];
        for (let i = 0; i < length; i++) items.push(this.read(depth + 1));
        return items;
      }
      case 5: {
        const map = new Map<string, unknown>();
        for (let i = 0; i < length; i++) map.set(String(this.read(depth + 1)), this.read(depth + 1));
        return map;
      }
      default:
        return { tag: length, value: this.read(depth + 1) } satisfies Tagged;
    }
  }
  #isBreak(): boolean {
    if (this.#at >= this.#bytes.length) throw serializationError("The request body ends unexpectedly.");
    if (this.#bytes[this.#at] !== 0xff) return false;
    this.#at++;
    return true;
  }
  #indefinite(major: number, depth: number): unknown {
    if (major === 4) {
      const items: unknown[] = [];
      while (!this.#isBreak()) items.push(this.read(depth + 1));
      return items;
    }
    if (major === 5) {
      const map = new Map<string, unknown>();
      while (!this.#isBreak()) map.set(String(this.read(depth + 1)), this.read(depth + 1));
      return map;
    }
    const parts: unknown[] = [];
    while (!this.#isBreak()) parts.push(this.read(depth + 1));
    if (major === 3) return parts.join("");
    if (major === 2 && parts.every((part) => part instanceof Uint8Array)) return Buffer.concat(parts);
    throw serializationError("The request body is not valid CBOR.");
  }
  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return halfFloat(this.#view.getUint16(this.#need(2)));
      case 26:
        return this.#view.getFloat32(this.#need(4));
      case 27:
        return this.#view.getFloat64(this.#need(8));
      default:
        throw serializationError("The request body is not valid CBOR.");
    }
  }
}

const strict = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw serializationError("The request body is not valid CBOR.");
  }
}

function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Reads a structure from a CBOR body; an empty body is an empty structure. */
export function readCbor(shape: StructureShape, bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 0) return {};
  const reader = new Reader(bytes);
  const value = reader.read();
  if (!reader.done) throw serializationError("The request body has more than one value.");
  return convert(shape, value) as Record<string, unknown>;
}

function convert(shape: Shape, value: unknown): unknown {
  const wrong = (): never => {
    throw serializationError(`A value is not of the type ${shape.type}.`);
  };
  switch (shape.type) {
    case "structure": {
      if (!(value instanceof Map)) return wrong();
      const out: Record<string, unknown> = {};
      for (const use of shape.members) {
        const item = value.get(use.name);
        if (item !== undefined && item !== null) out[use.name] = convert(use.shape, item);
      }
      return out;
    }
    case "list":
      return Array.isArray(value)
        ? value.map((item) => (item === null ? null : convert(shape.item.shape, item)))
        : wrong();
    case "map":
      if (!(value instanceof Map)) return wrong();
      return Object.fromEntries(
        [...value].map(([key, item]) => [key, item === null ? null : convert(shape.value.shape, item)]),
      );
    case "timestamp": {
      const tagged = value as Tagged;
      const seconds = typeof value === "number" ? value : tagged?.tag === 1 ? tagged.value : undefined;
      const date = typeof seconds === "number" ? new Date(Math.round(seconds * 1000)) : undefined;
      return date && !Number.isNaN(date.getTime()) ? date : wrong();
    }
    case "string":
      return typeof value === "string" ? value : wrong();
    case "number":
      return typeof value === "number" ? value : wrong();
    case "boolean":
      return typeof value === "boolean" ? value : wrong();
    case "blob":
      return value instanceof Uint8Array ? value : wrong();
    default:
      return value instanceof Map ? Object.fromEntries(value) : value;
  }
}

/** Writes a structure, with further members (an error's `__type` and message) in front. */
export function writeCbor(
  shape: StructureShape,
  value: unknown,
  extra: Readonly<Record<string, string>> = {},
): Buffer {
  const parts: Buffer[] = [Buffer.from([0xbf])];
  for (const [name, text] of Object.entries(extra)) parts.push(textBytes(name), textBytes(text));
  const given = (value ?? {}) as Record<string, unknown>;
  for (const use of shape.members) {
    const item = given[use.name];
    if (item === undefined || item === null || Object.hasOwn(extra, use.name)) continue;
    parts.push(textBytes(use.name));
    write(use.shape, item, parts);
  }
  parts.push(Buffer.from([0xff]));
  return Buffer.concat(parts);
}

function head(major: number, length: number): Buffer {
  const m = major << 5;
  if (length < 24) return Buffer.from([m | length]);
  if (length < 256) return Buffer.from([m | 24, length]);
  if (length < 65536) return Buffer.from([m | 25, length >> 8, length & 255]);
  const out = Buffer.alloc(length < 2 ** 32 ? 5 : 9);
  out[0] = m | (length < 2 ** 32 ? 26 : 27);
  if (length < 2 ** 32) out.writeUInt32BE(length, 1);
  else out.writeBigUInt64BE(BigInt(length), 1);
  return out;
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function numberBytes(value: number): Buffer {
  if (Number.isSafeInteger(value) && !Object.is(value, -0))
    return value >= 0 ? head(0, value) : head(1, -1 - value);
  const out = Buffer.alloc(9);
  out[0] = 0xfb;
  out.writeDoubleBE(value, 1);
  return out;
}

function write(shape: Shape, value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) {
    parts.push(Buffer.from([0xf6]));
    return;
  }
  switch (shape.type) {
    case "structure":
      parts.push(writeCbor(shape, value));
      return;
    case "list": {
      const items = [...(value as Iterable<unknown>)];
      parts.push(head(4, items.length));
      for (const item of items) write(shape.item.shape, item, parts);
      return;
    }
    case "map": {
      const entries = [...entriesOf(value)];
      parts.push(head(5, entries.length));
      for (const [key, item] of entries) {
        parts.push(textBytes(key));
        write(shape.value.shape, item, parts);
      }
      return;
    }
    case "boolean":
      parts.push(Buffer.from([value ? 0xf5 : 0xf4]));
      return;
    case "number":
      parts.push(numberBytes(Number(value)));
      return;
    case "timestamp": {
      const date = value instanceof Date ? value : new Date(value as string | number);
      parts.push(Buffer.from([0xc1]), numberBytes(date.getTime() / 1000));
      return;
    }
    case "blob": {
      const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value as Uint8Array);
      parts.push(head(2, bytes.length), bytes);
      return;
    }
    default:
      parts.push(textBytes(String(value)));
  }
}
