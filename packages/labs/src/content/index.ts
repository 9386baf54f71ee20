/** Every lab, in order. Content loads when it is asked for, so that the command line starts quickly. */
import type { Lab } from "../model.ts";

export interface LabEntry {
  slug: string;
  load(): Promise<Lab>;
}

/** One line a lab: `{ slug, load: async () => (await import("./<slug>/index.ts")).lab }`. */
export const labs: readonly LabEntry[] = [
  { slug: "00-introduction", load: async () => (await import("./00-introduction/index.ts")).lab },
  { slug: "01-domain", load: async () => (await import("./01-domain/index.ts")).lab },
  { slug: "02-data-protection", load: async () => (await import("./02-data-protection/index.ts")).lab },
  { slug: "03-controls", load: async () => (await import("./03-controls/index.ts")).lab },
  { slug: "04-clean-up", load: async () => (await import("./04-clean-up/index.ts")).lab },
];
