/** Monitoring: job definitions and the schedules that run them. */

import { demandTrust, rolesIn } from "../authorization/roles.ts";
import type { Kind } from "../engine/kind.ts";
import type { Fields } from "../engine/model.ts";
import { inUse, notFound } from "../errors.ts";
import { scheduleHooks } from "../jobs/monitoring.ts";

const definition = (stem: string, type: string): Kind => ({
  name: `${stem}JobDefinition`,
  type,
  id: ["JobDefinitionName"],
  nameField: "JobDefinitionName",
  arnField: "JobDefinitionArn",
  missing: (_, name) => notFound(`Could not find requested Job Definition ${name}.`),
  exists: (arn) => inUse(`Job Definition already exists: ${arn}`),
  hooks: {
    create(_, input, context) {
      for (const { arn } of rolesIn(input)) demandTrust(arn, context);
    },
    describe: ({ name, arn, input }) => ({
      MonitoringJobDefinitionName: name,
      MonitoringJobDefinitionArn: arn,
      EndpointName: endpointIn(input, stem) ?? "",
    }),
  },
});

function endpointIn(input: Fields, stem: string): unknown {
  const source = input[`${stem}JobInput`] as { EndpointInput?: { EndpointName?: string } } | undefined;
  return source?.EndpointInput?.EndpointName;
}

export const monitoringKinds: Kind[] = [
  definition("DataQuality", "data-quality-job-definition"),
  definition("ModelQuality", "model-quality-job-definition"),
  definition("ModelBias", "model-bias-job-definition"),
  definition("ModelExplainability", "model-explainability-job-definition"),
  {
    name: "MonitoringSchedule",
    type: "monitoring-schedule",
    id: ["MonitoringScheduleName"],
    missing: (arn) => notFound(`Monitoring Schedule not found: ${arn}`),
    exists: (arn) => inUse(`Monitoring Schedule already exists: ${arn}`),
    life: {
      create: [
        ["Pending", 0],
        ["Scheduled", 1],
      ],
      update: [
        ["Pending", 0],
        ["Scheduled", 1],
      ],
      stop: [["Stopped", 0]],
      start: [
        ["Pending", 0],
        ["Scheduled", 1],
      ],
      when: { stop: ["Scheduled", "Pending"], start: ["Stopped"] },
    },
    hooks: scheduleHooks,
  },
];
