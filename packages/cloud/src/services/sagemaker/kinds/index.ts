/** Every kind of SageMaker resource. */
import type { Kind } from "../engine/kind.ts";
import { registerKinds } from "../engine/locate.ts";
import { pipelineKinds } from "../pipelines/operations.ts";
import { aiJobKinds } from "./ai-jobs.ts";
import { catalogKinds } from "./catalogs.ts";
import { clusterKinds } from "./clusters.ts";
import { edgeKinds } from "./edge.ts";
import { jobKinds } from "./jobs.ts";
import { labelingKinds } from "./labeling.ts";
import { lineageKinds } from "./lineage.ts";
import { modelKinds } from "./models.ts";
import { monitoringKinds } from "./monitoring.ts";
import { notebookKinds } from "./notebooks.ts";
import { studioKinds } from "./studio.ts";
import { toolKinds } from "./tools.ts";

export const kinds: Kind[] = [
  ...studioKinds,
  ...jobKinds,
  ...modelKinds,
  ...monitoringKinds,
  ...lineageKinds,
  ...notebookKinds,
  ...catalogKinds,
  ...labelingKinds,
  ...edgeKinds,
  ...clusterKinds,
  ...toolKinds,
  ...aiJobKinds,
  ...pipelineKinds,
];

registerKinds(kinds);
