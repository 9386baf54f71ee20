/**
 * Reads a document, refusing at once what is too large or too deep to be a policy: no AWS policy is larger than
 * 32 KB, and none nests deeper than a handful of levels.
 */
import type { Findings } from "../diagnostic.ts";
import { jsonErrorAt, lineAndColumn } from "../json-place.ts";

/** The largest text looked at. */
export const mostCharacters = 200_000;
/** The deepest nesting looked at. */
export const mostLevels = 16;
/** The most values looked at in a document given as an object. */
const mostValues = 50_000;

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 92) at++;
      else if (char === 34) quoted = false;
    } else if (char === 34) quoted = true;
    else if (char === 123 || char === 91) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (char === 125 || char === 93) depth--;
  }
  return deepest;
}

function tooLarge(value: unknown): "deep" | "many" | undefined {
  const stack: [unknown, number][] = [[value, 0]];
  let seen = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [current, depth] = next;
    if (depth > mostLevels) return "deep";
    if (++seen > mostValues) return "many";
    if (typeof current !== "object" || current === null) continue;
    for (const child of Object.values(current)) {
      if (stack.length > mostValues) return "many";
      stack.push([child, depth + 1]);
    }
  }
  return undefined;
}

/** The parsed document, or `undefined` after a finding. */
export function readDocument(source: unknown, findings: Findings): unknown {
  if (typeof source !== "string") {
    const excess = tooLarge(source);
    if (excess === undefined) return source;
    const message =
      excess === "deep"
        ? `policy nests deeper than ${mostLevels} levels`
        : `policy has more than ${mostValues} values`;
    findings.fatal("POLICY0102", "$", message, "a policy is at most 32 KB and six levels deep");
    return undefined;
  }
  if (source.length > mostCharacters) {
    const message = `policy is ${source.length} characters, expected at most ${mostCharacters}`;
    findings.fatal("POLICY0101", "$", message, "no AWS policy may be larger than 32 KB: split it");
    return undefined;
  }
  const depth = depthOf(source);
  if (depth > mostLevels) {
    findings.fatal("POLICY0102", "$", `policy nests ${depth} levels deep, expected at most ${mostLevels}`);
    return undefined;
  }
  try {
    return JSON.parse(source) as unknown;
  } catch {
    const place = lineAndColumn(source, jsonErrorAt(source) ?? 0);
    findings.fatal(
      "POLICY0103",
      "$",
      `policy is not JSON at ${place}`,
      "give one JSON object with `Statement`",
    );
    return undefined;
  }
}
