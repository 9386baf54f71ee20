/**
 * How far the learner is, in `progress.json`: written whole and atomically, and always before something is made in the
 * account, so that what a crash leaves behind is known and can be undone.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ToolkitError } from "@sagekeep/toolkit";

export type LabTarget = { kind: "local" } | { kind: "aws"; account: string; region: string };

/** A step whose surroundings are (being) made. */
export interface OpenStep {
  lab: string;
  step: string;
  phase: "preparing" | "prepared";
  /** Whether the learner's document may be in force. */
  applied: boolean;
  /** Whether experiments have been played: what they made is still there. */
  played: boolean;
  /** What the step keeps for its undo. */
  kept: Record<string, string>;
}

export interface StepProgress {
  /** `read`: shown, and not playable on this target. */
  state: "started" | "failed" | "passed" | "read";
  checks: number;
  hinted?: true;
  /** The solution was written into the learner's file. */
  solved?: true;
  at: string;
}

export interface QuizProgress {
  right: number;
  of: number;
  at: string;
}

export interface ProgressData {
  version: 1;
  target: LabTarget;
  /** Hash of the platform file that was deployed. */
  deployed?: string;
  lab?: string;
  step?: string;
  open?: OpenStep;
  /** By `<lab>/<step>`. */
  steps: Record<string, StepProgress>;
  quizzes: Record<string, QuizProgress>;
}

export class Progress {
  readonly path: string;
  readonly data: ProgressData;

  private constructor(path: string, data: ProgressData) {
    this.path = path;
    this.data = data;
  }

  /** @returns `undefined` when nothing was started there. @throws ToolkitError when the file is damaged */
  static read(path: string): Progress | undefined {
    if (!existsSync(path)) return undefined;
    let data: unknown;
    try {
      data = JSON.parse(readFileSync(path, "utf8"));
    } catch {
      // said below
    }
    if (!isProgress(data))
      throw new ToolkitError("LAB0002", `\`${path}\` is not a progress file of the labs`, {
        help: "move it away and run `sagekeep lab start`: the labs begin anew, your policies and the cloud stay",
        exit: "invalid",
      });
    return new Progress(path, data);
  }

  static create(path: string, target: LabTarget): Progress {
    const progress = new Progress(path, { version: 1, target, steps: {}, quizzes: {} });
    progress.save();
    return progress;
  }

  save(): void {
    writeWhole(this.path, `${JSON.stringify(this.data, null, 2)}\n`);
  }

  of(lab: string, step: string): StepProgress | undefined {
    return this.data.steps[`${lab}/${step}`];
  }

  note(lab: string, step: string, change: Partial<StepProgress>): void {
    const key = `${lab}/${step}`;
    const before = this.data.steps[key] ?? { state: "started", checks: 0, at: "" };
    this.data.steps[key] = { ...before, ...change, at: new Date().toISOString() };
    this.save();
  }
}

/** What a step keeps, saved with every change: it may be all that is known of what was made. */
export class Kept extends Map<string, string> {
  readonly #save: (kept: Record<string, string>) => void;

  constructor(kept: Record<string, string>, save: (kept: Record<string, string>) => void) {
    super();
    this.#save = save;
    for (const [key, value] of Object.entries(kept)) super.set(key, value);
  }

  override set(key: string, value: string): this {
    super.set(key, value);
    this.#save(Object.fromEntries(this));
    return this;
  }

  override delete(key: string): boolean {
    const was = super.delete(key);
    this.#save(Object.fromEntries(this));
    return was;
  }

  override clear(): void {
    super.clear();
    this.#save({});
  }
}

/** Replaces a file in one go: a reader, or a crash, sees the old or the new one. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, "w", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

function isProgress(value: unknown): value is ProgressData {
  if (typeof value !== "object" || value === null) return false;
  const { version, target, steps, quizzes } = value as Record<string, unknown>;
  const kind = (target as { kind?: unknown } | undefined)?.kind;
  return (
    version === 1 &&
    (kind === "local" || kind === "aws") &&
    typeof steps === "object" &&
    steps !== null &&
    typeof quizzes === "object" &&
    quizzes !== null
  );
}
