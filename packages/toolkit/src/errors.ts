/** Errors of the toolkit: a code, a sentence, a remedy and whose side it is on. */

/** Exit codes of every command (docs: README, "Exit codes"). */
export const exitCodes = { done: 0, failed: 1, denied: 2, invalid: 3, unknown: 4, cancelled: 5 } as const;
export type Exit = keyof typeof exitCodes;

export interface ToolkitErrorOptions {
  help?: string;
  /** Which exit code the command ends with. @default "failed" */
  exit?: Exit;
  cause?: unknown;
}

export class ToolkitError extends Error {
  readonly code: string;
  readonly help: string | undefined;
  readonly exit: Exit;

  constructor(code: string, message: string, options: ToolkitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ToolkitError";
    this.code = code;
    this.help = options.help;
    this.exit = options.exit ?? "failed";
  }
}
