/** From the words of the file to a persona: inheritance, additions, removals. */

import {
  CAPABILITIES,
  type Capability,
  PERSONAS,
  WORKLOADS,
  WORKLOADS_OF,
  type Workload,
} from "./capabilities.ts";
import type { Persona } from "./platform.ts";
import type { PlatformDocument, StatementInput } from "./schema.ts";

type OwnPersonas = PlatformDocument["personas"];

/** Names of all personas a file can use: those that ship, and its own. */
export function personaNames(own: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(PERSONAS), ...Object.keys(own)])];
}

/** Resolves a persona by name. Undefined when it is unknown or inherits from itself. */
export function resolvePersona(
  name: string,
  own: OwnPersonas,
  seen: readonly string[] = [],
): Persona | undefined {
  if (seen.includes(name)) return undefined;
  const written = Object.hasOwn(own, name) ? own[name] : undefined;
  if (written === undefined) {
    const shipped = Object.hasOwn(PERSONAS, name) ? PERSONAS[name] : undefined;
    return shipped && persona(name, shipped, []);
  }
  // A persona of the file that extends its own name builds on the one that ships.
  const parent =
    written.extends === undefined
      ? persona(name, [], [])
      : written.extends === name
        ? resolvePersona(name, {}, [])
        : resolvePersona(written.extends, own, [...seen, name]);
  if (parent === undefined) return undefined;
  const without = new Set(written.without);
  const capabilities = [...parent.capabilities, ...written.capabilities].filter((one) => !without.has(one));
  return persona(name, capabilities, [...parent.statements, ...written.statements]);
}

function persona(
  name: string,
  capabilities: readonly Capability[],
  statements: readonly StatementInput[],
): Persona {
  const order = Object.keys(CAPABILITIES) as Capability[];
  const ordered = order.filter((one) => capabilities.includes(one));
  return { name, capabilities: ordered, workloads: workloadsOf(ordered), statements };
}

function workloadsOf(capabilities: readonly Capability[]): readonly Workload[] {
  const needed = new Set(capabilities.flatMap((one) => WORKLOADS_OF[one] ?? []));
  return WORKLOADS.filter((one) => needed.has(one));
}
