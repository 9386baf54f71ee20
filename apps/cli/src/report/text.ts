/** A report on a terminal. */
import { paint, table } from "../render/table.ts";
import { type Block, blocksOf, type Cell, type Report, type Tone } from "./report.ts";

const colours: Record<Tone, (text: string) => string> = {
  good: paint.green,
  bad: paint.red,
  warn: paint.yellow,
  dim: paint.dim,
  strong: paint.bold,
};

const shown = (cell: Cell) => (typeof cell === "string" ? cell : colours[cell.tone](cell.text));

function block(one: Block): string {
  if ("heading" in one) return paint.bold(one.heading);
  if ("text" in one) return shown(one.text);
  if ("lines" in one) return one.lines;
  if ("list" in one) return one.list.map(shown).join("\n");
  return table(
    one.rows.map((row) => row.map(shown)),
    one.header,
  );
}

/** Blocks with an empty line before and after tables; the title is the command the reader just typed. */
export function renderText(report: Report): string {
  const blocks = blocksOf(report);
  return blocks
    .map((one, index) => {
      const before = blocks[index - 1];
      const apart = before && ("rows" in one || "rows" in before || "heading" in one || "lines" in one);
      const close = before && "heading" in before;
      return `${apart && !close ? "\n" : ""}${block(one)}`;
    })
    .join("\n");
}
