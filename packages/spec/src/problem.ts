/**
 * What can be wrong with a platform file, and how it is shown.
 *
 * One shape for every finding, so that the command line, an editor and a test see the same thing: a stable
 * code, what was got, what was expected, the place, and the remedy.
 */

/** A place in the source text. Lines and columns count from 1; `length` is in characters, at least 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The path of keys and indexes that leads to the value, `teams.team-a.users.ana`. */
  readonly path: string;
  /** The source line itself, without its line break; empty when there is none. */
  readonly text: string;
}

export interface Problem {
  /** A stable code, `SPEC0104`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong, user text in backticks; lowercase, no final period. */
  readonly message: string;
  /** What belongs at the place: printed beside the underline. */
  readonly label: string;
  /** What to do about it. */
  readonly help?: string;
  readonly place: Place;
}

/** The longest source line that is shown whole; longer ones are cut around the place. */
const SHOWN = 140;

/** One problem as text: header, place, source line with an underline, help. No final line break. */
export function formatProblem(problem: Problem): string {
  const { place } = problem;
  const number = String(place.line);
  const margin = " ".repeat(Math.max(4, number.length + 1));
  const cut = Math.max(0, place.column - 1 - Math.floor(SHOWN / 2));
  const text = place.text.length > SHOWN ? place.text.slice(cut, cut + SHOWN) : place.text;
  const from = place.text.length > SHOWN ? place.column - 1 - cut : place.column - 1;
  const width = Math.max(1, Math.min(place.length, text.length - from || 1));
  const lines = [
    `${problem.severity}[${problem.code}]: ${problem.message}`,
    `  --> ${place.file}:${place.line}:${place.column}`,
  ];
  if (text.trim() !== "") {
    lines.push(`${number.padStart(margin.length)} | ${text}`);
    lines.push(
      `${margin} | ${" ".repeat(from)}${"^".repeat(width)}${problem.label ? ` ${problem.label}` : ""}`,
    );
  } else if (problem.label) lines.push(`${margin} = ${problem.label}`);
  if (problem.help) lines.push(`help: ${problem.help}`);
  return lines.join("\n");
}

/** Every problem, in the order of the file, with a blank line between. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("\n\n");
}
