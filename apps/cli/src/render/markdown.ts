/** The labs' Markdown in a terminal: wrapped, with the little emphasis that a terminal has. */
import { paint, table } from "./table.ts";

const inline = (text: string) =>
  text
    .replace(/`([^`]+)`/g, (_, code: string) => paint.cyan(code))
    .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => paint.bold(strong))
    .replace(/(^|[^*\w])\*([^*\s][^*]*)\*/g, (_, before: string, word: string) => before + paint.italic(word))
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, name: string, url: string) =>
      url.startsWith("#") ? name : `${name} (${paint.dim(url)})`,
    );

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences have no width
const width = (text: string) => [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;

function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && width(line) + 1 + width(word) > columns - indent.length) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines.join(`\n${indent}`);
}

/** A table as wide as its content; one that does not fit becomes a list. */
function renderTable([head = [], ...rows]: string[][], most: number): string {
  const text = table(rows, head);
  if (text.split("\n").every((line) => width(line) <= Math.max(most, 120))) return text;
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === 0 ? `- ${cell}` : `    ${head[at] ? `${head[at]}: ` : ""}${wrap(cell, most, "      ")}`,
        )
        .join("\n"),
    )
    .join("\n");
}

/** @param columns width of the terminal; text is never wider than 100 */
export function renderMarkdown(text: string, columns = process.stdout.columns ?? 100): string {
  const most = Math.min(100, Math.max(40, columns));
  const out: string[] = [];
  let paragraph: string[] = [];
  let head = "";
  let rows: string[][] = [];
  const flush = () => {
    if (rows.length > 0) out.push(renderTable(rows, most));
    rows = [];
    if (paragraph.length === 0) return;
    const indent = " ".repeat(head.length);
    out.push(head + wrap(inline(paragraph.join(" ")), most, indent));
    paragraph = [];
    head = "";
  };
  let fence = false;
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) {
      flush();
      fence = !fence;
      continue;
    }
    if (fence) {
      out.push(`    ${paint.cyan(line)}`);
      continue;
    }
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^(\s*)([-*]|\d+\.)\s+(.*)$/.exec(line);
    if (heading) {
      flush();
      out.push(paint.bold(inline(heading[2] ?? "")));
    } else if (/^\s*\|/.test(line)) {
      if (paragraph.length > 0) flush();
      if (!/^\s*\|[\s:|-]+\|?\s*$/.test(line))
        rows.push(
          line
            .trim()
            .replace(/^\||\|$/g, "")
            .split(/(?<!\\)\|/)
            .map((cell) => inline(cell.trim())),
        );
    } else if (item) {
      flush();
      head = `${item[1]}${item[2] === "*" ? "-" : item[2]} `;
      paragraph.push(item[3] ?? "");
    } else if (line.trim() === "") {
      flush();
      if (out.at(-1) !== "") out.push("");
    } else paragraph.push(line.trim().replace(/^>\s?/, "│ "));
  }
  flush();
  return out.join("\n").trim();
}
