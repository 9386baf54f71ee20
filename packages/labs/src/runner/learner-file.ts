/** The file a learner writes for a task: read, checked for its grammar, and said where it is wrong. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Diagnostic, jsonErrorAt, lineAndColumn, type PolicyKind, parsePolicy } from "@sagekeep/policy";
import { ToolkitError } from "@sagekeep/toolkit";
import { parseDocument } from "yaml";
import type { Task } from "../model.ts";
import type { LabFolder } from "./folder.ts";

export interface LearnerFile {
  path: string;
  text: string;
}

export function learnerPath(folder: LabFolder, task: Task): string {
  return join(folder.policies, task.file);
}

/** @throws ToolkitError when it is missing, or not JSON, with the place */
export function readLearnerFile(folder: LabFolder, task: Task): LearnerFile {
  const path = learnerPath(folder, task);
  const shown = relative(process.cwd(), path);
  if (!existsSync(path))
    throw new ToolkitError("LAB0010", `there is no \`${shown}\``, {
      help: "`sagekeep lab reset` writes the file as it was at first",
      exit: "invalid",
    });
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  const wrong = jsonErrorAt(text);
  if (wrong !== undefined)
    throw new ToolkitError(
      "LAB0011",
      `\`${shown}\` is not JSON at ${lineAndColumn(text, wrong)}\n${excerpt(text, wrong)}`,
      {
        help: "a comma too many, or a quote that is missing, is the usual cause",
        exit: "invalid",
      },
    );
  return { path, text };
}

/**
 * Checks the grammar of a policy.
 * @param kind where it is attached; `json` has no grammar to check
 * @param filled the document with its placeholders filled in; its lines are those of the file
 * @returns warnings. @throws ToolkitError with every error and its place
 */
export function checkGrammar(
  { path, text }: LearnerFile,
  filled: string,
  kind: PolicyKind | "json",
): string[] {
  if (kind === "json") return [];
  const { errors, warnings } = parsePolicy(filled, { kind });
  const shown = relative(process.cwd(), path);
  if (errors.length > 0)
    throw new ToolkitError(
      "LAB0012",
      `\`${shown}\` is no legal ${kind} policy: AWS would refuse it\n${errors.map((one) => describe(one, text, shown)).join("\n")}`,
      { help: "mend it, then `sagekeep lab check` again; `sagekeep lab hint` helps", exit: "invalid" },
    );
  return warnings.map((one) => describe(one, text, shown));
}

function describe({ code, path, message, help }: Diagnostic, text: string, file: string): string {
  const at = placeOf(text, path);
  const place =
    at === undefined
      ? path
      : `${file}:${lineAndColumn(text, at).replace(/line (\d+), column (\d+)/, "$1:$2")}`;
  return [`  ${place}: ${code}: ${message}`, ...(help ? [`    help: ${help}`] : [])].join("\n");
}

/** Where a JSON path such as `$.Statement[0].Action` lies in the text. */
function placeOf(text: string, path: string): number | undefined {
  const keys = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  const document = parseDocument(text);
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return node.range[0];
  }
  return undefined;
}

function excerpt(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  const line = text.slice(start, end < 0 ? undefined : end);
  const number = text.slice(0, at).split("\n").length;
  const gutter = `${String(number).padStart(5)} | `;
  return `${gutter}${line.slice(0, 200)}\n${" ".repeat(gutter.length - 2)}| ${" ".repeat(Math.min(at - start, 200))}^`;
}
