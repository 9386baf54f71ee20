/** Outputs and exports: resolved when every resource is ready, and guarded while other stacks read them. */
import { evaluate } from "../functions/evaluate.ts";
import type { Scope } from "../functions/scope.ts";
import type { Compiled } from "../template/compile.ts";
import { formatError, templateError, validationError } from "../template/errors.ts";
import { scalarText } from "../template/value.ts";
import type { Operation } from "./operation.ts";
import type { OutputRecord } from "./records.ts";

/** Resolves the outputs and registers the exports. @throws AwsError when one cannot be, or is still imported */
export async function publishOutputs(operation: Operation, compiled: Compiled): Promise<void> {
  const { journal } = operation;
  const outputs = await operation.evaluated(compiled.scope, (live) => outputsOf(compiled, live));
  registerExports(operation, outputs);
  journal.change((stack) => {
    stack.outputs = outputs;
    stack.imports = [...operation.imports];
  });
}

function outputsOf(compiled: Compiled, scope: Scope): OutputRecord[] {
  const outputs: OutputRecord[] = [];
  for (const [key, definition] of Object.entries(compiled.template.outputs)) {
    if (definition.condition !== undefined && !compiled.conditions[definition.condition]) continue;
    const value = scalarText(evaluate(definition.value, scope));
    if (value === undefined) {
      throw formatError(`The Value field of every Outputs member must evaluate to a String.`);
    }
    const output: OutputRecord = { key, value };
    if (definition.description !== undefined) output.description = definition.description;
    if (definition.exportName !== undefined) {
      const name = scalarText(evaluate(definition.exportName, scope)) ?? "";
      if (!/^[A-Za-z0-9:-]{1,255}$/.test(name)) {
        throw formatError(
          `Output ${key} is malformed. The Name field of every Export member must be specified and consist only of alphanumeric characters, colons, or hyphens.`,
        );
      }
      output.exportName = name;
    }
    outputs.push(output);
  }
  return outputs;
}

function registerExports(operation: Operation, outputs: readonly OutputRecord[]): void {
  const { journal } = operation;
  const { exports } = journal.tables;
  const { id } = journal.stack;
  const names = new Set<string>();
  for (const { exportName: name } of outputs) {
    if (name === undefined) continue;
    if (names.has(name)) throw templateError(`Duplicate Export names: ${name}`);
    names.add(name);
    const taken = exports.get(name);
    if (taken && taken.stackId !== id) {
      throw validationError(
        `Export with name ${name} is already exported by stack ${stackName(taken.stackId)}.`,
      );
    }
  }
  for (const old of exports.list()) {
    if (old.stackId !== id) continue;
    const now = outputs.find((one) => one.exportName === old.name);
    if (now && now.value === old.value) continue;
    const users = importersOf(operation, old.name);
    if (users.length > 0) {
      const verb = now ? "updated" : "deleted";
      throw validationError(`Export ${old.name} cannot be ${verb} as it is in use by ${inWords(users)}`);
    }
    if (!now) exports.delete(old.name);
  }
  for (const { exportName: name, value } of outputs) {
    if (name !== undefined) exports.put(name, { name, value, stackId: id });
  }
}

/** Names of the live stacks that import `name`. */
export function importersOf(operation: Pick<Operation, "journal">, name: string): string[] {
  return operation.journal.tables.stacks
    .list()
    .filter((one) => one.status !== "DELETE_COMPLETE" && one.imports.includes(name))
    .map((one) => one.name);
}

/** `a`, `a and b`, `a, b and c`: as AWS lists stacks. */
export function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Puts the exports back to what the stack's record says, after a rollback. */
export function restoreOutputs(operation: Operation): void {
  const { journal } = operation;
  const { exports } = journal.tables;
  const { id, outputs } = journal.stack;
  for (const one of exports.list()) {
    if (one.stackId === id && !outputs.some((output) => output.exportName === one.name))
      exports.delete(one.name);
  }
  for (const { exportName: name, value } of outputs) {
    if (name !== undefined) exports.put(name, { name, value, stackId: id });
  }
}

function stackName(stackId: string): string {
  return stackId.split("/")[1] ?? stackId;
}
