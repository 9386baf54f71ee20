/** HyperPod clusters, their schedulers and quotas. */
import type { Kind } from "../engine/kind.ts";
import { inUse, notFound } from "../errors.ts";
import { clusterHooks, clusterOwned } from "../platform/cluster.ts";
import { randomName } from "../studio/domain.ts";
import { sayings, serving } from "./life.ts";
import { clusterUsage } from "./usage.ts";

export const clusterKinds: Kind[] = [
  {
    name: "Cluster",
    type: "cluster",
    usage: clusterUsage,
    id: ["ClusterName"],
    byArn: "ClusterName",
    order: "Ascending",
    missing: (_, name) => notFound(`Cluster with name ${name} does not exist.`),
    exists: (_, name) =>
      inUse(`Resource Already Exists: Cluster with name ${name} already exists. Choose a different name.`),
    life: serving("Creating", "InService", "Deleting", "Updating"),
    hooks: clusterHooks,
  },
  {
    name: "ClusterSchedulerConfig",
    type: "cluster-scheduler-config",
    id: ["ClusterSchedulerConfigId"],
    newId: () => [randomName(12)],
    nameField: "Name",
    statusField: "Status",
    order: "Ascending",
    ...sayings.doesNotExist("ClusterSchedulerConfig"),
    life: clusterOwned.life,
    hooks: clusterOwned.hooks("ClusterSchedulerConfig"),
  },
  {
    name: "ComputeQuota",
    type: "compute-quota",
    id: ["ComputeQuotaId"],
    newId: () => [randomName(12)],
    nameField: "Name",
    statusField: "Status",
    order: "Ascending",
    ...sayings.doesNotExist("ComputeQuota"),
    life: clusterOwned.life,
    hooks: clusterOwned.hooks("ComputeQuota"),
  },
];
