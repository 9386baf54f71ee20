/** An answer for people, before it is known whether they read it on a terminal, in Markdown or in a browser. */

export type Tone = "good" | "bad" | "warn" | "dim" | "strong";

/** Text, perhaps with a tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

export type Block =
  | { readonly heading: string }
  | { readonly text: Cell }
  | { readonly list: readonly Cell[] }
  /** Lines kept as they are. */
  | { readonly lines: string }
  | { readonly header?: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

export interface Report {
  readonly title: string;
  /** Empty ones are left out. */
  readonly blocks: readonly (Block | undefined | false)[];
}

export const formats = ["text", "markdown", "html", "json"] as const;
export type Format = (typeof formats)[number];

const tone =
  (name: Tone) =>
  (text: string): Cell => ({ text, tone: name });

/** Cells with a tone: `tones.bad("denied")`. */
export const tones = {
  good: tone("good"),
  bad: tone("bad"),
  warn: tone("warn"),
  dim: tone("dim"),
  strong: tone("strong"),
};

export const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);

export function blocksOf({ blocks }: Report): Block[] {
  return blocks.filter((one): one is Block => {
    if (!one) return false;
    if ("list" in one) return one.list.length > 0;
    return !("rows" in one) || one.rows.length > 0;
  });
}

/** What could not be read, as a block: never hidden. */
export function gapsBlock(gaps: readonly { what: string; why: string }[]): Block {
  return { list: gaps.map((gap) => tones.warn(`not read: ${gap.what} (${gap.why})`)) };
}
