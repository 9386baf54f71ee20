/**
 * YAML text into plain values whose places stay known.
 *
 * Reads one YAML 1.2 document with the `yaml` package, which keeps the position of every node. The reader is
 * bounded (size, depth, aliases), because a platform file may come from a pull request.
 */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import type { Place, Problem } from "./problem.ts";

/** What the reader accepts. A file for 1,000 users is about 60 KB. */
export const LIMITS = { characters: 1_048_576, depth: 24, aliases: 100 } as const;

export type Path = readonly (string | number)[];

/** A parsed file: the plain value, and where each part of it stands. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** The place of the value at `path`, or of its key with `key`; of the nearest parent when it is absent. */
  place(path: Path, part?: "value" | "key"): Place;
  /** The text of the scalar at `path` as it was written. */
  written(path: Path): string | undefined;
}

export interface ReadSource {
  readonly source: Source;
  /** Syntax problems; the source's value is then what could be read, or undefined. */
  readonly problems: readonly Problem[];
}

/** Reads YAML text. Never throws for bad input: everything wrong is in `problems`. */
export function readSource(text: string, file: string): ReadSource {
  const counter = new LineCounter();
  const lines = text.length > LIMITS.characters ? [] : text.split(/\r\n|\n|\r/);
  const placeOf = (from: number, to: number, path: Path): Place => {
    const { line, col } = from <= 0 ? { line: 1, col: 1 } : counter.linePos(from);
    const shown = lines[line - 1] ?? "";
    const untilLineEnd = Math.max(1, shown.length - (col - 1));
    const length = Math.max(1, Math.min(to - from, untilLineEnd));
    return {
      file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      length,
      path: path.join("."),
      text: shown,
    };
  };
  const start = (): Place => placeOf(0, 0, []);
  const stop = (code: string, message: string, label: string, help: string, place = start()): ReadSource => ({
    source: { file, value: undefined, place: start, written: () => undefined },
    problems: [{ code, severity: "error", message, label, help, place }],
  });

  if (text.length > LIMITS.characters)
    return stop(
      "SPEC0002",
      `the file has ${text.length} characters, the limit is ${LIMITS.characters}`,
      "too large",
      "split the platform: one file per account or business unit",
    );
  const deep = deepestLine(lines);
  if (deep !== undefined)
    return stop("SPEC0003", "nesting is too deep", "too deep", `at most ${LIMITS.depth} levels`, {
      ...start(),
      line: deep,
      text: lines[deep - 1] ?? "",
    });

  try {
    const documents = parseAllDocuments(text, {
      lineCounter: counter,
      prettyErrors: false,
      logLevel: "silent",
    });
    if ("empty" in documents || documents.length === 0 || documents[0]?.contents === null)
      return stop(
        "SPEC0004",
        "the file is empty",
        "nothing here",
        "`sagekeep init` writes a first platform.yaml",
      );
    const document = documents[0]!;
    const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
      code: "SPEC0001",
      severity: "error",
      message: `not valid YAML: ${lowerFirst(error.message)}`,
      label: "here",
      help: yamlHelp(error.code, error.message),
      place: placeOf(error.pos[0], error.pos[1], []),
    }));
    if (documents.length > 1) {
      const second = documents[1]!;
      const at = second.range?.[0] ?? 0;
      const help = "one platform a file: remove the `---` or move the second document to a file of its own";
      problems.push({
        code: "SPEC0005",
        severity: "error",
        message: `the file holds ${documents.length} YAML documents, expected one`,
        label: "second document",
        help,
        place: placeOf(at, at + 1, []),
      });
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: LIMITS.aliases });
    } catch (error) {
      const message = `aliases expand too far: ${lowerFirst((error as Error).message)}`;
      problems.push({
        code: "SPEC0003",
        severity: "error",
        message,
        label: "here",
        help: `at most ${LIMITS.aliases} uses of aliases (\`*name\`)`,
        place: start(),
      });
    }
    const nodeAt = (path: Path) =>
      walk(document.contents, path, (node) => (isAlias(node) ? node.resolve(document) : node));
    const place = (path: Path, part: "value" | "key" = "value"): Place => {
      const { value: node, key } = nodeAt(path);
      const chosen = part === "key" ? (key ?? node) : (node ?? key);
      const range = chosen?.range ?? [0, 1, 1];
      const to =
        chosen !== undefined && (isMap(chosen) || isSeq(chosen))
          ? Math.min(range[1], range[0] + 80)
          : range[1];
      return placeOf(range[0], to, path);
    };
    const written = (path: Path): string | undefined => {
      const { value: node, exact } = nodeAt(path);
      return exact && isScalar(node) && node.range ? text.slice(node.range[0], node.range[1]) : undefined;
    };
    return { source: { file, value, place, written }, problems };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return stop("SPEC0003", "nesting is too deep to read", "too deep", `at most ${LIMITS.depth} levels`);
  }
}

/** Follows `path` from a node as far as it exists: the last node reached, the key that led to it. */
function walk(root: Node | null, path: Path, resolve: (node: Node) => Node | undefined) {
  let value: Node | undefined = root ?? undefined;
  let key: Node | undefined;
  for (const step of path) {
    const inside: Node | undefined = value === undefined ? undefined : resolve(value);
    if (isMap(inside)) {
      const pair = inside.items.find(
        (item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step),
      );
      if (pair === undefined) return { value: key ?? value, key, exact: false };
      key = pair.key as Node;
      value = (pair.value as Node | null) ?? undefined;
    } else if (isSeq(inside)) {
      const item = inside.items[Number(step)] as Node | undefined;
      if (item === undefined) return { value, key, exact: false };
      key = item;
      value = item;
    } else return { value: value ?? key, key, exact: false };
  }
  return { value, key, exact: true };
}

/** The first line whose flow brackets or block indicators nest beyond the limit, counting from 1. */
function deepestLine(lines: readonly string[]): number | undefined {
  let brackets = 0;
  for (const [index, line] of lines.entries()) {
    const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|(?:^|\s)#.*$/g, "");
    for (const character of bare) {
      if (character === "[" || character === "{") brackets++;
      else if (character === "]" || character === "}") brackets = Math.max(0, brackets - 1);
      if (brackets > LIMITS.depth) return index + 1;
    }
    const indicators = /^(?:[\s]*[-?:]\s)+/.exec(bare)?.[0] ?? "";
    if (indicators.replace(/\s/g, "").length > LIMITS.depth) return index + 1;
    if (/^ */.exec(line)![0].length > LIMITS.depth * 8 && bare.trim() !== "") return index + 1;
  }
  return undefined;
}

function lowerFirst(message: string): string {
  const first = message.split("\n")[0]!.replace(/\.$/, "");
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function yamlHelp(code: string, message: string): string {
  if (code === "DUPLICATE_KEY" || message.includes("unique"))
    return "each name may appear once: merge the two entries";
  if (code === "TAB_AS_INDENT") return "indent with spaces, not tabs";
  if (code === "BAD_INDENT") return "line the key up with its neighbours";
  return "check quotes, colons and indentation around this place";
}
