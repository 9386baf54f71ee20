/** What a lab is made of. Content is data and small functions; the runner knows how to play, check and undo it. */
import type { PolicyKind } from "@sagekeep/policy";
import type { Platform } from "@sagekeep/spec";
import type { Explanation, InputOf, OperationName, ServiceKey } from "@sagekeep/toolkit";
import type { Bench } from "./bench.ts";

type Layer = Explanation["by"];

/** One operation that is attempted. */
export interface Call {
  service: ServiceKey;
  operation: string;
  input: Record<string, unknown>;
}

/** Types a call by the SDK: `call("s3", "ListBuckets", {})`. */
export function call<S extends ServiceKey, N extends OperationName<S>>(
  service: S,
  operation: N,
  input: InputOf<S, N>,
): Call {
  return { service, operation, input: input as Record<string, unknown> };
}

/** Who attempts: the administrator, a Studio user, or a role the administrator assumes. */
export type Actor = "admin" | { user: string } | { role: string; sessionName?: string };

/** From where: outside, inside the VPC (Studio's position for users), or another public address. */
export type From = "internet" | "vpc" | { address: string };

export type Outcome = "allowed" | "denied" | "timed-out" | "failed";

export interface Experiment {
  /** In words, e.g. "list all buckets". */
  what: string;
  as: Actor;
  /** @default "vpc" for users, "internet" for others */
  from?: From;
  /** What is attempted: an operation, or something else with its own outcome (a URL opened, a job followed). */
  attempt: Call | Attempt;
  expect: Outcome;
  /** Error code a denial or failure must have. */
  code?: string;
  /** Layer that must have decided a denial. */
  by?: Layer;
  /** Sid of the statement that must have denied. */
  statement?: string;
  /** What it means. */
  why: string;
}

/** An attempt that is more than one call. */
export interface Attempt {
  /** The command a learner would type. */
  command: string;
  run(bench: Bench): Promise<AttemptResult>;
}

export interface AttemptResult {
  outcome: Outcome;
  code?: string;
  message?: string;
  requestId?: string;
}

/** A document, or how to write it with what only a deployed platform knows (ids, addresses). */
export type TaskDocument = object | ((bench: Bench) => object | Promise<object>);

/** A policy that the learner writes. */
export interface Task {
  /** Name of the file in the lab's folder. */
  file: string;
  /** What to do, in a sentence or two. */
  goal: string;
  /**
   * Where the document is attached, which decides how the learner's file is validated; `json` for what is no policy.
   * @default told from the solution: "json" without a statement, "trust" or "resource" with a principal, else "identity"
   */
  kind?: PolicyKind | "json";
  /** What the file holds at first: broken, or nearly empty. */
  start: TaskDocument;
  solution: TaskDocument;
  /** Puts the learner's document in force. */
  apply(bench: Bench, document: string): Promise<void>;
  /** Takes it away again. */
  remove(bench: Bench): Promise<void>;
}

export interface Step {
  /** Row of the lab, `1.2`. */
  id: string;
  title: string;
  /** Explains concept and meaning, in Markdown. A link to `#diagram-NAME` shows that diagram. */
  text: string;
  /** More of the text, worked out from the platform at hand: figures that a command would give as well. */
  details?(platform: Platform): Promise<string>;
  hint: string;
  /** Makes what the step needs, beyond the platform. */
  prepare?(bench: Bench): Promise<void>;
  /** Removes what `prepare`, the task and the experiments made. */
  undo?(bench: Bench): Promise<void>;
  task?: Task;
  experiments(bench: Bench): Experiment[] | Promise<Experiment[]>;
  /** Why the local cloud cannot play this step yet; it is written all the same. */
  needsAws?: string;
}

export interface Question {
  question: string;
  choices: string[];
  /** Index of the right choice. */
  answer: number;
  explanation: string;
  /** Step that shows it. */
  step: string;
}

export interface Lab {
  /** `01-domain` */
  slug: string;
  number: number;
  title: string;
  /** Minutes. */
  minutes: number;
  /** Read before the first step, in Markdown. */
  introduction: string;
  steps: Step[];
  quiz: Question[];
  furtherReading: { title: string; url: string }[];
}
