/**
 * What is wrong, or doubtful, about a policy: a stable code, the place as a JSON path, what was got and expected, and
 * the remedy.
 */

/** A finding about a policy document. */
export interface Diagnostic {
  /** Stable: `POLICY01xx` reading, `02xx` structure, `03xx` meaning, `04xx` size. */
  readonly code: string;
  /** `$.Statement[0].Action[1]` */
  readonly path: string;
  /** Lowercase, no final period. */
  readonly message: string;
  readonly help?: string;
}

/** Collects diagnostics while a document is looked through. */
export class Findings {
  readonly errors: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  /** Whether the structure is so wrong that the document cannot be evaluated. */
  broken = false;

  /** AWS would refuse the document. */
  error(code: string, path: string, message: string, help?: string): void {
    this.errors.push(help === undefined ? { code, path, message } : { code, path, message, help });
  }

  /** The document cannot even be evaluated. */
  fatal(code: string, path: string, message: string, help?: string): void {
    this.broken = true;
    this.error(code, path, message, help);
  }

  /** AWS would accept the document, but it probably does not do what its author wants. */
  warn(code: string, path: string, message: string, help?: string): void {
    this.warnings.push(help === undefined ? { code, path, message } : { code, path, message, help });
  }
}
