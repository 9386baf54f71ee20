/** All operations: those the generic engine makes of the kinds, and those that are written out. */
import { elsewhereOperations } from "./elsewhere.ts";
import { type Operations, operationsOf } from "./engine/operations.ts";
import { hostingOperations } from "./hosting/endpoint.ts";
import { monitoringOperations } from "./jobs/monitoring.ts";
import { tuningOperations } from "./jobs/tuning.ts";
import { kinds } from "./kinds/index.ts";
import { stopGuards } from "./kinds/jobs.ts";
import { lineageOperations } from "./lineage/operations.ts";
import { pipelineOperations } from "./pipelines/operations.ts";
import { clusterOperations } from "./platform/cluster.ts";
import { edgeOperations } from "./platform/edge.ts";
import { featureOperations } from "./platform/feature-group.ts";
import { hubOperations } from "./platform/hub.ts";
import { imageOperations } from "./platform/image.ts";
import { notebookGuards } from "./platform/notebook.ts";
import { projectOperations } from "./platform/project.ts";
import { cardOperations } from "./registry/model-card.ts";
import { registryOperations } from "./registry/model-package.ts";
import { searchOperations } from "./search.ts";
import { appOperations } from "./studio/app.ts";
import { presignedOperations } from "./studio/presigned.ts";
import { tagOperations } from "./tag-operations.ts";

const generic: Operations = Object.assign({}, ...kinds.map(operationsOf));

/** What must hold before an operation of the engine, told in the kind's own words. */
const guards = { ...notebookGuards, ...stopGuards };

for (const [name, guard] of Object.entries(guards)) {
  const operation = generic[name];
  if (!operation) throw new Error(`no SageMaker operation \`${name}\` to guard`);
  generic[name] = (input, context) => {
    guard(input, context);
    return operation(input, context);
  };
}

export const operations: Operations = {
  ...generic,
  ...appOperations,
  ...presignedOperations,
  ...tagOperations,
  ...hostingOperations,
  ...registryOperations,
  ...cardOperations,
  ...lineageOperations,
  ...pipelineOperations,
  ...monitoringOperations,
  ...tuningOperations,
  ...imageOperations,
  ...featureOperations,
  ...hubOperations,
  ...edgeOperations,
  ...clusterOperations,
  ...projectOperations,
  ...searchOperations,
  ...elsewhereOperations,
};
