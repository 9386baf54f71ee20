/** Draws a diagram: groups side by side, boxes in columns, arrows as curves. Light and dark follow the reader. */
import type { Box, Diagram } from "./model.ts";

const BOX = { width: 172, line: 17, pad: 12, gap: 26 };
const GROUP = { pad: 18, head: 30, gap: 84, column: 64 };
const MARGIN = 14;

interface Placed {
  box: Box;
  x: number;
  y: number;
  height: number;
}

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const heightOf = ({ text }: Box) => text.length * BOX.line + BOX.pad * 2;
const columnHeight = (column: readonly Box[]) =>
  column.reduce((sum, box) => sum + heightOf(box) + BOX.gap, -BOX.gap);

/** A complete `<svg>`, as wide as its content. */
export function svg({ name, title, description, groups, arrows }: Diagram): string {
  const tallest = Math.max(...groups.flatMap(({ columns }) => columns.map(columnHeight)));
  const placed = new Map<string, Placed>();
  const frames: string[] = [];
  let x = MARGIN;
  for (const group of groups) {
    const width =
      GROUP.pad * 2 + group.columns.length * BOX.width + (group.columns.length - 1) * GROUP.column;
    frames.push(
      `<rect class="group" x="${x}" y="${MARGIN}" width="${width}" height="${tallest + GROUP.head + GROUP.pad * 2}" rx="10"/>`,
      `<text class="head" x="${x + GROUP.pad}" y="${MARGIN + 23}">${escapeXml(group.title)}</text>`,
    );
    for (const [index, column] of group.columns.entries()) {
      let y = MARGIN + GROUP.head + GROUP.pad + (tallest - columnHeight(column)) / 2;
      for (const box of column) {
        const height = heightOf(box);
        placed.set(box.id, { box, x: x + GROUP.pad + index * (BOX.width + GROUP.column), y, height });
        y += height + BOX.gap;
      }
    }
    x += width + GROUP.gap;
  }
  const width = x - GROUP.gap + MARGIN;
  const height = tallest + GROUP.head + GROUP.pad * 2 + MARGIN * 2;
  const lines = arrows.map((arrow) => {
    const from = placed.get(arrow.from);
    const to = placed.get(arrow.to);
    if (!from || !to)
      throw new Error(`diagram ${name}: an arrow from ${arrow.from} to ${arrow.to}, one is no box`);
    return drawArrow(from, to, arrow.label, arrow.blocked === true, name);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="diagram" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-labelledby="${name}-t ${name}-d">`,
    `<title id="${name}-t">${escapeXml(title)}</title><desc id="${name}-d">${escapeXml(description)}</desc>`,
    `<defs><marker id="${name}-go" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>`,
    ...frames,
    ...lines.map(({ line }) => line),
    ...[...placed.values()].map(drawBox),
    ...lines.map(({ label }) => label),
    "</svg>",
  ].join("\n");
}

function drawBox({ box, x, y, height }: Placed): string {
  const texts = box.text.map(
    (line, index) =>
      `<text class="${index === 0 ? "name" : "line"}" x="${x + BOX.width / 2}" y="${y + BOX.pad + 13 + index * BOX.line}">${escapeXml(line)}</text>`,
  );
  return `<rect class="box ${box.kind ?? "aws"}" x="${x}" y="${y}" width="${BOX.width}" height="${height}" rx="6"/>${texts.join("")}`;
}

function drawArrow(from: Placed, to: Placed, label: string | undefined, blocked: boolean, name: string) {
  const middle = (one: Placed) => one.y + one.height / 2;
  let path: string;
  let at: { x: number; y: number };
  if (from.x === to.x) {
    // in one column: straight down or up when next to each other
    const down = to.y > from.y;
    const start = { x: from.x + BOX.width / 2, y: down ? from.y + from.height : from.y };
    const end = { x: start.x, y: down ? to.y : to.y + to.height };
    const far = Math.abs(end.y - start.y) > BOX.gap + 1;
    const bend = far ? BOX.width / 2 + 30 : 0;
    path = far
      ? `M${from.x} ${middle(from)}C${from.x - 44} ${middle(from)} ${to.x - 44} ${middle(to)} ${to.x} ${middle(to)}`
      : `M${start.x} ${start.y}L${end.x} ${end.y}`;
    at = { x: far ? start.x - bend : start.x + 40, y: (start.y + end.y) / 2 + 5 };
  } else {
    const right = to.x > from.x;
    const start = { x: right ? from.x + BOX.width : from.x, y: middle(from) + (right ? -5 : 5) };
    const end = { x: right ? to.x : to.x + BOX.width, y: middle(to) + (right ? -5 : 5) };
    const bend = Math.max(30, Math.abs(end.x - start.x) / 2);
    path = `M${start.x} ${start.y}C${start.x + (right ? bend : -bend)} ${start.y} ${end.x + (right ? -bend : bend)} ${end.y} ${end.x} ${end.y}`;
    at = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 - 4 };
  }
  const marker = `marker-end="url(#${name}-go)"`;
  const half = blocked ? `<path class="x" d="M${at.x - 5} ${at.y - 1}l10 10m0 -10l-10 10"/>` : "";
  return {
    line: `<path class="arrow${blocked ? " blocked" : ""}" d="${path}" ${blocked ? "" : marker}/>${half}`,
    label: label
      ? `<text class="label" x="${at.x}" y="${at.y - (blocked ? 6 : 3)}">${escapeXml(label)}</text>`
      : "",
  };
}

/** Colours of the drawing, for the page it stands in. */
export const svgStyle = `
.diagram{max-width:100%;height:auto;font:13px system-ui,sans-serif}
.diagram text{fill:currentColor}
.diagram .group{fill:none;stroke:currentColor;stroke-opacity:.35;stroke-dasharray:5 4}
.diagram .head{font-weight:600;opacity:.75}
.diagram .name{font-weight:600;text-anchor:middle}
.diagram .line{font-size:11.5px;text-anchor:middle}
.diagram .label{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:var(--page);stroke-width:4px}
.diagram .box{stroke-width:1.4;fill:var(--box);stroke:#5b6b7b}
.diagram .user{stroke:#8a4fbf}.diagram .own{stroke:#0f7f6f}.diagram .data{stroke:#2a6fbb}
.diagram .key{stroke:#b7791f}.diagram .wall{stroke:#c0392b}
.diagram .arrow{fill:none;stroke:currentColor;stroke-opacity:.6;stroke-width:1.4}
.diagram .blocked{stroke:#c0392b;stroke-dasharray:6 4;stroke-opacity:1}
.diagram .tip{fill:currentColor;fill-opacity:.7}.diagram .x{stroke:#c0392b;stroke-width:2}
`;
