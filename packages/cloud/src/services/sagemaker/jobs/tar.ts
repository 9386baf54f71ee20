/** Archives as SageMaker writes and reads them: gzipped POSIX tar, regular files only. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";

const BLOCK = 512;

function header(name: string, size: number, time: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string, at: number) => block.write(text, at, "utf8");
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0");
  const long = Buffer.byteLength(name) > 100;
  const cut = long ? name.lastIndexOf("/", 154) : -1;
  put(long ? name.slice(cut + 1) : name, 0);
  put(octal(0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(size, 12), 124);
  put(octal(Math.floor(time / 1000), 12), 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\u000000", 257);
  if (long) put(name.slice(0, cut), 345);
  put(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )}\0 `,
    148,
  );
  return block;
}

/** A `.tar.gz` of the files under `folder`; `undefined` when there are none. */
export function archive(folder: string, time: number): Buffer | undefined {
  const blocks: Buffer[] = [];
  for (const file of filesUnder(folder)) {
    const bytes = readFileSync(file);
    blocks.push(header(relative(folder, file).split(sep).join("/"), bytes.length, time), bytes);
    const rest = bytes.length % BLOCK;
    if (rest) blocks.push(Buffer.alloc(BLOCK - rest));
  }
  if (blocks.length === 0) return undefined;
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

/** Regular files under a folder, sorted; none when it is not there. */
export function filesUnder(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path);
    return stat.isDirectory() ? filesUnder(path) : stat.isFile() ? [path] : [];
  });
}
