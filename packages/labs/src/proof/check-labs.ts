/**
 * Proves the labs: unsolved starts fail, solutions pass, hints and quizzes are there, links resolve, quoted commands
 * exist, and the account is at the end what it was at the beginning. `npm run labs:check` and one test run it.
 */
import { parsePolicy } from "@sagekeep/policy";
import { step as asStep, type Io, silent } from "@sagekeep/toolkit";
import type { Bench } from "../bench.ts";
import { labs as registered } from "../content/index.ts";
import { diagrams } from "../diagrams/index.ts";
import type { Lab, Step } from "../model.ts";
import { fillIn } from "../placeholders.ts";
import { taskKind } from "../task-kind.ts";
import { CommandBook, type KnownCommand } from "./commands.ts";
import { attemptCommands, codeIn, labTexts, linksIn } from "./lab-texts.ts";
import { checkLink, fetchLink, linkTargets } from "./links.ts";
import { document, type LabReport, playLab } from "./play-lab.ts";
import { openProofBench } from "./proof-bench.ts";

export interface CheckLabsOptions {
  /** Slugs. @default all */
  only?: readonly string[];
  /** What the command line knows, to judge quoted commands by. */
  commands: readonly KnownCommand[];
  /** Really fetches the links to other sites. */
  online?: boolean;
  /** Compares the account after each step. */
  thorough?: boolean;
  io?: Io;
}

export interface CheckedLab extends LabReport {
  title: string;
  experiments: number;
  tasks: number;
  questions: number;
  links: number;
  commands: number;
  /** What is wrong with its texts, links, commands, quiz. */
  content: string[];
}

export interface LabsReport {
  labs: CheckedLab[];
  ok: boolean;
  seconds: number;
}

/** The least questions of a lab. */
const leastQuestions = 5;

export async function checkLabs(options: CheckLabsOptions): Promise<LabsReport> {
  const { only, io = silent } = options;
  const began = performance.now();
  const all = await Promise.all(registered.map((one) => one.load()));
  const targets = linkTargets(
    all,
    diagrams.map(({ name }) => name),
  );
  const book = new CommandBook(options.commands);
  const { bench, close } = await openProofBench(io);
  const checked: CheckedLab[] = [];
  try {
    for (const lab of all) {
      if (only && !only.includes(lab.slug)) continue;
      const one = await asStep(
        io,
        lab.slug,
        `play ${lab.slug}`,
        () => checkLab(bench, lab, { ...options, book, targets }),
        ({ ok, steps, experiments }) =>
          `(${steps.length} steps, ${experiments} experiments${ok ? "" : ", with problems"})`,
      );
      checked.push(one);
    }
  } finally {
    book.close();
    await close();
  }
  return {
    labs: checked,
    ok: checked.every((one) => one.ok),
    seconds: (performance.now() - began) / 1000,
  };
}

interface Context extends CheckLabsOptions {
  book: CommandBook;
  targets: ReadonlySet<string>;
}

async function checkLab(bench: Bench, lab: Lab, context: Context): Promise<CheckedLab> {
  const content = [...checkShape(lab)];
  const texts = labTexts(lab);
  const links = [
    ...texts.flatMap(({ where, text }) => linksIn(text).map((url) => ({ where, url }))),
    ...lab.furtherReading.map(({ title, url }) => ({ where: `further reading \`${title}\``, url })),
  ];
  for (const { where, url } of links) {
    const wrong =
      checkLink(url, context.targets) ??
      (context.online && !url.startsWith("#") ? await fetchLink(url) : undefined);
    if (wrong) content.push(`${where}: ${wrong}`);
  }
  const report = await playLab(bench, lab, { thorough: context.thorough === true });
  const quoted = texts.flatMap(({ where, text }) => codeIn(text).map((line) => ({ where, line })));
  const played = report.steps.flatMap(({ results }) =>
    attemptCommands(results.map((one) => one.experiment)).flatMap(({ where, text }) =>
      text.split("\n").map((line) => ({ where, line })),
    ),
  );
  let commands = 0;
  for (const { where, line } of [...quoted, ...played]) {
    if (/^(npx )?sagekeep |^aws /.test(line)) commands++;
    const wrong = await context.book.check(line);
    if (wrong) content.push(`${where}: ${wrong}`);
  }
  for (const step of lab.steps) content.push(...(await checkSolution(bench, step)));
  return {
    ...report,
    title: lab.title,
    experiments: report.steps.reduce((sum, one) => sum + one.results.length, 0),
    tasks: lab.steps.filter((one) => one.task).length,
    questions: lab.quiz.length,
    links: links.length,
    commands,
    content,
    ok: report.ok && content.length === 0,
  };
}

/** What must be there at all. */
function checkShape({ introduction, steps, quiz, slug, number }: Lab): string[] {
  const problems: string[] = [];
  const empty = (text: string) => text.trim().length < 20;
  if (empty(introduction)) problems.push("the introduction is empty");
  if (Number(slug.slice(0, 2)) !== number) problems.push(`the number is ${number}, the slug says ${slug}`);
  if (quiz.length < leastQuestions)
    problems.push(`it has ${quiz.length} questions, expected at least ${leastQuestions}`);
  const ids = new Set<string>();
  for (const { id, title, text, hint } of steps) {
    if (ids.has(id)) problems.push(`two steps are called ${id}`);
    ids.add(id);
    if (title.trim() === "") problems.push(`step ${id} has no title`);
    if (empty(text)) problems.push(`step ${id} has no text`);
    if (empty(hint)) problems.push(`the hint of step ${id} is empty`);
  }
  for (const [index, { choices, answer, explanation, step }] of quiz.entries()) {
    const name = `question ${index + 1}`;
    if (choices.length < 2) problems.push(`${name} has ${choices.length} choices`);
    if (new Set(choices).size !== choices.length) problems.push(`${name} has the same choice twice`);
    if (!choices[answer]) problems.push(`${name} has no choice ${answer}`);
    if (empty(explanation)) problems.push(`${name} has no explanation`);
    if (!ids.has(step)) problems.push(`${name} points at step ${step}, which is not in the lab`);
  }
  return problems;
}

/** What we show as a solution, AWS would take without a word; a start may be wrong in meaning, not in grammar. */
async function checkSolution(bench: Bench, { id, task, needsAws }: Step): Promise<string[]> {
  if (!task || needsAws) return [];
  const kind = await taskKind(task, bench).catch(() => "json" as const);
  if (kind === "json") return [];
  const problems: string[] = [];
  for (const which of ["start", "solution"] as const) {
    // a document that is written from what `prepare` makes cannot be read now
    const text = await document(task[which], bench).catch(() => undefined);
    if (text === undefined) continue;
    const filled = await fillIn(bench, text).catch(() => undefined);
    if (filled === undefined) continue;
    problems.push(
      ...parsePolicy(filled, { kind }).errors.map(
        (one) => `step ${id}, ${which}: ${one.code} at ${one.path}: ${one.message}`,
      ),
    );
  }
  return problems;
}
