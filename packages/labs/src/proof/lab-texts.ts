/** Every text of a lab with the place it stands in: what is checked for links and commands. */
import type { Experiment, Lab } from "../model.ts";

export interface LabText {
  /** `step 1.2, hint` */
  where: string;
  text: string;
}

export function labTexts(lab: Lab): LabText[] {
  return [
    { where: "introduction", text: lab.introduction },
    ...lab.steps.flatMap(({ id, text, hint, task }) => [
      { where: `step ${id}, text`, text },
      { where: `step ${id}, hint`, text: hint },
      ...(task ? [{ where: `step ${id}, goal`, text: task.goal }] : []),
    ]),
    ...lab.quiz.flatMap(({ question, choices, explanation }, index) => [
      { where: `question ${index + 1}`, text: [question, ...choices].join("\n\n") },
      { where: `explanation ${index + 1}`, text: explanation },
    ]),
  ];
}

/** What stands in backticks or fences: code, commands, names. */
export function codeIn(text: string): string[] {
  const fenced = [...text.matchAll(/^[ \t]*```[^\n]*\n([\s\S]*?)^[ \t]*```/gm)].flatMap(([, body = ""]) =>
    body
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .map((line) => line.trim().replace(/^\$ /, "")),
  );
  const rest = text.replaceAll(/^[ \t]*```[^\n]*\n[\s\S]*?^[ \t]*```/gm, "");
  const inline = [...rest.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replaceAll(/\s+/g, " ").trim());
  return [...fenced, ...inline].filter(Boolean);
}

/** `[name](target)` outside of code. */
export function linksIn(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```|`[^`]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, url = ""]) => url);
}

/** The commands that are written out for attempts of more than one call. */
export function attemptCommands(experiments: readonly Experiment[]): LabText[] {
  return experiments.flatMap(({ what, attempt }) =>
    "run" in attempt ? [{ where: `experiment \`${what}\``, text: attempt.command }] : [],
  );
}
