/**
 * `sagekeep simulate`: an offline policy simulator. One JSON question a line, one JSON answer a line; a line that
 * cannot be answered gets an error object, and the rest still run.
 */
import { type Answer, answer } from "./answer.ts";
import { SimulateError } from "./errors.ts";
import { readLines } from "./lines.ts";
import { readQuestion } from "./question.ts";

/** The answer to a line that cannot be answered. */
export interface LineError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly help?: string;
    readonly line?: number;
  };
}

export interface SimulateOptions {
  /** The moment of the requests that name none. @default now */
  readonly now?: Date;
  /** The longest line read, in bytes. @default 4 MiB */
  readonly mostBytes?: number;
}

function lineError(code: string, message: string, help?: string): LineError {
  return { error: help === undefined ? { code, message } : { code, message, help } };
}

/** Answers one line. Never throws. */
export function simulate(line: string, options: SimulateOptions = {}): Answer | LineError {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return lineError("SIM0101", "line is not JSON", "give one JSON object a line");
  }
  try {
    return answer(readQuestion(value, options.now ?? new Date()));
  } catch (error) {
    if (error instanceof SimulateError) return lineError(error.code, error.message, error.help);
    return lineError(
      "SIM0001",
      error instanceof Error ? error.message : String(error),
      "this is a mistake of ours: please report the line",
    );
  }
}

/** Answers one line with one line of JSON, without newline. */
export function simulateLine(line: string, options: SimulateOptions = {}): string {
  return JSON.stringify(simulate(line, options));
}

/**
 * Answers a stream of lines, one line of JSON each, errors with their line number. Empty lines are passed over.
 *
 * @example for await (const line of simulateStream(process.stdin)) process.stdout.write(`${line}\n`);
 */
export async function* simulateStream(
  input: AsyncIterable<Uint8Array | string>,
  options: SimulateOptions = {},
): AsyncGenerator<string> {
  const mostBytes = options.mostBytes ?? 4 * 1024 * 1024;
  let number = 0;
  for await (const line of readLines(input, mostBytes)) {
    number++;
    if ("tooLong" in line) {
      const { error } = lineError(
        "SIM0104",
        `line is ${line.tooLong} bytes long, expected at most ${mostBytes}`,
      );
      yield JSON.stringify({ error: { ...error, line: number } });
      continue;
    }
    if (line.text.trim() === "") continue;
    const result = simulate(line.text, options);
    yield JSON.stringify("error" in result ? { error: { ...result.error, line: number } } : result);
  }
}
