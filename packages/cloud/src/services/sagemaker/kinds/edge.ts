/** Fleets of devices at the edge and what is packed for them. */
import type { Kind } from "../engine/kind.ts";
import { inUse, notFound, validation } from "../errors.ts";
import { edgePlanHooks } from "../platform/edge.ts";
import { running } from "./life.ts";
import { trusted } from "./shared-hooks.ts";

export const edgeKinds: Kind[] = [
  {
    name: "DeviceFleet",
    type: "device-fleet",
    id: ["DeviceFleetName"],
    missing: (_, name) => validation(`No devicefleet with name ${name} found.`),
    exists: (_, name) => inUse(`Device fleet ${name} already exists.`),
    hooks: {
      delete(resource, _, context) {
        if (
          context.table("sagemaker.device").list({ prefix: `${resource.name.toLowerCase()}/`, limit: 1 })
            .length > 0
        ) {
          throw inUse(`Device fleet ${resource.name} has devices. Deregister them first.`);
        }
      },
      describe: ({ name, input }) =>
        input.EnableIotRoleAlias === true ? { IotRoleAlias: `SageMakerEdge-${name}` } : {},
    },
  },
  {
    name: "Device",
    type: "device",
    arnPrefix: "device-fleet",
    id: ["DeviceFleetName", "DeviceName"],
    path: ([fleet, device]) => `${fleet}/device/${device}`,
    missing: (_, name) => validation(`No device with name ${name} found.`),
    exists: (_, name) => inUse(`Device ${name} is already registered.`),
    hooks: { describe: ({ created }) => ({ RegistrationTime: new Date(created) }) },
  },
  {
    name: "EdgeDeploymentPlan",
    type: "edge-deployment-plan",
    arnPrefix: "edge-deployment",
    id: ["EdgeDeploymentPlanName"],
    missing: (_, name) => notFound(`Edge deployment plan ${name} does not exist.`),
    exists: (_, name) => inUse(`Edge deployment plan ${name} already exists.`),
    hooks: edgePlanHooks,
  },
  {
    name: "EdgePackagingJob",
    type: "edge-packaging-job",
    id: ["EdgePackagingJobName"],
    missing: (_, name) => notFound(`Edge packaging job ${name} does not exist.`),
    exists: (_, name) => inUse(`Edge packaging job ${name} already exists.`),
    life: {
      ...running("STARTING", "COMPLETED", "STOPPING", "STOPPED", 2),
      when: { stop: ["STARTING", "INPROGRESS"] },
    },
    hooks: trusted,
  },
];
