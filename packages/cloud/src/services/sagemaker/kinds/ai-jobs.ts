/** Benchmarks, recommendations and jobs of a category. */
import type { Kind } from "../engine/kind.ts";
import { inUse } from "../errors.ts";
import { plain, running, sayings } from "./life.ts";
import { trusted } from "./shared-hooks.ts";

export const aiJobKinds: Kind[] = [
  {
    name: "AIWorkloadConfig",
    type: "ai-workload-config",
    id: ["AIWorkloadConfigName"],
    ...sayings.doesNotExist("AIWorkloadConfig"),
    life: plain,
  },
  {
    name: "AIBenchmarkJob",
    type: "ai-benchmark-job",
    id: ["AIBenchmarkJobName"],
    ...sayings.doesNotExist("AIBenchmarkJob"),
    life: { ...running("InProgress", "Completed", "Stopping", "Stopped"), when: { stop: ["InProgress"] } },
    hooks: trusted,
  },
  {
    name: "AIRecommendationJob",
    type: "ai-recommendation-job",
    id: ["AIRecommendationJobName"],
    ...sayings.doesNotExist("AIRecommendationJob"),
    life: { ...running("InProgress", "Completed", "Stopping", "Stopped"), when: { stop: ["InProgress"] } },
    hooks: trusted,
  },
  {
    name: "Job",
    type: "job",
    id: ["JobCategory", "JobName"],
    nameField: "JobName",
    ...sayings.doesNotExist("Job"),
    exists: (arn) => inUse(`Job ${arn} already exists.`),
    life: {
      ...running("InProgress", "Completed", "Stopping", "Stopped"),
      when: { stop: ["InProgress"], delete: ["Completed", "Failed", "Stopped"] },
    },
    hooks: {
      ...trusted,
      describe: ({ status, tags }) => ({
        SecondaryStatus: status,
        JobSecondaryStatus: status,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    },
  },
];
