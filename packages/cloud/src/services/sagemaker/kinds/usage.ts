/** Which instances resources take, for the quotas of instance types. */
import type { Usage } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";

const record = (value: unknown) => (value ?? {}) as Fields;

const one = (config: Fields, count: unknown = config.InstanceCount) =>
  typeof config.InstanceType === "string" ? [{ type: config.InstanceType, count: Number(count ?? 1) }] : [];

const running = ["InProgress", "Stopping"];
const of = (use: string) => (type: string) => `${type} for ${use}`;

export const trainingUsage: Usage = {
  active: running,
  of({ input }) {
    const resources = record(input.ResourceConfig);
    const groups = (resources.InstanceGroups as Fields[] | undefined) ?? [];
    return groups.length > 0 ? groups.flatMap((group) => one(group)) : one(resources);
  },
  quota: of("training job usage"),
};
export const processingUsage: Usage = {
  active: running,
  of: ({ input }) => one(record(record(input.ProcessingResources).ClusterConfig)),
  quota: of("processing job usage"),
};
export const transformUsage: Usage = {
  active: running,
  of: ({ input }) => one(record(input.TransformResources)),
  quota: of("transform job usage"),
};
export const endpointUsage: Usage = {
  active: ["Creating", "InService", "Updating"],
  of({ input }, context) {
    const config = find(kindNamed("EndpointConfig"), [String(input.EndpointConfigName)], context);
    return ((config?.input.ProductionVariants as Fields[] | undefined) ?? []).flatMap((variant) =>
      one(variant, variant.InitialInstanceCount),
    );
  },
  quota: of("endpoint usage"),
};
export const notebookUsage: Usage = {
  active: ["Pending", "InService", "Updating"],
  of: ({ input }) => one(input, 1),
  quota: of("notebook instance usage"),
};
export const clusterUsage: Usage = {
  active: ["Creating", "InService", "Updating"],
  of: ({ input }) => ((input.InstanceGroups as Fields[] | undefined) ?? []).flatMap((group) => one(group)),
  quota: of("cluster usage"),
};
export const appUsage: Usage = {
  active: ["Pending", "InService"],
  of: ({ input }) => one(record(input.ResourceSpec), 1),
  quota: (type, { input }) => `Studio ${input.AppType} Apps running on ${type} instances`,
};
