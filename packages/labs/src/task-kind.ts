/** Where a task's document is attached, told from its solution when the author does not say. */
import type { PolicyKind } from "@sagekeep/policy";
import type { Bench } from "./bench.ts";
import type { Task } from "./model.ts";

export async function taskKind(task: Task, bench: Bench): Promise<PolicyKind | "json"> {
  if (task.kind) return task.kind;
  const { solution } = task;
  const { Statement } = (typeof solution === "function" ? await solution(bench) : solution) as {
    Statement?: unknown;
  };
  if (Statement === undefined) return "json";
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as object[];
  const some = (...names: string[]) => statements.some((one) => names.some((name) => name in one));
  if (!some("Principal", "NotPrincipal")) return "identity";
  return some("Resource", "NotResource") ? "resource" : "trust";
}
