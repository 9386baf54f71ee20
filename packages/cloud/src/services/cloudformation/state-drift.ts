/** What drift detections found: by resource, and by detection. */
import type { ReadContext } from "../../context.ts";
import type { Drift } from "../../stacks/drift/detect.ts";
import type { Table } from "../../store/table.ts";

export interface Detection {
  id: string;
  stackId: string;
  status: "DETECTION_COMPLETE" | "DETECTION_FAILED";
  reason?: string;
  stackStatus: "IN_SYNC" | "DRIFTED";
  drifted: number;
  at: number;
}

type Where = Pick<ReadContext, "table">;
/** Key: that of the resource's record. */
export const drifts = (at: Where): Table<Drift> => at.table("cloudformation.drift");
export const detections = (at: Where): Table<Detection> => at.table("cloudformation.drift-detection");
