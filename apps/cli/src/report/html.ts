/** A report as one HTML page that needs nothing else: no script, no request. */
import { type Block, blocksOf, type Cell, type Report, textOf } from "./report.ts";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const plain = (text: string) => text.replace(/[&<>"]/g, (one) => escapes[one] ?? one);

const shown = (cell: Cell) => {
  const text = plain(textOf(cell).trim());
  return typeof cell === "string" ? text : `<span class="${cell.tone}">${text}</span>`;
};

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .3rem .8rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: .8rem; background: #8881; }
.good { color: #1a7f37; } .bad { color: #cf222e; font-weight: 600; } .warn { color: #9a6700; }
.dim { opacity: .65; } .strong { font-weight: 600; }
@media (prefers-color-scheme: dark) { .good { color: #3fb950; } .bad { color: #ff7b72; } .warn { color: #d29922; } }
footer { margin-top: 2rem; opacity: .65; font-size: .85rem; }`;

const td = (cell: Cell) =>
  `<td${/^\s*-?[\d.,]+\s*$/.test(textOf(cell)) ? ' class="number"' : ""}>${shown(cell)}</td>`;

function block(one: Block): string {
  if ("heading" in one) return `<h2>${plain(one.heading)}</h2>`;
  if ("text" in one) return `<p>${shown(one.text)}</p>`;
  if ("lines" in one) return `<pre>${plain(one.lines)}</pre>`;
  if ("list" in one) return `<ul>${one.list.map((cell) => `<li>${shown(cell)}</li>`).join("")}</ul>`;
  const head = one.header
    ? `<thead><tr>${one.header.map((name) => `<th scope="col">${plain(name)}</th>`).join("")}</tr></thead>`
    : "";
  return `<table>${head}<tbody>${one.rows.map((row) => `<tr>${row.map(td).join("")}</tr>`).join("\n")}</tbody></table>`;
}

/** @param made when, for the footer */
export function renderHtml(report: Report, made: Date = new Date()): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${plain(report.title)}</title><style>${style}</style></head>
<body>
<h1>${plain(report.title)}</h1>
${blocksOf(report).map(block).join("\n")}
<footer>Sagekeep, ${made.toISOString().slice(0, 16).replace("T", " ")} UTC</footer>
</body>
</html>
`;
}
