/**
 * `*` (any characters, none included, a newline too) and `?` (one character), matched in time that grows with the
 * text, whatever the pattern: the pattern is cut at its `*` into chunks, and each chunk is looked for once, left to
 * right, after the one before it. Taking the earliest place is never wrong, so nothing is ever tried twice.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import { Literal } from "./literal.ts";
import type { Piece } from "./template.ts";
import { parseTemplate } from "./template.ts";

interface Chunk {
  readonly text: string;
  readonly literal: Literal;
  /** For every character of `text`, 1 where any character fits; absent when there is no `?`. */
  readonly any: Uint8Array | undefined;
}

function fits(chunk: Chunk, text: string, at: number): boolean {
  const { any } = chunk;
  if (any === undefined) return chunk.literal.isAt(text, at);
  for (let i = 0; i < any.length; i++) {
    if (any[i] === 0 && chunk.text.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

function find(chunk: Chunk, text: string, from: number, last: number): number {
  if (chunk.any === undefined) {
    const at = text.indexOf(chunk.text, from);
    return at > last ? -1 : at;
  }
  for (let at = from; at <= last; at++) if (fits(chunk, text, at)) return at;
  return -1;
}

/** A compiled pattern without variables. */
export class Glob {
  /** Whether every text matches. */
  readonly matchesAll: boolean;
  /** The text to equal, when the pattern has no wildcard. */
  readonly exact: string | undefined;
  readonly #chunks: readonly Chunk[];
  readonly #openStart: boolean;
  readonly #openEnd: boolean;
  /** The shortest text that can match. */
  readonly #least: number;

  constructor(pieces: readonly Piece[]) {
    const chunks: Chunk[] = [];
    let text = "";
    let any: number[] = [];
    const close = (): void => {
      if (text === "") return;
      const mask = any.includes(1) ? Uint8Array.from(any) : undefined;
      chunks.push({ text, literal: new Literal(text), any: mask });
      text = "";
      any = [];
    };
    for (const piece of pieces) {
      if (piece.kind === "many") close();
      else if (piece.kind === "one") {
        text += "?";
        any.push(1);
      } else if (piece.kind === "literal") {
        text += piece.text;
        for (let i = 0; i < piece.text.length; i++) any.push(0);
      } else throw new TypeError("a pattern with variables must be resolved before it is compiled");
    }
    close();
    this.#chunks = chunks;
    this.#openStart = pieces[0]?.kind === "many";
    this.#openEnd = pieces[pieces.length - 1]?.kind === "many";
    this.#least = chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
    this.matchesAll = pieces.length > 0 && chunks.length === 0;
    const only = chunks[0];
    this.exact = pieces.some((piece) => piece.kind !== "literal") ? undefined : (only?.text ?? "");
  }

  /** Whether `text` between `from` and `to` matches the whole pattern. */
  test(text: string, from = 0, to: number = text.length): boolean {
    if (this.matchesAll) return true;
    const size = to - from;
    if (this.exact !== undefined) {
      if (size !== this.exact.length) return false;
      if (size === text.length) return text === this.exact;
      return size === 0 || fits(this.#chunks[0] as Chunk, text, from);
    }
    if (size < this.#least) return false;
    const chunks = this.#chunks;
    let first = 0;
    let end = chunks.length;
    let low = from;
    let high = to;
    if (!this.#openStart) {
      const chunk = chunks[0] as Chunk;
      if (!fits(chunk, text, low)) return false;
      low += chunk.text.length;
      first = 1;
      if (end === 1) return this.#openEnd || low === to;
    }
    if (!this.#openEnd) {
      const chunk = chunks[end - 1] as Chunk;
      high -= chunk.text.length;
      if (high < low || !fits(chunk, text, high)) return false;
      end--;
    }
    for (let i = first; i < end; i++) {
      const chunk = chunks[i] as Chunk;
      const at = find(chunk, text, low, high - chunk.text.length);
      if (at < 0) return false;
      low = at + chunk.text.length;
    }
    return true;
  }
}

/** Compiles a pattern of plain text, `*` and `?`. */
export function compileWildcard(pattern: string): Glob {
  return new Glob(parseTemplate(pattern, { variables: false, wildcards: true }));
}

/**
 * Whether `text` matches `pattern` as a whole; case matters.
 *
 * @example matchWildcard("b/*" + "/test/*", "b/1/2/test/3") // true
 */
export function matchWildcard(pattern: string, text: string): boolean {
  return compileWildcard(pattern).test(text);
}
