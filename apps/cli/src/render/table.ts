/** Plain tables for people: columns as wide as their content. */
import pc from "picocolors";

/** Colours for stdout. */
export const paint = pc.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences have no width
const width = (text: string) => [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;

/** Lines of a table; the header, if any, is underlined. Cells may be coloured. */
export function table(rows: readonly (readonly string[])[], header?: readonly string[]): string {
  const all = header ? [header, ...rows] : rows;
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...all.map((row) => width(row[index] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd();
  const lines = rows.map(line);
  return header
    ? [paint.bold(line(header)), widths.map((one) => "─".repeat(one)).join("  "), ...lines].join("\n")
    : lines.join("\n");
}
