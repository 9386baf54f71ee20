/** A report as GitHub-flavoured Markdown. */
import { type Block, blocksOf, type Cell, type Report, textOf } from "./report.ts";

/** Characters that would be read as markup, and line ends. */
const plain = (text: string) =>
  text
    .replace(/[\\*_[\]<>|#~]/g, "\\$&")
    .replace(/`/g, "\\`")
    .replace(/\s*\n\s*/g, " ");

const shown = (cell: Cell) => {
  const text = plain(textOf(cell));
  return typeof cell !== "string" && text && (cell.tone === "bad" || cell.tone === "strong")
    ? `**${text.trim()}**`
    : text.trim();
};

function block(one: Block): string {
  if ("heading" in one) return `## ${plain(one.heading)}`;
  if ("text" in one) return shown(one.text);
  if ("lines" in one) return one.lines.replace(/^/gm, "    ");
  if ("list" in one) return one.list.map((cell) => `- ${shown(cell)}`).join("\n");
  const columns = Math.max(one.header?.length ?? 0, ...one.rows.map((row) => row.length));
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: columns }, (_, index) => cells[index] ?? "").join(" | ")} |`;
  return [
    line((one.header ?? []).map(plain)),
    line(Array.from({ length: columns }, () => "---")),
    ...one.rows.map((row) => line(row.map(shown))),
  ].join("\n");
}

export function renderMarkdown(report: Report): string {
  return [`# ${plain(report.title)}`, ...blocksOf(report).map(block)].join("\n\n");
}
