/** One thing to try for a user, and what the design says of it. */

import type { Capability } from "@sagekeep/spec";
import type { Attempt } from "./attempt.ts";

export interface Probe {
  readonly action: string;
  readonly describe: string;
  readonly request: Attempt;
  readonly undo?: Attempt;
  readonly allowed: boolean;
  readonly why: string;
}

export type Can = (capability: Capability) => boolean;

export const because = (can: Can, capability: Capability) =>
  can(capability) ? `the persona has \`${capability}\`` : `the persona does not have \`${capability}\``;
