/** Also taught: budgets. The local cloud has no billing. */
import type { Bench } from "../../../bench.ts";
import type { Step } from "../../../model.ts";
import { awsUntil } from "../aws-cli.ts";
import { makeStack, removeStack } from "../stacks.ts";
import { budgetTemplate } from "../templates/budget.ts";

const stackName = ({ platform }: Bench) => `${platform}-lab3-budget`;
/** Where the warnings go. */
const EMAIL = "SAGEKEEP_LAB_EMAIL";

export const budgetStep: Step = {
  id: "3.15",
  title: "Warn before the money is gone (assignment 03-04, part 5)",
  needsAws: "AWS Budgets works on the account's bill, and the local cloud costs nothing",
  text: `## Concept

Instance types (3.9) limit what an hour costs; **budgets** watch what the month costs. A budget compares actual *and forecast* cost with an amount and sends warnings. It does not stop anything by itself; a *budget action* can attach a denying policy or an SCP when a threshold is passed.

## Why it matters

Studio's costs hide in four places: apps left running (idle shutdown answers that), endpoints nobody calls, volumes of deleted spaces, and interface endpoints that cost by the hour whether used or not. Our own figures: \`sagekeep cost\`.

Cost per team needs **cost allocation tags**. SageMaker tags what users make with \`sagemaker:domain-arn\`, \`sagemaker:user-profile-arn\` and \`sagemaker:space-arn\`; the platform adds \`platform\` and \`team\`. Activate them once in the billing console of the management account; they show up after 24 to 48 hours and not for the past.

## What to do

Put an address into the environment variable \`${EMAIL}\` and deploy the stack \`PLATFORM-lab3-budget\`:

\`\`\`yaml
${budgetTemplate}\`\`\`

It warns at 50 % of actual and 100 % of forecast cost of everything tagged with this platform.

## What to see

The budget with its limit and, from the second day on, its actual and forecast spend.

## What it means

Costs arrive with a delay of up to a day: a budget is a smoke detector, not a fuse. The fuse is a quota: Service Quotas of 0 for machine types nobody needs.`,
  hint: "No costs in the budget? The tag `platform` is not activated as a cost allocation tag yet.",
  prepare: (bench) => {
    const Email = process.env[EMAIL];
    if (!Email) throw new Error(`name an address for the warnings in ${EMAIL}`);
    return makeStack(bench, stackName(bench), budgetTemplate, {
      Platform: bench.platform,
      Email,
      Amount: `${bench.file.platform.budget?.monthly ?? 500}`,
    });
  },
  experiments: (bench) => [
    {
      what: "look at the budget",
      as: "admin",
      attempt: awsUntil(
        [
          "budgets",
          "describe-budget",
          "--account-id",
          bench.account,
          "--budget-name",
          `${bench.platform}-monthly`,
        ],
        (answer) => {
          const budget = answer.Budget as { BudgetLimit?: { Amount?: string } } | undefined;
          return budget?.BudgetLimit ? `USD ${budget.BudgetLimit.Amount} a month` : undefined;
        },
      ),
      expect: "allowed",
      why: "a limit that somebody is told about",
    },
  ],
  undo: (bench) => removeStack(bench, stackName(bench)),
};
