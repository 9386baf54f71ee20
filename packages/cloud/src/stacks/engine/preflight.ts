/**
 * What fails an operation before any resource is begun: attributes that a type does not have, and exports that are not
 * there. The stack then has the reason itself, and no resource an event.
 */
import { evaluate } from "../functions/evaluate.ts";
import { unsupportedAttribute } from "../template/attributes.ts";
import type { Compiled } from "../template/compile.ts";
import { visit } from "../template/references.ts";
import type { Value } from "../template/value.ts";
import { failureReason } from "./failure.ts";

/** The stack's reason, ending as they do in a space; `undefined` when the operation can begin. */
export function preflight(compiled: Compiled): string | undefined {
  const misnamed = unsupportedAttribute(compiled);
  if (misnamed !== undefined) return `${misnamed}. `;
  const { template, conditions, dependencies } = compiled;
  const values: Value[] = [...dependencies.keys()].map((name) => template.resources[name]?.properties ?? {});
  for (const { condition, value, exportName } of Object.values(template.outputs)) {
    if (condition === undefined || conditions[condition]) values.push(value, exportName ?? "");
  }
  for (const value of values) {
    const problem = missingImport(value, compiled);
    if (problem !== undefined) return `${problem} `;
  }
  return undefined;
}

function missingImport(value: Value, compiled: Compiled): string | undefined {
  let problem: string | undefined;
  visit(value, {
    branch: (condition) => compiled.conditions[condition] ?? false,
    intrinsic: (name, argument) => {
      if (name !== "Fn::ImportValue" || problem !== undefined) return;
      try {
        evaluate({ [name]: argument }, compiled.scope);
      } catch (error) {
        problem = failureReason(error);
      }
    },
  });
  return problem;
}
