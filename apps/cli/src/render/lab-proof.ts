/** What `lab verify` found: a table a lab, and everything that is wrong. */
import type { LabsReport } from "@sagekeep/labs";
import { paint, table } from "./table.ts";

export function renderProof({ labs, ok, seconds }: LabsReport): string {
  const parts = labs.flatMap((lab) => {
    const rows = lab.steps.map(({ step, title, unsolved, results, problems, needsAws, seconds: time }) => [
      needsAws ? paint.dim("–") : problems.length ? paint.red("✖") : paint.green("✔"),
      step,
      title,
      unsolved ? `${unsolved.filter((one) => !one.ok).length} of ${unsolved.length} fail` : "",
      needsAws
        ? paint.dim("needs AWS")
        : `${results.filter((one) => one.ok).length} of ${results.length} pass`,
      needsAws ? "" : `${time.toFixed(1)} s`,
    ]);
    const wrong = [
      ...lab.steps.flatMap(({ step, problems }) => problems.map((one) => `step ${step}: ${one}`)),
      ...lab.content,
      ...lab.leftovers.map((one) => `after the lab: ${one}`),
    ];
    return [
      paint.bold(`${lab.lab}  ${lab.title}`),
      table(rows, ["", "step", "", "unsolved", "solved", "time"]),
      `${lab.experiments} experiments, ${lab.tasks} tasks, ${lab.questions} questions, ${lab.links} links, ${lab.commands} quoted commands, ${lab.seconds.toFixed(0)} s`,
      ...wrong.map((one) => `${paint.red("✖")} ${one}`),
      "",
    ];
  });
  const total = labs.reduce((sum, lab) => sum + lab.experiments, 0);
  return [
    ...parts,
    ok
      ? paint.green(`all ${labs.length} labs are sound: ${total} experiments in ${seconds.toFixed(0)} s`)
      : paint.red(
          `not sound: ${labs
            .filter((one) => !one.ok)
            .map((one) => one.lab)
            .join(", ")}`,
        ),
  ].join("\n");
}
