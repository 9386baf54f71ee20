/** A persona must permit something, and its inheritance must end. */

import type { Findings } from "../findings.ts";
import { resolvePersona } from "../personas.ts";
import { entriesOf, field, listOf, textOf } from "../raw.ts";
import type { PlatformDocument } from "../schema.ts";

export function checkPersonas(findings: Findings, raw: unknown): void {
  const own: PlatformDocument["personas"] = {};
  for (const [name, value] of entriesOf(field(raw, "personas")))
    own[name] = {
      extends: textOf(field(value, "extends")),
      capabilities: listOf(field(value, "capabilities")) as never,
      without: listOf(field(value, "without")) as never,
      statements: listOf(field(value, "statements")) as never,
    };
  for (const [name, value] of Object.entries(own)) {
    const persona = resolvePersona(name, own);
    if (persona === undefined) {
      if (value.extends !== undefined && isCycle(name, own))
        findings.add({
          code: "SPEC0206",
          path: ["personas", name, "extends"],
          message: `persona \`${name}\` extends itself`,
          label: "a circle",
          help: "let one persona of the circle list its capabilities instead",
        });
    } else if (
      persona.capabilities.length === 0 &&
      persona.statements.length === 0 &&
      value.capabilities.length === 0
    )
      findings.add({
        code: "SPEC0207",
        path: ["personas", name],
        at: "key",
        message: `persona \`${name}\` permits nothing`,
        label: "no permission",
        help: "add `capabilities: [read, studio]`, or `extends: viewer`",
      });
  }
}

function isCycle(name: string, own: PlatformDocument["personas"]): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined; at = own[at]?.extends) {
    if (seen.has(at)) return true;
    seen.add(at);
    if (!Object.hasOwn(own, at)) return false;
  }
  return false;
}
