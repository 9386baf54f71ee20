/** Errors of this package. */

/** A platform that is valid as a file and still cannot become templates. */
export class ConstructsError extends Error {
  override readonly name = "ConstructsError";
  /** The user's file is at fault, not the tool. */
  readonly side = "user";
  /** A stable code, `SYNTH0001`. */
  readonly code: string;
  /** What to do about it. */
  readonly help: string;

  constructor(code: string, message: string, help: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}
