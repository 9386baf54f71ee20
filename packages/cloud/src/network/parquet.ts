/**
 * Writes a Parquet file: one row group, a page a column, gzip. As much of the format as flow logs need.
 * https://parquet.apache.org/docs/file-format/ and parquet.thrift of apache/parquet-format, in Thrift's compact protocol.
 */
import { gzipSync } from "node:zlib";

export type ColumnType = "int32" | "int64" | "string";
export interface Column {
  name: string;
  type: ColumnType;
}
/** A value for each column; `undefined` is null. */
export type Row = readonly (string | number | undefined)[];

const MAGIC = Buffer.from("PAR1");
const PHYSICAL = { int32: 1, int64: 2, string: 6 } as const;
/** INT_32, INT_64, UTF8 */
const LOGICAL = { int32: 17, int64: 18, string: 0 } as const;
const OPTIONAL = 1;
const PLAIN = 0;
const RLE = 3;
const GZIP = 2;

export function writeParquet(columns: readonly Column[], rows: readonly Row[]): Buffer {
  const parts: Buffer[] = [MAGIC];
  let offset = MAGIC.length;
  let total = 0;
  const chunks = columns.map((column, at) => {
    const page = pageOf(
      column.type,
      rows.map((row) => row[at]),
    );
    const packed = gzipSync(page);
    const header = pageHeader(rows.length, page.length, packed.length);
    parts.push(header, packed);
    const chunk = {
      column,
      start: offset,
      plain: header.length + page.length,
      packed: header.length + packed.length,
    };
    offset += chunk.packed;
    total += chunk.plain;
    return chunk;
  });
  const footer = new Compact();
  footer.int(1, 1);
  footer.list(2, STRUCT, [
    (root) => root.text(4, "flow_log").int(5, columns.length).end(),
    ...columns.map(({ name, type }) => (one: Compact) => {
      one.int(1, PHYSICAL[type]).int(3, OPTIONAL).text(4, name).int(6, LOGICAL[type]).end();
    }),
  ]);
  footer.long(3, rows.length);
  footer.list(4, STRUCT, [
    (group) => {
      const writers = chunks.map(({ column, start, plain, packed }) => (one: Compact) => {
        one.long(2, start).struct(3, (meta) => {
          meta.int(1, PHYSICAL[column.type]);
          meta.list(2, I32, [(to) => to.number(PLAIN), (to) => to.number(RLE)]);
          meta.list(3, BINARY, [(to) => to.bytes(column.name)]);
          meta.int(4, GZIP).long(5, rows.length).long(6, plain).long(7, packed).long(9, start);
        });
        one.end();
      });
      group.list(1, STRUCT, writers).long(2, total).long(3, rows.length).end();
    },
  ]);
  footer.text(6, "sagekeep").end();
  const meta = footer.done();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([...parts, meta, length, MAGIC]);
}

/** Definition levels (which values there are, a bit each), then the values that there are. */
function pageOf(type: ColumnType, values: readonly (string | number | undefined)[]): Buffer {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, at) => {
    if (value !== undefined) bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7));
  });
  const levels = Buffer.concat([Buffer.from(varint(bits.length * 2 + 1)), bits]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  const there = values.filter((value) => value !== undefined).map((value) => plain(type, value));
  return Buffer.concat([length, levels, ...there]);
}

function plain(type: ColumnType, value: string | number): Buffer {
  if (type === "string") {
    const text = Buffer.from(String(value));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return Buffer.concat([length, text]);
  }
  const bytes = Buffer.alloc(type === "int32" ? 4 : 8);
  if (type === "int32") bytes.writeInt32LE(Number(value));
  else bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

function pageHeader(values: number, size: number, packed: number): Buffer {
  const header = new Compact();
  header.int(1, 0).int(2, size).int(3, packed);
  header.struct(5, (data) => data.int(1, values).int(2, PLAIN).int(3, RLE).int(4, RLE));
  return header.end().done();
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Thrift's compact protocol; fields in the order of their ids, numbers not negative. */
class Compact {
  readonly #out: number[] = [];
  /** Ids of the last fields, one a structure that is open. */
  readonly #last: number[] = [0];

  int(id: number, value: number): this {
    return this.#field(id, I32).number(value);
  }

  long(id: number, value: number): this {
    return this.#field(id, I64).number(value);
  }

  text(id: number, value: string): this {
    return this.#field(id, BINARY).bytes(value);
  }

  struct(id: number, write: (to: Compact) => unknown): this {
    this.#field(id, STRUCT);
    this.#last.push(0);
    write(this);
    return this.end();
  }

  /** Items that are structures end themselves. */
  list(id: number, type: number, items: readonly ((to: Compact) => unknown)[]): this {
    this.#field(id, LIST);
    if (items.length < 15) this.#out.push((items.length << 4) | type);
    else this.#out.push(0xf0 | type, ...varint(items.length));
    for (const write of items) {
      if (type === STRUCT) this.#last.push(0);
      write(this);
    }
    return this;
  }

  /** Zigzag. */
  number(value: number): this {
    this.#out.push(...varint(value * 2));
    return this;
  }

  bytes(value: string): this {
    const text = Buffer.from(value);
    this.#out.push(...varint(text.length), ...text);
    return this;
  }

  /** Ends the structure that is open. */
  end(): this {
    this.#out.push(0);
    this.#last.pop();
    return this;
  }

  done(): Buffer {
    return Buffer.from(this.#out);
  }

  #field(id: number, type: number): this {
    const delta = id - (this.#last.at(-1) as number);
    this.#last[this.#last.length - 1] = id;
    this.#out.push((delta << 4) | type);
    return this;
  }
}
