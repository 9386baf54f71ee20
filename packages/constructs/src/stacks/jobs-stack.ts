/** What the job roles of all teams have in common, one set of policies for each kind of workload. */

import { WORKLOADS, type Workload } from "@sagekeep/spec";
import type { Construct } from "constructs";
import { workloadStatements } from "../policies/jobs.ts";
import { pack } from "../policies/pack.ts";
import type { Scope } from "../scope.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { managedPolicies } from "./roles.ts";

export class JobsStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "jobs", { ...props, summary: "policies of job roles, by kind of workload" });
    const used = new Set(this.platform.teams.flatMap((team) => team.workloads));
    for (const workload of WORKLOADS.filter((one) => used.has(one)))
      managedPolicies(
        this,
        policyName(this.arns, workload),
        workloadStatements(this.arns, workload),
        `${workload} jobs of any team`,
      );
  }
}

/** ARNs of a workload's policies, as job roles attach them. */
export function workloadPolicyArns(arns: Scope, workload: Workload): string[] {
  const name = policyName(arns, workload);
  return pack(workloadStatements(arns, workload)).map((_, index) =>
    arns.iam(`policy/${index === 0 ? name : `${name}-${index + 1}`}`),
  );
}

function policyName(arns: Scope, workload: Workload): string {
  return `${arns.platform.name}-${workload}-jobs`;
}
