/** Service control policies, for the organization's management account. */

import { CfnPolicy } from "aws-cdk-lib/aws-organizations";
import type { Construct } from "constructs";
import { guardrails } from "../policies/guardrails.ts";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export class GuardrailsStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "guardrails", {
      ...props,
      summary: "service control policies (deploy in the management account)",
    });
    for (const one of guardrails(this.arns)) {
      const id = logical(one.name.slice(this.platform.name.length + 1), "policy");
      new CfnPolicy(this, id, {
        name: one.name,
        description: one.description,
        type: "SERVICE_CONTROL_POLICY",
        content: one.content,
        targetIds: [...(this.platform.guardrails?.targets ?? [])],
        tags: this.labels(),
      });
    }
  }
}
