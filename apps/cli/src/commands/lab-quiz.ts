/** `sagekeep lab quiz`: asks in a terminal, or takes the answers of a script. */
import { createInterface } from "node:readline/promises";
import type { Answered, Lab } from "@sagekeep/labs";
import { type Exit, ToolkitError } from "@sagekeep/toolkit";
import type { Session } from "../command.ts";
import { renderMarkdown } from "../render/markdown.ts";
import { paint } from "../render/table.ts";

export async function askQuiz(
  session: Session,
  name: string | undefined,
  options: { folder?: string; answers?: string },
): Promise<Exit> {
  const labs = await import("@sagekeep/labs");
  const progress = labs.Progress.read(labs.labFolder(options.folder).progress);
  const slug = name ?? progress?.data.lab ?? labs.labs[0]?.slug ?? "";
  const lab = await labs.labOf(slug);
  if (lab.quiz.length === 0)
    throw new ToolkitError("LAB0042", `lab ${lab.slug} has no questions`, { exit: "invalid" });
  let answered: Answered[];
  if (options.answers !== undefined)
    answered = labs
      .readAnswers(lab, options.answers)
      .map((given, index) => labs.judgeAnswer(lab.quiz[index] as Lab["quiz"][number], given));
  else if (session.json) {
    session.answer(
      { lab: lab.slug, questions: lab.quiz.map(({ question, choices }) => ({ question, choices })) },
      () => "",
    );
    return "done";
  } else answered = await ask(session, lab, labs.judgeAnswer);
  const report = labs.finishQuiz(progress, lab, answered);
  session.answer(report, () =>
    [
      ...(options.answers === undefined ? [] : answered.map(renderAnswer)),
      paint.bold(`${report.right} of ${report.of} right`) +
        (progress ? "" : paint.dim(" (not kept: no lab was started here)")),
    ].join("\n"),
  );
  return "done";
}

async function ask(
  session: Session,
  lab: Lab,
  judge: (question: Lab["quiz"][number], given: number) => Answered,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const lines = terminal[Symbol.asyncIterator]();
  try {
    for (const [index, question] of lab.quiz.entries()) {
      process.stderr.write(
        `\n${paint.bold(`${index + 1}. `)}${renderMarkdown(question.question)}\n${question.choices.map((choice, at) => `   ${at + 1}  ${renderMarkdown(choice)}`).join("\n")}\n`,
      );
      let given = 0;
      while (!(given >= 1 && given <= question.choices.length)) {
        process.stderr.write(`your answer (1 to ${question.choices.length}): `);
        const line = await Promise.race([lines.next(), aborted(session.signal)]);
        if (!line || line.done)
          throw new ToolkitError("LAB0043", "the quiz ended before its last question", {
            help: "run it again; scripts answer with `--answers 1,3,2…`",
            exit: "cancelled",
          });
        given = /^\s*\d\s*$/.test(line.value) ? Number(line.value) : 0;
      }
      const one = judge(question, given);
      process.stderr.write(`${renderAnswer(one)}\n`);
      answered.push(one);
    }
  } finally {
    terminal.close();
  }
  return answered;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function renderAnswer({ ok, given, right, choices, explanation, step }: Answered): string {
  const verdict = ok
    ? paint.green("right")
    : `${paint.red("not quite")}: ${choices[given - 1]} – right is ${right}: ${choices[right - 1]}`;
  return `   ${verdict}\n   ${renderMarkdown(explanation)} ${paint.dim(`(step ${step} shows it)`)}`;
}
