/** Security groups with the rules Studio and jobs need, and no others. */

import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import type { PlatformStack } from "./platform-stack.ts";

/** Ports Studio apps use among each other (Developer Guide, "Connect Studio in a VPC to external resources"). */
const APP_PORTS = { from: 8192, to: 65_535 } as const;
const NFS = 2049;
const HTTP = 80;
const HTTPS = 443;

export interface SecurityGroups {
  readonly studio: string;
  readonly jobs: string;
  readonly endpoints: string;
}

export function buildSecurityGroups(stack: PlatformStack, vpc: string): SecurityGroups {
  const { network } = stack.platform;
  const endpoints = group(stack, "EndpointGroup", "endpoints", vpc, "interface endpoints of the platform", [
    NOWHERE,
  ]);
  const toEndpoints = https({
    destinationSecurityGroupId: endpoints.attrGroupId,
    description: "endpoints of the platform",
  });
  const toS3 = https({
    cidrIp: "0.0.0.0/0",
    description: "S3 through its gateway endpoint, and where routes lead",
  });
  const toWeb = {
    ...https({ cidrIp: "0.0.0.0/0", description: "plain HTTP where routes lead" }),
    fromPort: HTTP,
    toPort: HTTP,
  };
  const out = [toEndpoints, toS3, ...(network.internet === "none" ? [] : [toWeb])];
  const studio = group(stack, "StudioGroup", "studio", vpc, "Studio apps of the platform", out);
  const jobs = group(stack, "JobGroup", "jobs", vpc, "jobs of the platform", out);
  for (const member of [studio, jobs])
    stack.explain(member, {
      egress: "addresses of S3 differ by Region and change: routes and policies decide where port 443 leads",
    });
  among(stack, studio, "StudioApps", APP_PORTS.from, APP_PORTS.to, "apps among each other");
  among(stack, studio, "StudioNfs", NFS, NFS, "home directories on EFS");
  among(stack, jobs, "Jobs", 0, 65_535, "instances of one job among each other");
  for (const [id, member] of Object.entries({ Studio: studio, Jobs: jobs }))
    new CfnSecurityGroupIngress(stack, `EndpointsFrom${id}`, {
      groupId: endpoints.attrGroupId,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      sourceSecurityGroupId: member.attrGroupId,
      description: `HTTPS from ${id.toLowerCase()}`,
    });
  return { studio: studio.attrGroupId, jobs: jobs.attrGroupId, endpoints: endpoints.attrGroupId };
}

/** A group without outgoing rules gets one to everywhere: this one leads nowhere instead. */
const NOWHERE: CfnSecurityGroup.EgressProperty = {
  ipProtocol: "tcp",
  fromPort: 1,
  toPort: 1,
  cidrIp: "127.0.0.1/32",
  description: "nowhere",
};

function https(to: Partial<CfnSecurityGroup.EgressProperty>): CfnSecurityGroup.EgressProperty {
  return { ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS, ...to };
}

function group(
  stack: PlatformStack,
  id: string,
  name: string,
  vpc: string,
  what: string,
  out: CfnSecurityGroup.EgressProperty[],
): CfnSecurityGroup {
  const full = `${stack.platform.name}-${name}`;
  return new CfnSecurityGroup(stack, id, {
    vpcId: vpc,
    groupName: full,
    groupDescription: what,
    securityGroupEgress: out,
    tags: stack.labels({ Name: full }),
  });
}

/** Members of the group talk to each other on these ports. */
function among(
  stack: PlatformStack,
  member: CfnSecurityGroup,
  id: string,
  from: number,
  to: number,
  description: string,
): void {
  const ports = { ipProtocol: "tcp", fromPort: from, toPort: to, groupId: member.attrGroupId, description };
  new CfnSecurityGroupIngress(stack, `${id}FromItself`, {
    ...ports,
    sourceSecurityGroupId: member.attrGroupId,
  });
  new CfnSecurityGroupEgress(stack, `${id}ToItself`, {
    ...ports,
    destinationSecurityGroupId: member.attrGroupId,
  });
}
