/** A step's text as it is read, on a page or in a terminal. */
import type { Platform } from "@sagekeep/spec";
import type { Step } from "../model.ts";

/** The whole text of a step, with what is worked out from the platform. */
export async function stepText(step: Step, platform: Platform): Promise<string> {
  return [step.text.trim(), await step.details?.(platform)].filter(Boolean).join("\n\n");
}
