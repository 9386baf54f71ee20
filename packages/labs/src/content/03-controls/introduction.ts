/** What a learner reads before the first step of lab 3. */
import { controls, traces } from "./diagrams.ts";

export const introduction = `Labs 1 and 2 built walls: a private domain, exact roles, keys, a data perimeter. This lab is about running it: knowing **who did what**, making sure that **some things cannot be done at all**, and noticing **what got through**.

## Three kinds of controls

${controls}

- **Preventive** controls refuse a request before anything happens. They are cheap and final, and they see only the request.
- **Detective** controls look at what is there. They see everything, but later.
- **Corrective** controls act on findings: stop, isolate, tell.

None replaces another. A preventive control has exceptions, a detective one has delays, a corrective one has side effects.

## Where traces are kept

${traces}

Each answers a part of the question, and each has to be protected: against those who must not read it, and against those it speaks about.

## What you will do

| steps | assignment | you write |
|---|---|---|
| 3.1 – 3.3 | 03-01 monitoring and isolated logs | a reader's policy, by domain id and by tag |
| 3.4 – 3.5 | 03-02 the person in the trail | a trust policy with source identity |
| 3.6 – 3.9, 3.12 | 03-03 preventive controls | denials for jobs, guardrails for accounts |
| 3.10 – 3.11, 3.13 – 3.15 | 03-04 detective and corrective controls, logs, alarms, budgets | a log bucket's policy, a metric filter |

Each row of the workshop is a step with its number, in the order of the numbers. Steps 3.10, 3.11 and 3.15 need services that the local cloud does not have; they are complete, with templates, and played with \`--target aws\`.

## How policies are tried here

The platform's own roles carry finished versions of almost everything you will write. On them your policy would never be what decides. So most steps make **practice roles**: roles that may do the work and have no control at all. Whatever they are refused, your file refuses, and whatever they are wrongly allowed, your file lets through. They go when the step is undone.

Every check contains both what must work and what must not. A policy that denies everything fails as surely as one that denies nothing, and you are shown the request that proves it.

## What changed since older material

- Studio has *spaces*; apps belong to a space more often than to a profile, and log streams follow.
- \`VolumeKmsKey\`, \`OutputKmsKey\` and their kin are deprecated names of condition keys.
- \`CreateAutoMLJobV2\`, monitoring definitions and inference components are newer than most published denials.
- The domain's network type can be changed by \`UpdateDomain\` today; a guardrail on \`CreateDomain\` alone is no longer enough.`;
