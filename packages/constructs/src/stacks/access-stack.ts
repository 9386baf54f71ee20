/** Roles beside the teams': the domains' default (read-only), signing in, loading data, breaking the glass. */

import { domainRoleName } from "@sagekeep/spec";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import {
  breakGlassStatements,
  breakGlassTrust,
  loaderStatements,
  loaderTrust,
  signInStatements,
  signInTrust,
} from "../policies/doors.ts";
import { breakGlassRole, loaderRole, signInRole } from "../policies/keys.ts";
import { familyStatements } from "../policies/persona.ts";
import type { Statement } from "../policies/statement.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies, sagemakerRole } from "./roles.ts";

export class AccessStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "access", {
      ...props,
      summary: "default roles of the domains; sign-in, loader and break-glass roles",
    });
    const { platform, arns } = this;
    const viewer = { name: "default", capabilities: ["read"], workloads: [], statements: [] } as const;
    const [access] = managedPolicies(
      this,
      `${platform.name}-default-access`,
      familyStatements(arns, viewer, "access"),
      "default of a domain: sees the platform",
    );
    const [limits] = managedPolicies(
      this,
      `${platform.name}-default-limits`,
      familyStatements(arns, viewer, "limits"),
      "default of a domain: what is denied whatever else is allowed",
    );
    for (const domain of platform.domains) {
      const role = sagemakerRole(this, {
        name: domainRoleName(platform.name, domain.name),
        description: `default execution role of domain ${domain.name}: read-only`,
        policyArns: [access!.arn, limits!.arn],
        tags: { domain: domain.name },
        sourceIdentity: domain.sourceIdentity,
      });
      this.hand(
        `access:${domain.name}:DefaultRole`,
        role.attrArn,
        `default execution role of domain ${domain.name}`,
      );
    }
    this.#doors();
  }

  #doors(): void {
    const { arns, platform } = this;
    if (platform.domains.some((domain) => domain.auth === "IAM"))
      this.#door(
        "SignIn",
        signInRole(platform),
        signInTrust(arns),
        signInStatements(arns),
        "opens a user's own Studio",
        43_200,
      );
    this.#door(
      "BreakGlass",
      breakGlassRole(platform),
      breakGlassTrust(arns),
      breakGlassStatements(arns),
      "reaches the data when the perimeter shuts everybody out; with MFA",
      3_600,
    );
    this.#door(
      "DataLoader",
      loaderRole(platform),
      loaderTrust(arns),
      loaderStatements(arns),
      "writes new data from outside, reads nothing",
      3_600,
    );
  }

  #door(
    id: string,
    name: string,
    trust: object,
    statements: readonly Statement[],
    description: string,
    seconds: number,
  ): void {
    if (statements.length === 0) return;
    const policies = managedPolicies(this, name, statements, description);
    const role = new CfnRole(this, `${id}Role`, {
      roleName: name,
      description,
      assumeRolePolicyDocument: trust,
      managedPolicyArns: policies.map((one) => one.arn),
      maxSessionDuration: seconds,
      tags: this.labels(),
    });
    this.hand(`access:${id}Role`, role.attrArn, description);
  }
}
