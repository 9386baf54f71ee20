/** Every kind of SageMaker resource. */
import type { Kind } from "../engine/kind.ts";
import { registerKinds } from "../engine/locate.ts";
import { jobKinds } from "./jobs.ts";
import { studioKinds } from "./studio.ts";

export const kinds: Kind[] = [...studioKinds, ...jobKinds];

registerKinds(kinds);
