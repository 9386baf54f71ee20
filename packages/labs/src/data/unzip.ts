/**
 * Reads one file out of a zip archive, by its central directory, never more of it than allowed. Zip64 and encryption
 * are not supported and said so. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Shortest end record, and the longest comment after it. */
const END_SIZE = 22;
const COMMENT = 0xffff;

export interface ZipEntry {
  name: string;
  size: number;
  read(): Buffer;
}

/**
 * @param most bytes that any entry may unpack to
 * @throws Error when it is no zip, is cut off, or holds more than allowed
 */
export function readZip(archive: Uint8Array, most: number): ZipEntry[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error("zip64 archives are not supported");
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    need(bytes, at, 46);
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error("the archive's directory is damaged");
    const flags = bytes.readUInt16LE(at + 8);
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    need(bytes, at + 46, nameLength);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    entries.push({
      name,
      size,
      read: () => unpack(bytes, { name, flags, method, packed, size, local }, most),
    });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

function unpack(
  bytes: Buffer,
  entry: { name: string; flags: number; method: number; packed: number; size: number; local: number },
  most: number,
): Buffer {
  const { name, flags, method, packed, size, local } = entry;
  if (flags & 1) throw new Error(`${name} is encrypted`);
  if (size > most) throw new Error(`${name} would unpack to ${size} bytes, at most ${most} are allowed`);
  need(bytes, local, 30);
  if (bytes.readUInt32LE(local) !== LOCAL) throw new Error(`${name} is damaged`);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  need(bytes, start, packed);
  const data = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8) throw new Error(`${name} is packed by method ${method}, expected 0 or 8`);
  // the size in the directory may lie: unpacking stops at what is allowed
  const unpacked = method === 0 ? Buffer.from(data) : inflateRawSync(data, { maxOutputLength: most });
  if (unpacked.length !== size)
    throw new Error(`${name} unpacks to ${unpacked.length} bytes, expected ${size}`);
  return unpacked;
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_SIZE - COMMENT);
  for (let at = bytes.length - END_SIZE; at >= first; at--) if (bytes.readUInt32LE(at) === END) return at;
  throw new Error("it is not a zip archive, or it is cut off");
}

function need(bytes: Buffer, at: number, length: number): void {
  if (at + length > bytes.length) throw new Error("the archive is cut off");
}
