/** The network: VPC, subnets, security groups, endpoints, flow logs, and the parameters that tell users about them. */

import { parameterName } from "@sagekeep/spec";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { Fn } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { buildEndpoints } from "./endpoints.ts";
import { buildFlowLogs } from "./flow-logs.ts";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { buildSecurityGroups } from "./security-groups.ts";
import { buildSubnets } from "./subnets.ts";

export class NetworkStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "network", {
      ...props,
      summary: "VPC, private subnets, security groups, endpoints and flow logs",
    });
    const subnets = buildSubnets(this);
    const groups = buildSecurityGroups(this, subnets.vpc);
    const endpoints = buildEndpoints(this, subnets, groups.endpoints);
    buildFlowLogs(this, subnets.vpc);
    this.hand("network:Vpc", subnets.vpc, "VPC of the platform");
    this.hand("network:StudioGroup", groups.studio, "security group of Studio apps");
    this.hand("network:JobGroup", groups.jobs, "security group of jobs");
    this.#parameter("vpc-id", subnets.vpc, "VPC of the platform");
    this.#parameter("subnet-ids", Fn.join(",", [...subnets.privateIds]), "private subnets, comma-separated");
    this.#parameter("studio-security-group-ids", groups.studio, "security groups of Studio apps");
    this.#parameter("job-security-group-ids", groups.jobs, "security groups of jobs");
    for (const [name, id] of endpoints) this.#parameter(`endpoint-${name}`, id, `endpoint ${name}`);
  }

  /** A parameter users of the platform read, `/sagekeep/NAME/vpc-id`. */
  #parameter(name: string, value: string, description: string): void {
    new CfnParameter(this, `${logical(name)}Parameter`, {
      name: parameterName(this.platform.name, name),
      type: "String",
      value,
      description,
      tags: { ...this.platform.tags, platform: this.platform.name },
    });
  }
}
