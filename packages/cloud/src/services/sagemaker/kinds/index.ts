/** Every kind of SageMaker resource. */
import type { Kind } from "../engine/kind.ts";
import { registerKinds } from "../engine/locate.ts";
import { pipelineKinds } from "../pipelines/operations.ts";
import { jobKinds } from "./jobs.ts";
import { lineageKinds } from "./lineage.ts";
import { modelKinds } from "./models.ts";
import { monitoringKinds } from "./monitoring.ts";
import { platformKinds } from "./platform.ts";
import { studioKinds } from "./studio.ts";

export const kinds: Kind[] = [
  ...studioKinds,
  ...jobKinds,
  ...modelKinds,
  ...monitoringKinds,
  ...lineageKinds,
  ...platformKinds,
  ...pipelineKinds,
];

registerKinds(kinds);
