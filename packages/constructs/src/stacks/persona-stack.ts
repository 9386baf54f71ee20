/** The policies of one persona. They name no team and no domain: those are tags of the roles that get them. */

import type { Persona } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { pack } from "../policies/pack.ts";
import { PURPOSES, type Purpose, personaStatements } from "../policies/persona.ts";
import type { Scope } from "../scope.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies } from "./roles.ts";

const ABOUT: Readonly<Record<Purpose, string>> = {
  baseline: "sees the platform",
  studio: "works in Studio",
  science: "works on jobs, experiments and models",
  operations: "runs pipelines, endpoints and monitoring",
  denials: "what is denied whatever else is allowed",
  controls: "how work must be configured",
};

export class PersonaStack extends PlatformStack {
  constructor(scope: Construct, persona: Persona, props: Omit<PlatformStackProps, "summary">) {
    super(scope, `persona-${persona.name}`, { ...props, summary: `policies of persona ${persona.name}` });
    const { platform, arns } = this;
    for (const purpose of PURPOSES) {
      const statements = personaStatements(arns, persona, purpose);
      const name = `${platform.name}-${persona.name}-${purpose}`;
      managedPolicies(this, name, statements, `${persona.name}: ${ABOUT[purpose]}`);
    }
  }
}

/** ARNs of a persona's policies, as roles of other stacks attach them. */
export function personaPolicyArns(arns: Scope, personaName: string): string[] {
  const { platform } = arns;
  const persona = platform.personas.find((one) => one.name === personaName)!;
  return PURPOSES.flatMap((purpose) => {
    const parts = pack(personaStatements(arns, persona, purpose));
    const name = `${platform.name}-${personaName}-${purpose}`;
    return parts.map((_, index) => arns.iam(`policy/${index === 0 ? name : `${name}-${index + 1}`}`));
  });
}
