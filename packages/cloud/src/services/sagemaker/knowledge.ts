/**
 * How each operation's behaviour is known. By default it follows AWS's documentation and API model; the operations
 * here answer in a way that nobody here has seen AWS answer: sentences, states or limits are our best guess.
 */
import type { Knowledge } from "../../service.ts";
import { operations } from "./operations.ts";

/** Families whose lifecycles and sentences are assumed. */
const ASSUMED =
  /AIBenchmark|AIRecommendation|AIWorkload|Cluster|ComputeQuota|Edge|Device|FlowDefinition|HubContent|HumanTaskUi|InferenceExperiment|InferenceRecommendations|LabelingJob|Lineage|Mlflow|OptimizationJob|PartnerApp|TrainingPlan|ReservedCapacity|Workforce|Workteam|ModelCard|JobSchema|^(Create|Describe|List|Stop|Delete)Jobs?$|StartSession|GetScalingConfiguration|RenderUiTemplate/;

export const knowledge: Partial<Record<string, Knowledge>> = Object.fromEntries(
  Object.keys(operations).map((name) => [name, ASSUMED.test(name) ? "assumed" : "documented"]),
);
