/**
 * Where a statement stands in the text of its policy, as the simulator reports it: lines and columns from 1. AWS tells
 * where its parser was: a statement of a list starts behind the bracket or the statement before it, one that stands
 * alone behind its own brace; either ends behind its last brace.
 */

interface Positions {
  StartPosition: { Line: number; Column: number };
  EndPosition: { Line: number; Column: number };
}

/** Positions of the statement with this index. */
export function positionOf(document: string, index: number): Positions {
  const [start, end] = statementRange(document, index) ?? [0, document.length];
  return { StartPosition: lineColumn(document, start), EndPosition: lineColumn(document, end) };
}

function lineColumn(text: string, offset: number): { Line: number; Column: number } {
  const before = text.slice(0, offset).split("\n");
  return { Line: before.length, Column: (before.at(-1)?.length ?? 0) + 1 };
}

function statementRange(text: string, index: number): [number, number] | undefined {
  const at = text.search(/"Statement"\s*:/);
  if (at < 0) return undefined;
  let depth = 0;
  let count = -1;
  let start: number | undefined;
  for (let i = text.indexOf(":", at + 11) + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (char === "[" && depth === 0) {
      start ??= i + 1;
    } else if (char === "{") {
      if (depth++ === 0) {
        count++;
        start ??= i + 1;
      }
    } else if (char === "}") {
      if (--depth < 0) return undefined;
      if (depth === 0) {
        if (count === index) return [start as number, i + 1];
        start = i + 1;
      }
    }
  }
  return undefined;
}
