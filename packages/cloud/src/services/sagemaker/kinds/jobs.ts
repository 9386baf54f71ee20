/** Jobs: what runs under a role, from interfaces in a VPC, reads its inputs and writes its outputs. */
import type { Kind } from "../engine/kind.ts";
import { inUse, validation } from "../errors.ts";
import { running } from "./life.ts";

export const jobKinds: Kind[] = [
  {
    name: "ProcessingJob",
    type: "processing-job",
    id: ["ProcessingJobName"],
    order: "Ascending",
    life: {
      ...running("InProgress", "Completed", "Stopping", "Stopped"),
      when: { stop: ["InProgress"], delete: ["Completed", "Failed", "Stopped"] },
    },
    missing: (_, name) => validation(`Could not find requested job with name: ${name}`),
    exists: (arn) =>
      inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      ),
  },
];
