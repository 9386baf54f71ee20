/** The policies of one persona. They name no team and no domain: those are tags of the roles that get them. */

import type { Persona } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { pack } from "../policies/pack.ts";
import { FAMILIES, type Family, familyStatements } from "../policies/persona.ts";
import type { Scope } from "../scope.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies } from "./roles.ts";

const ABOUT: Readonly<Record<Family, string>> = {
  access: "what it may do",
  limits: "what holds whatever it may do",
};

export class PersonaStack extends PlatformStack {
  constructor(scope: Construct, persona: Persona, props: Omit<PlatformStackProps, "summary">) {
    super(scope, `persona-${persona.name}`, { ...props, summary: `policies of persona ${persona.name}` });
    const { platform, arns } = this;
    for (const family of FAMILIES) {
      const statements = familyStatements(arns, persona, family);
      const name = `${platform.name}-${persona.name}-${family}`;
      managedPolicies(this, name, statements, `${persona.name}: ${ABOUT[family]}`);
    }
  }
}

/** ARNs of a persona's policies, as roles of other stacks attach them. */
export function personaPolicyArns(arns: Scope, personaName: string): string[] {
  const { platform } = arns;
  const persona = platform.personas.find((one) => one.name === personaName)!;
  return FAMILIES.flatMap((family) => {
    const parts = pack(familyStatements(arns, persona, family));
    const name = `${platform.name}-${personaName}-${family}`;
    return parts.map((_, index) => arns.iam(`policy/${index === 0 ? name : `${name}-${index + 1}`}`));
  });
}
