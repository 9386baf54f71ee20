/** The domains' default execution roles: they see the platform and nothing else. */

import { domainRoleName } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { personaStatements } from "../policies/persona.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies, sagemakerRole } from "./roles.ts";

export class AccessStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "access", { ...props, summary: "default execution roles of the domains" });
    const { platform, arns } = this;
    const viewer = { name: "default", capabilities: ["read"], workloads: [], statements: [] } as const;
    const [baseline] = managedPolicies(
      this,
      `${platform.name}-default-baseline`,
      personaStatements(arns, viewer, "baseline"),
      "default of a domain: sees the platform",
    );
    const [denials] = managedPolicies(
      this,
      `${platform.name}-default-denials`,
      personaStatements(arns, viewer, "denials"),
      "default of a domain: what is denied whatever else is allowed",
    );
    for (const domain of platform.domains) {
      const role = sagemakerRole(this, {
        name: domainRoleName(platform.name, domain.name),
        description: `default execution role of domain ${domain.name}: read-only`,
        policyArns: [baseline!.arn, denials!.arn],
        tags: { domain: domain.name },
        sourceIdentity: domain.sourceIdentity,
      });
      this.hand(
        `access:${domain.name}:DefaultRole`,
        role.attrArn,
        `default execution role of domain ${domain.name}`,
      );
    }
  }
}
