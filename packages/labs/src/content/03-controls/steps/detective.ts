/** Row 3.10: services that find what slipped through. They are not in the local cloud. */
import type { Bench } from "../../../bench.ts";
import type { Step } from "../../../model.ts";
import { aws, awsUntil } from "../aws-cli.ts";
import { freshName, removeWork, request } from "../requests.ts";
import { emptyBucket, makeStack, outputOf, removeStack } from "../stacks.ts";
import { CONFIG_RULES, detectiveTemplate } from "../templates/detective.ts";

const stackName = ({ platform }: Bench) => `${platform}-lab3-detective`;
const prefix = ({ platform }: Bench) => `${platform}-lab3`;
/** The resource that breaks rules: a model, which costs nothing. */
const VIOLATION = "detective: the model that breaks the rules";

const isOn = async (bench: Bench, ...words: string[]) => {
  const { ok, out } = await aws(bench, words);
  return ok && !/"DetectorIds": \[\]/.test(out);
};

type Listed = Record<string, unknown>[] | undefined;

export const detectiveStep: Step = {
  id: "3.10",
  title: "Find what slipped through (assignment 03-04, part 2)",
  needsAws:
    "AWS Config, IAM Access Analyzer, Security Hub, GuardDuty and Macie are not in the local cloud: nothing here would really look for anything",
  text: `## Concept

Preventive controls refuse. **Detective** controls look at what is there, for three reasons: resources older than the control, exempt roles, and mistakes in the control itself. Five services share the work:

| service | looks at | finds for us |
|---|---|---|
| **AWS Config** | settings of resources, each time they change | a model without VPC, a public domain, a bucket without access log |
| **IAM Access Analyzer** | resource policies, trust policies | a bucket, key or role that another account can reach |
| **Security Hub** | findings of all the others, and its own checks | SageMaker.1 … SageMaker.5 and more, one score |
| **GuardDuty** | trail, DNS, flow logs, S3 reads | credentials of a notebook used from elsewhere, unusual reads |
| **Macie** | contents of buckets | customer data where none should be |

None of the published rule sets looks at Studio *profiles, spaces and execution roles* closely; that is what \`sagekeep check\` and \`sagekeep who-can\` are for.

\`\`\`mermaid
flowchart LR
  C[AWS Config] --> H[Security Hub]
  A[Access Analyzer] --> H
  G[GuardDuty] --> H
  M[Macie] --> H
  H --> E["EventBridge: ticket, pager, correction"]
\`\`\`

## What to do

The stack \`PLATFORM-lab3-detective\` switches everything on in one Region: a recorder for the resource types that matter here, ${Object.keys(CONFIG_RULES).length} managed rules, one rule of our own in Guard (a domain must be \`VpcOnly\`), an analyzer, a hub with the *Foundational Security Best Practices*, a detector and a Macie session. Services that are on already are left alone.

\`\`\`yaml
${detectiveTemplate}\`\`\`

Then a model without VPC and without isolation is made, as an administrator could. Nothing refuses it; the rules must find it.

## What to see

\`NON_COMPLIANT\` for the model within some minutes, the analyzer without findings about our data, a detector and a Macie session that are enabled. Look at the same model in Security Hub an hour later: SageMaker.5.

## What it costs

Config USD 0.003 a recorded change and 0.001 an evaluation; Security Hub, GuardDuty and Macie have 30 days free, then pay by volume. The undo switches off what the step switched on.

## What it means

A finding is only worth something if someone owns it. Route findings by the tag \`team\` of the resource, give each severity a time limit, and correct automatically what has one right answer: the next step.

*Older material* asks for the Config rule \`sagemaker-notebook-no-direct-internet-access\` and stops there; there are over thirty SageMaker rules today.`,
  hint: "If the stack fails at the recorder, the account records already: use its recorder and add the rules only. `aws configservice describe-configuration-recorders` shows it.",
  async prepare(bench) {
    // the role that AWS Config records with; an account has it once
    await bench.admin
      .call("iam", "CreateServiceLinkedRole", { AWSServiceName: "config.amazonaws.com" })
      .catch((error: unknown) => {
        if (!/has been taken/.test((error as Error).message)) throw error;
      });
    await makeStack(bench, stackName(bench), detectiveTemplate, {
      Prefix: prefix(bench),
      SecurityHub: (await isOn(bench, "securityhub", "describe-hub")) ? "no" : "yes",
      GuardDuty: (await isOn(bench, "guardduty", "list-detectors")) ? "no" : "yes",
      Macie: (await isOn(bench, "macie2", "get-macie-session")) ? "no" : "yes",
    });
    const name = freshName("model");
    const made = await bench.attempt("admin", undefined, request(bench, "model", {}, name));
    if (made.outcome !== "allowed") throw new Error(`no model could be made: ${made.message}`);
    bench.kept.set(VIOLATION, name);
  },
  async experiments(bench) {
    const AnalyzerArn = bench.isLocal
      ? "ANALYZER_ARN"
      : await outputOf(bench, stackName(bench), "AnalyzerArn");
    const nonCompliant = (rule: string) => ({
      what: `find the model by rule ${rule}`,
      as: "admin" as const,
      attempt: awsUntil(
        [
          "configservice",
          "get-compliance-details-by-config-rule",
          "--config-rule-name",
          `${prefix(bench)}-${rule}`,
          "--compliance-types",
          "NON_COMPLIANT",
        ],
        (answer) => {
          const model = bench.kept.get(VIOLATION);
          const results = JSON.stringify(answer.EvaluationResults ?? []);
          return model && results.includes(model) ? `${model} is not compliant` : undefined;
        },
      ),
      expect: "allowed" as const,
      why: "the administrator was not refused; the rule finds it all the same",
    });
    return [
      nonCompliant("model-in-vpc"),
      nonCompliant("model-isolated"),
      {
        what: "ask who outside of the account can reach our buckets",
        as: "admin",
        attempt: awsUntil(
          [
            "accessanalyzer",
            "list-findings-v2",
            "--analyzer-arn",
            AnalyzerArn,
            "--filter",
            '{"status":{"eq":["ACTIVE"]}}',
          ],
          (answer) => {
            const ours = ((answer.findings as Listed) ?? []).filter((one) =>
              `${one.resource}`.includes(bench.platform),
            );
            return ours.length === 0 ? "no resource of the platform is open to others" : undefined;
          },
          1,
        ),
        expect: "allowed",
        why: "the perimeter of lab 2, seen by somebody else",
      },
      {
        what: "see the hub's standard",
        as: "admin",
        attempt: awsUntil(["securityhub", "get-enabled-standards"], (answer) =>
          JSON.stringify(answer).includes("foundational-security-best-practices")
            ? "Foundational Security Best Practices are on"
            : undefined,
        ),
        expect: "allowed",
        why: "SageMaker's controls are part of it",
      },
      {
        what: "see the threat detector",
        as: "admin",
        attempt: awsUntil(["guardduty", "list-detectors"], (answer) =>
          ((answer.DetectorIds as string[] | undefined) ?? []).length > 0 ? "GuardDuty is on" : undefined,
        ),
        expect: "allowed",
        why: "it reads trail, DNS and S3 events by itself",
      },
      {
        what: "see the data scanner",
        as: "admin",
        attempt: awsUntil(["macie2", "get-macie-session"], (answer) =>
          answer.status === "ENABLED" ? "Macie is on" : undefined,
        ),
        expect: "allowed",
        why: "a classification job of the data buckets can be made next: aws macie2 create-classification-job",
      },
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    const bucket = await outputOf(bench, stackName(bench), "Bucket").catch(() => undefined);
    if (bucket) await emptyBucket(bench, bucket);
    await removeStack(bench, stackName(bench));
  },
};
