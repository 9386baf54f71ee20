/** What every command file exports, and what it may use. */

import type { Exit, Io } from "@sagekeep/toolkit";
import type { Command } from "commander";
import type { Report } from "./report/report.ts";

/** Options every command has. */
export interface CommonOptions {
  json?: boolean;
  /** See `withFormat`. */
  format?: string;
  output?: string;
  quiet?: boolean;
}

export interface Session {
  io: Io;
  json: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  version: string;
  /** Node's arguments that start this program again. */
  self: readonly string[];
  /** The answer: `value` with `--json`, else a report in the chosen format, or plain text. */
  answer(value: unknown, shown: () => string | Report): void;
}

/** Runs an action in a session and turns its outcome into the exit code. */
export type Run = (work: (session: Session) => Promise<Exit | void>) => Promise<void>;

/** Adds a command (or a family) to the program. */
export type Register = (program: Command, run: (options: CommonOptions) => Run) => void;
