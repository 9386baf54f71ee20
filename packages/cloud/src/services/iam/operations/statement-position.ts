/** Where a statement stands in the text of its policy, as the simulator reports it: lines and columns from 1. */

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

/** Offsets of the braces of one statement: its nesting is two in a list, one when it stands alone. */
function statementRange(text: string, index: number): [number, number] | undefined {
  const at = text.search(/"Statement"\s*:/);
  if (at < 0) return undefined;
  let depth = 0;
  let count = -1;
  let start = 0;
  for (let i = text.indexOf(":", at + 11) + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (char === "{") {
      if (depth++ === 0) {
        count++;
        start = i;
      }
    } else if (char === "}") {
      if (--depth === 0 && count === index) return [start, i + 1];
      if (depth < 0) return undefined;
    }
  }
  return undefined;
}
