/** Collects problems for one file, so that checks only say what is wrong and where. */

import type { Problem } from "./problem.ts";
import type { Path, Source } from "./source.ts";

export interface Finding {
  readonly code: string;
  readonly path: Path;
  /** Underline the key instead of the value. */
  readonly at?: "key" | "value";
  readonly message: string;
  readonly label: string;
  readonly help?: string;
  readonly severity?: "error" | "warning";
}

export class Findings {
  readonly source: Source;
  readonly problems: Problem[] = [];

  constructor(source: Source) {
    this.source = source;
  }

  add(finding: Finding): void {
    const place = this.source.place(finding.path, finding.at ?? "value");
    this.problems.push({
      code: finding.code,
      severity: finding.severity ?? "error",
      message: finding.message,
      label: finding.label,
      ...(finding.help === undefined ? {} : { help: finding.help }),
      place,
    });
  }

  /** True when something was already said about this value or about something inside it. */
  has(path: Path): boolean {
    const prefix = path.join(".");
    return this.problems.some((one) => one.place.path === prefix || one.place.path.startsWith(`${prefix}.`));
  }
}
