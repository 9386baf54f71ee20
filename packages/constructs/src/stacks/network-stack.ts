/** The network: VPC, subnets, security groups, endpoints, flow logs, and the parameters that tell users about them. */

import { type EndpointName, parameterName, STUDIO_ENDPOINTS } from "@sagekeep/spec";
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
    const endpoints = buildEndpoints(
      this,
      subnets,
      groups.endpoints,
      this.platform.network.endpoints.filter(isCommon),
    );
    buildFlowLogs(this, subnets.vpc);
    this.hand("network:Vpc", subnets.vpc, "VPC of the platform");
    this.hand("network:StudioGroup", groups.studio, "security group of Studio apps");
    this.hand("network:EndpointGroup", groups.endpoints, "security group of endpoints");
    this.hand("network:JobGroup", groups.jobs, "security group of jobs");
    addParameter(this, "vpc-id", subnets.vpc, "VPC of the platform");
    addParameter(
      this,
      "subnet-ids",
      Fn.join(",", [...subnets.privateIds]),
      "private subnets, comma-separated",
    );
    addParameter(this, "studio-security-group-ids", groups.studio, "security groups of Studio apps");
    addParameter(this, "job-security-group-ids", groups.jobs, "security groups of jobs");
    for (const [name, id] of endpoints) addParameter(this, `endpoint-${name}`, id, `endpoint ${name}`);
  }
}

/** Endpoints that are in the network stack; the others have a stack of their own, for the size of templates. */
export function isCommon(name: EndpointName): boolean {
  return STUDIO_ENDPOINTS.includes(name);
}

/** A parameter users of the platform read, `/sagekeep/NAME/vpc-id`. */
export function addParameter(stack: PlatformStack, name: string, value: string, description: string): void {
  new CfnParameter(stack, `${logical(name)}Parameter`, {
    name: parameterName(stack.platform.name, name),
    type: "String",
    value,
    description,
    tags: { ...stack.platform.tags, platform: stack.platform.name },
  });
}
