/** Questions, answers, score. Asking is the caller's part: a terminal, a page, a script. */
import { ToolkitError } from "@sagekeep/toolkit";
import type { Lab, Question } from "../model.ts";
import type { Progress } from "./progress.ts";

export interface Answered {
  question: string;
  choices: string[];
  /** Places among the choices, from one. */
  given: number;
  right: number;
  ok: boolean;
  explanation: string;
  step: string;
}

export interface QuizReport {
  lab: string;
  answered: Answered[];
  right: number;
  of: number;
}

/** @param given from one */
export function judgeAnswer(
  { question, choices, answer, explanation, step }: Question,
  given: number,
): Answered {
  return { question, choices, given, right: answer + 1, ok: given === answer + 1, explanation, step };
}

/** `1,3,2` for a lab's questions. @throws ToolkitError when a number is missing or names no choice */
export function readAnswers({ quiz, slug }: Lab, text: string): number[] {
  const given = text.split(/[\s,]+/).filter(Boolean);
  if (given.length !== quiz.length)
    throw new ToolkitError(
      "LAB0014",
      `got ${given.length} answers, the quiz of ${slug} has ${quiz.length} questions`,
      {
        help: "one number a question, separated by commas: `--answers 1,3,2`",
        exit: "invalid",
      },
    );
  return given.map((one, index) => {
    const most = quiz[index]?.choices.length ?? 0;
    const value = Number(one);
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new ToolkitError(
        "LAB0014",
        `answer ${index + 1} is \`${one}\`, expected a number from 1 to ${most}`,
        {
          exit: "invalid",
        },
      );
    return value;
  });
}

/** Counts, and keeps the best score. */
export function finishQuiz(progress: Progress | undefined, lab: Lab, answered: Answered[]): QuizReport {
  const right = answered.filter((one) => one.ok).length;
  const best = progress?.data.quizzes[lab.slug];
  if (progress && (!best || right >= best.right)) {
    progress.data.quizzes[lab.slug] = { right, of: lab.quiz.length, at: new Date().toISOString() };
    progress.save();
  }
  return { lab: lab.slug, answered, right, of: lab.quiz.length };
}
