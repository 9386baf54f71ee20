/** The introduction: what is needed, what is made and costs, how to read an attempt, how a file of yours is graded. */
import type { Lab } from "../../model.ts";
import { quiz } from "./quiz.ts";
import { costs } from "./steps/costs.ts";
import { firstFile } from "./steps/first-file.ts";
import { prerequisites } from "./steps/prerequisites.ts";
import { tenancy } from "./steps/tenancy.ts";
import { whereFrom } from "./steps/where-from.ts";
import { whoIsWho } from "./steps/who-is-who.ts";

export const lab: Lab = {
  slug: "00-introduction",
  number: 0,
  title: "Introduction",
  minutes: 20,
  introduction: `
These labs are about running Amazon SageMaker domains safely: who may sign in, what their notebooks and jobs may reach,
who can read which copy of the data, and how you know. They are written for security specialists, administrators, MLOps
and DevOps engineers. You should know what an IAM policy and a subnet are; machine learning is not needed.

**Everything is really attempted.** Each step names somebody, a place, and a request. \`sagekeep lab check\` signs in as
that user, sends the request over the wire from that place, and compares what happened with what should have. On your own
machine the other end is a local cloud that enforces every layer of IAM and of the network; the same steps run against a
real account when you say so.

**The platform** you work on has two domains, three teams and one data set: see [the architecture](#diagram-architecture).

| lab | about | time |
| --- | --- | --- |
| [01-domain](#01-domain) | domain, network, roles, users | 60 to 75 min |
| [02-data-protection](#02-data-protection) | encryption, data perimeter, isolation of teams | 60 min |
| [03-controls](#03-controls) | logs, alarms, preventive, detective and corrective controls | 60 min |

**How to work.** Read a step with \`sagekeep lab show\`, try its commands, edit its file where it has one, then
\`sagekeep lab check\`. Stuck? \`sagekeep lab hint\`; really stuck? \`sagekeep lab solve\` writes a solution into the file
and keeps yours. \`sagekeep lab next\` undoes the step and goes on. You can stop after any command and come back.`,
  steps: [prerequisites, costs, whoIsWho, whereFrom, firstFile, tenancy],
  quiz,
  furtherReading: [
    {
      title: "Amazon SageMaker AI domain overview",
      url: "https://docs.aws.amazon.com/sagemaker/latest/dg/gs-studio-onboard.html",
    },
    {
      title: "Policy evaluation logic",
      url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    },
    {
      title: "SageMaker Studio administration best practices",
      url: "https://docs.aws.amazon.com/whitepapers/latest/sagemaker-studio-admin-best-practices/sagemaker-studio-admin-best-practices.html",
    },
  ],
};
