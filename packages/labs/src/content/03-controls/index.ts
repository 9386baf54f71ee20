/** Lab 3: who did what, and what nobody may do. */
import type { Lab } from "../../model.ts";
import { furtherReading } from "./further-reading.ts";
import { introduction } from "./introduction.ts";
import { quiz } from "./quiz.ts";
import { accessLogs } from "./steps/access-logs.ts";
import { alarmStep } from "./steps/alarms.ts";
import { budgetStep } from "./steps/budget.ts";
import { correctiveStep } from "./steps/corrective.ts";
import { detectiveStep } from "./steps/detective.ts";
import { guardrailsStep } from "./steps/guardrails.ts";
import { halfNetwork } from "./steps/half-network.ts";
import { jobsNeedVpc } from "./steps/job-network.ts";
import { jobShape } from "./steps/job-shape.ts";
import { isolateByTag, isolateLogs, seeLogs } from "./steps/logs.ts";
import { onlyOurNetwork } from "./steps/only-our-network.ts";
import { noChangeWhileRunning } from "./steps/running-apps.ts";
import { sourceIdentity } from "./steps/source-identity.ts";

export const lab: Lab = {
  slug: "03-controls",
  number: 3,
  title: "Monitoring, governance and controls",
  minutes: 75,
  introduction,
  steps: [
    seeLogs,
    isolateLogs,
    isolateByTag,
    sourceIdentity,
    noChangeWhileRunning,
    jobsNeedVpc,
    halfNetwork,
    onlyOurNetwork,
    jobShape,
    detectiveStep,
    correctiveStep,
    guardrailsStep,
    accessLogs,
    alarmStep,
    budgetStep,
  ],
  quiz,
  furtherReading,
};
