/** The labs as people read them. */
import type { CheckReport, NextReport, Row, StartReport, StatusReport, StepView } from "@sagekeep/labs";
import { renderMarkdown } from "./markdown.ts";
import { paint, table } from "./table.ts";

const words: Record<string, string> = {
  allowed: "allowed",
  denied: "denied",
  "timed-out": "no path",
  failed: "refused",
  "by hand": "by hand",
};
const layers: Record<string, string> = {
  identity: "identity policy",
  resource: "resource policy",
  endpoint: "endpoint policy",
  scp: "service control policy",
  rcp: "resource control policy",
  boundary: "permissions boundary",
  session: "session policy",
  accessPoint: "access point policy",
  blockPublicAccess: "Block Public Access",
  keyGrant: "key grant",
  service: "the service",
};

const marks = { ok: paint.green("✔"), optional: paint.yellow("–"), missing: paint.red("✖") } as const;

export function renderStart({
  folder,
  made,
  prerequisites,
  lab,
  step,
  target,
  resumed,
}: StartReport): string {
  const aws = prerequisites.find((one) => one.what === "AWS CLI")?.state === "ok";
  return [
    paint.bold("prerequisites"),
    ...prerequisites.map(
      ({ what, state, found, help }) =>
        `  ${marks[state]} ${what.padEnd(8)} ${found}${help ? paint.dim(` – ${help}`) : ""}`,
    ),
    "",
    `${paint.bold("your folder")}  ${folder}${made.length ? paint.dim(` (made: ${made.join(", ")})`) : ""}`,
    ...(folder === "."
      ? []
      : [`             ${paint.bold(`cd ${folder}`)} first: the commands below are run there`]),
    ...(target.kind === "aws" ? [paint.yellow(`on AWS: account ${target.account}, ${target.region}`)] : []),
    aws
      ? paint.dim("each command is shown twice: with the AWS CLI, and as `sagekeep call`; use either")
      : paint.dim("no AWS CLI here: use the commands that begin with `sagekeep call`"),
    "",
    paint.bold(paint.underline(`${lab.title} (about ${lab.minutes} minutes)`)),
    ...(resumed
      ? [paint.dim("going on where you left")]
      : lab.introduction
        ? ["", renderMarkdown(lab.introduction)]
        : []),
    ...(step ? ["", renderStep(step)] : []),
  ].join("\n");
}

export function renderStep({
  lab,
  id,
  title,
  text,
  number,
  of,
  task,
  experiments,
  needsAws,
}: StepView): string {
  return [
    paint.bold(`${id}  ${title}`) + paint.dim(`  (${lab}, step ${number} of ${of})`),
    "",
    renderMarkdown(text),
    ...(task
      ? ["", `${paint.bold("to do")}  ${renderMarkdown(task.goal)}`, `       in ${paint.bold(task.file)}`]
      : []),
    ...(needsAws ? ["", paint.yellow(`needs a real account: ${needsAws}`)] : []),
    ...(experiments.length ? ["", paint.bold("try it yourself")] : []),
    ...experiments.flatMap(({ what, who, from, expect, commands }) => [
      `  ${who} from ${from}: ${renderMarkdown(what)} ${paint.dim(`→ ${words[expect]}`)}`,
      ...commands.map((command) => `    ${paint.cyan(command)}`),
    ]),
    "",
    paint.dim(
      needsAws
        ? "next: `sagekeep lab next`"
        : `${task ? "edit the file, then " : ""}\`sagekeep lab check\` tries all of it; \`sagekeep lab hint\` helps`,
    ),
  ].join("\n");
}

function layerOf({ layer, statement, policy, got, problems }: Row): string {
  if (got !== "denied" || !layer) return problems.length && got !== "by hand" ? "" : "";
  return `${layers[layer] ?? layer}${statement ? `: ${statement}${/^\d+$/.test(statement) ? ` of ${policy}` : ""}` : ": nothing allows it"}`;
}

export function renderCheck(report: CheckReport): string {
  const { step, title, rows, passed, hole, needsAws, warnings, last } = report;
  if (needsAws)
    return `${paint.bold(`${step}  ${title}`)}\n${paint.yellow(`not played here, it needs a real account: ${needsAws}`)}\nnext: \`sagekeep lab next\``;
  const lines = table(
    rows.map((row) => [
      row.byHand ? paint.yellow("–") : row.ok ? paint.green("✔") : paint.red("✖"),
      row.what.replaceAll("`", ""),
      row.who,
      row.from,
      words[row.expect] ?? row.expect,
      row.ok ? (words[row.got] ?? row.got) : paint.red(words[row.got] ?? row.got),
      row.code ?? "",
      layerOf(row),
    ]),
    ["", "attempt", "by", "from", "expected", "got", "error", "decided by"],
  );
  const byHand = rows.filter((row) => row.byHand);
  return [
    paint.bold(`${step}  ${title}`),
    ...warnings.map((one) => `${paint.yellow("warning")}:${one}`),
    "",
    lines,
    "",
    ...(hole ? renderHole(hole) : []),
    ...byHand.flatMap(({ what, byHand: hand, commands }) => [
      `${paint.yellow("by hand")} ${what}: ${hand?.why}; ${hand?.how}`,
      ...commands.slice(0, 1).map((command) => `    ${paint.cyan(command)}`),
    ]),
    passed
      ? `${byHand.length === rows.length ? paint.yellow(`step ${step}: nothing was attempted, all of it is yours to try by hand`) : paint.green(`step ${step} passed${byHand.length ? `, but for ${byHand.length} to try by hand` : ""}`)}\n${meaning(rows)}\nnext: \`sagekeep lab next\`${last ? " ends this lab" : ""}`
      : `${paint.red(`step ${step} has not passed`)}: ${rows.filter((row) => !row.ok && !row.byHand).length} of ${rows.length} attempts ended otherwise\nhelp: \`sagekeep lab hint\`, and \`sagekeep lab solve\` writes a solution (yours is kept)`,
  ].join("\n");
}

function renderHole({ says, row }: NonNullable<CheckReport["hole"]>): string[] {
  return [
    paint.bold("what is wrong"),
    `  ${says}`,
    `  ${paint.dim(`why it matters: ${row.why}`)}`,
    ...(row.message ? [`  ${paint.dim(`it said: ${row.message}`)}`] : []),
    "  the request:",
    ...row.commands.map((command) => `    ${paint.cyan(command)}`),
    "",
  ];
}

const meaning = (rows: readonly Row[]) =>
  rows
    .filter((row) => row.ok)
    .map((row) => paint.dim(`  ${row.what.replaceAll("`", "")}: ${row.why.replaceAll("`", "")}`))
    .join("\n");

export function renderNext({ step, done }: NextReport): string {
  if (step) return renderStep(step);
  if (!done) return "";
  return [
    paint.bold(`${done.title}: ${done.passed} of ${done.of} steps passed; everything it made is undone`),
    ...(done.quiz ? [`quiz: \`sagekeep lab quiz ${done.lab}\``] : []),
    done.nextLab
      ? `next: \`sagekeep lab start ${done.nextLab}\``
      : "that was the last lab; `sagekeep lab status` shows what you did",
  ].join("\n");
}

const states = {
  new: paint.dim("·"),
  started: paint.yellow("…"),
  failed: paint.red("✖"),
  passed: paint.green("✔"),
  read: paint.dim("read"),
} as const;

export function renderStatus(report: StatusReport, detailed: boolean): string {
  const { started, target, cloud, folder, labs, lab, step } = report;
  const rows = labs.map((one) => [
    one.slug === lab ? paint.bold(one.slug) : one.slug,
    one.title,
    `${one.minutes} min`,
    `${one.passed} of ${one.of}${one.read ? ` (${one.read} read)` : ""}`,
    one.quiz
      ? `${one.quiz.right} of ${one.quiz.of}`
      : one.questions
        ? paint.dim(`${one.questions} questions`)
        : "",
  ]);
  const here = labs.find((one) => one.slug === lab);
  return [
    table(rows, ["lab", "title", "time", "steps", "quiz"]),
    "",
    ...(started
      ? [
          `folder ${folder}, ${target?.kind === "aws" ? `AWS account ${target.account}` : cloud ? `local cloud at ${cloud.endpoint}` : "local cloud not running (it is started when needed)"}`,
        ]
      : ["begin with `sagekeep lab start`"]),
    ...(here && detailed
      ? [
          "",
          paint.bold(here.title),
          ...here.steps.map(
            (one) =>
              `  ${states[one.state]} ${one.id}  ${one.title}${one.solved ? paint.dim(" (solution shown)") : ""}${one.id === step ? paint.bold("  ← here") : ""}`,
          ),
        ]
      : []),
  ].join("\n");
}
