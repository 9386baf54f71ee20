/** What rows 3.6 to 3.8 have in common: a role that starts work, and work that is started. */
import type { Bench } from "../../../bench.ts";
import type { Experiment } from "../../../model.ts";
import { practiceActor } from "../practice.ts";
import { createActions, request, type Settings, spoken, WORK_KINDS, type WorkKind } from "../requests.ts";

export const ROLE = "builder";
/** Everything that can be given a network. */
export const CREATES = [
  ...WORK_KINDS.map((kind) => `sagemaker:${createActions[kind]}`),
  "sagemaker:CreateAutoMLJob",
];
export const SCHEDULE = "sagemaker:CreateMonitoringSchedule";
export const JOBS = CREATES.filter((action) => action !== SCHEDULE);
/** Work that SageMaker can start without a network setting of its own. */
const NO_SETTING = ["sagemaker:CreateTransformJob", "sagemaker:CreateLabelingJob"];

export const passRole = (bench: Bench) => ({
  Sid: "HandOverTheJobRole",
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource: `arn:aws:iam::${bench.account}:role/${bench.platform}-team-a-processing-job`,
  Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
});

export const looking = {
  Sid: "LookAndTag",
  Effect: "Allow",
  Action: ["sagemaker:Describe*", "sagemaker:List*", "sagemaker:Stop*", "sagemaker:AddTags", ...NO_SETTING],
  Resource: "*",
};

export const starting = {
  Sid: "StartWork",
  Effect: "Allow",
  Action: [...CREATES, "sagemaker:CreateNotebookInstance"],
  Resource: "*",
};

export async function ourNetwork(bench: Bench): Promise<{ subnets: string[]; groups: string[] }> {
  return {
    subnets: [await bench.exported("network:PrivateSubnet1"), await bench.exported("network:PrivateSubnet2")],
    groups: [await bench.exported("network:JobGroup")],
  };
}

export function start(
  bench: Bench,
  kind: WorkKind,
  how: string,
  settings: Settings,
  expect: "allowed" | "denied",
  why: string,
): Experiment {
  return {
    what: `start ${spoken[kind]} ${how}`,
    as: practiceActor(bench, ROLE),
    attempt: request(bench, kind, settings),
    expect,
    ...(expect === "denied" && { by: "identity" as const }),
    why,
  };
}
