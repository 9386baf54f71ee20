/**
 * Reading and writing tar archives (POSIX ustar) of plain files, entry by entry: memory stays at a chunk however
 * large a file is. Written here because it is this little: no links, owners, long names or sparse files are wanted,
 * and an archive that holds one is refused.
 */

const BLOCK = 512;
/** Eleven octal digits; larger sizes are written in base 256, as GNU tar does. */
const OCTAL_LIMIT = 8 ** 11;

/** A file in an archive; `body` must be read to its end before the next entry is asked for. */
export interface TarEntry {
  name: string;
  /** Bytes. */
  size: number;
  body: AsyncIterable<Uint8Array>;
}

/** The bytes of an archive. @throws when a body is not as long as its entry says */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for await (const { name, size, body } of entries) {
    yield header(name, size);
    let written = 0;
    for await (const chunk of body) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== size) throw new Error(`\`${name}\` has ${written} bytes, expected ${size}`);
    if (size % BLOCK > 0) yield Buffer.alloc(BLOCK - (size % BLOCK));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** The files of an archive. @throws when it is cut off, damaged, or holds anything but plain files */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(source);
  for (;;) {
    const block = await bytes.exactly(BLOCK);
    if (block.every((byte) => byte === 0)) return bytes.drain();
    const { name, size } = parseHeader(block);
    let read = false;
    yield {
      name,
      size,
      body: (async function* () {
        read = true;
        yield* bytes.stream(size);
      })(),
    };
    if (!read) for await (const _ of bytes.stream(size));
    if (size % BLOCK > 0) await bytes.exactly(BLOCK - (size % BLOCK));
  }
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`the name \`${name}\` is too long for an archive`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write("0000600\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  if (size < OCTAL_LIMIT) block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block.writeBigUInt64BE(BigInt(size), 128);
    block[124] = 0x80;
  }
  block.write(
    `${Math.floor(Date.now() / 1000)
      .toString(8)
      .padStart(11, "0")}\0`,
    136,
  );
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257, "latin1");
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function parseHeader(block: Buffer): { name: string; size: number } {
  const stated = Number.parseInt(text(block, 148, 8).trim(), 8);
  const copy = Buffer.from(block);
  copy.write("        ", 148);
  if (stated !== checksum(copy)) throw new Error("a header's checksum does not match");
  const name = text(block, 0, 100);
  const type = text(block, 156, 1);
  if (type !== "0" && type !== "") throw new Error(`\`${name}\` is not a plain file`);
  if (text(block, 345, 155) !== "") throw new Error(`\`${name}\` has a prefix, expected none`);
  const size =
    block[124] === 0x80
      ? Number(block.readBigUInt64BE(128))
      : Number.parseInt(text(block, 124, 12).trim(), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error(`\`${name}\` has no valid size`);
  return { name, size };
}

const text = (block: Buffer, at: number, length: number): string =>
  block.toString("utf8", at, at + length).split("\0", 1)[0] ?? "";

const checksum = (block: Buffer): number => block.reduce((sum, byte) => sum + byte, 0);

class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async exactly(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *stream(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads what follows the end of the archive, so that the compression's own checksum is looked at. */
  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error("it ends in the middle");
    this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
