/**
 * Lines of an unbounded stream, none of which is kept beyond a bound: a longer one is passed over and reported.
 */

/** A line, or its number of bytes when it was longer than the bound. */
export type Line = { readonly text: string } | { readonly tooLong: number };

/** Cuts a stream of bytes or text at its newlines. `\r\n` and a byte order mark are taken off. */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  mostBytes: number,
): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let first = true;
  const finish = (): Line => {
    if (size > mostBytes) return { tooLong: size };
    let text = new TextDecoder("utf-8", { ignoreBOM: !first }).decode(Buffer.concat(parts));
    if (text.endsWith("\r")) text = text.slice(0, -1);
    return { text };
  };
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(10, start);
      const end = newline < 0 ? bytes.length : newline;
      size += end - start;
      if (size <= mostBytes) parts.push(bytes.subarray(start, end));
      else parts = [];
      start = end + 1;
      if (newline < 0) break;
      yield finish();
      first = false;
      parts = [];
      size = 0;
    }
  }
  if (size > 0) yield finish();
}
