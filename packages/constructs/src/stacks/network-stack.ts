/** The network: VPC and private subnets, security groups, and the parameters that tell users about them. */

import { parameterName } from "@sagekeep/spec";
import {
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
} from "aws-cdk-lib/aws-ec2";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { Fn } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

/** Ports Studio apps and job instances use among each other (Developer Guide, "Connect Studio in a VPC"). */
const APP_PORTS = { from: 8192, to: 65_535 } as const;
const NFS = 2049;
const HTTPS = 443;

export class NetworkStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "network", { ...props, summary: "VPC, private subnets and security groups" });
    const { network } = this.platform;
    const vpc = this.#vpc();
    const subnets = network.existing?.subnets.map((subnet) => subnet.id) ?? this.#subnets(vpc);
    const studio = this.#group("StudioGroup", vpc, "Studio apps of the platform");
    const jobs = this.#group("JobGroup", vpc, "jobs of the platform");
    this.#among(studio, "Studio", APP_PORTS.from, APP_PORTS.to, "apps among each other");
    this.#among(studio, "StudioNfs", NFS, NFS, "home directories on EFS");
    this.#among(jobs, "Jobs", 0, 65_535, "instances of one job among each other");
    this.hand("network:Vpc", vpc, "VPC of the platform");
    this.hand("network:StudioGroup", studio.attrGroupId, "security group of Studio apps");
    this.hand("network:JobGroup", jobs.attrGroupId, "security group of jobs");
    this.parameter("vpc-id", vpc, "VPC of the platform");
    this.parameter("subnet-ids", Fn.join(",", subnets), "private subnets, comma-separated");
    this.parameter("studio-security-group-ids", studio.attrGroupId, "security groups of Studio apps");
    this.parameter("job-security-group-ids", jobs.attrGroupId, "security groups of jobs");
  }

  /** A parameter users of the platform read, `/sagekeep/NAME/vpc-id`. */
  parameter(name: string, value: string, description: string): void {
    const id = `Parameter${name
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join("")}`;
    new CfnParameter(this, id, {
      name: parameterName(this.platform.name, name),
      type: "String",
      value,
      description,
      tags: { ...this.platform.tags, platform: this.platform.name },
    });
  }

  #vpc(): string {
    const { network, name } = this.platform;
    if (network.existing) return network.existing.vpc;
    const vpc = new CfnVPC(this, "Vpc", {
      cidrBlock: network.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: this.labels({ Name: name }),
    });
    return vpc.attrVpcId;
  }

  #subnets(vpc: string): string[] {
    return this.platform.network.zones.map((zone) => {
      const number = zone.index + 1;
      const subnet = new CfnSubnet(this, `PrivateSubnet${number}`, {
        vpcId: vpc,
        cidrBlock: zone.privateCidr,
        availabilityZone: zone.name ?? Fn.select(zone.index, Fn.getAzs("")),
        mapPublicIpOnLaunch: false,
        tags: this.labels({ Name: `${this.platform.name}-private-${number}` }),
      });
      const table = new CfnRouteTable(this, `PrivateRoutes${number}`, {
        vpcId: vpc,
        tags: this.labels({ Name: `${this.platform.name}-private-${number}` }),
      });
      new CfnSubnetRouteTableAssociation(this, `PrivateRoutes${number}OfSubnet`, {
        routeTableId: table.attrRouteTableId,
        subnetId: subnet.attrSubnetId,
      });
      this.hand(`network:PrivateSubnet${number}`, subnet.attrSubnetId, `private subnet ${number}`);
      return subnet.attrSubnetId;
    });
  }

  #group(id: string, vpc: string, what: string): CfnSecurityGroup {
    const { name, network } = this.platform;
    const group = new CfnSecurityGroup(this, id, {
      vpcId: vpc,
      groupName: `${name}-${id === "StudioGroup" ? "studio" : "jobs"}`,
      groupDescription: what,
      securityGroupEgress: [
        {
          ipProtocol: "tcp",
          fromPort: HTTPS,
          toPort: HTTPS,
          cidrIp: "0.0.0.0/0",
          description: "AWS, where routes lead",
        },
      ],
      tags: this.labels({ Name: `${name}-${id === "StudioGroup" ? "studio" : "jobs"}` }),
    });
    const open =
      network.internet === "none"
        ? "no route leads anywhere but to the VPC's endpoints; the S3 endpoint's addresses differ by Region"
        : "routes lead to the endpoints and to the platform's way out";
    this.explain(group, { egress443: open });
    return group;
  }

  /** Members of the group talk to each other on these ports. */
  #among(group: CfnSecurityGroup, id: string, from: number, to: number, description: string): void {
    const ports = { ipProtocol: "tcp", fromPort: from, toPort: to, groupId: group.attrGroupId, description };
    new CfnSecurityGroupIngress(this, `${id}FromItself`, {
      ...ports,
      sourceSecurityGroupId: group.attrGroupId,
    });
    new CfnSecurityGroupEgress(this, `${id}ToItself`, {
      ...ports,
      destinationSecurityGroupId: group.attrGroupId,
    });
  }
}
