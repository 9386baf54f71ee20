/** What VPC Lattice keeps. */
import type { ResourceConfigurationDefinition } from "@aws-sdk/client-vpc-lattice";

export type Tags = Record<string, string>;

/** Anything with an id, an ARN and an owner. */
export interface Entity {
  id: string;
  arn: string;
  account: string;
  region: string;
  tags: Tags;
  created: number;
  updated: number;
}

export interface ServiceNetworkRecord extends Entity {
  name: string;
  authType: "NONE" | "AWS_IAM";
  shareable: boolean;
}

export interface ServiceRecord extends Entity {
  name: string;
  authType: "NONE" | "AWS_IAM";
  customDomainName?: string;
}

export interface ResourceGatewayRecord extends Entity {
  name: string;
  vpcId: string;
  subnetIds: string[];
  groupIds: string[];
  networkInterfaceIds: string[];
  ipAddressType: "IPV4" | "IPV6" | "DUALSTACK";
  ipv4AddressesPerEni: number;
  dnsResolution?: "IN_VPC" | "PUBLIC";
}

export interface ResourceConfigurationRecord extends Entity {
  name: string;
  type: "GROUP" | "CHILD" | "SINGLE";
  /** Of a child, its group's. */
  gatewayId: string;
  groupId?: string;
  portRanges: string[];
  definition?: ResourceConfigurationDefinition;
  shareable: boolean;
  customDomainName?: string;
  groupDomain?: string;
}

/** A service network and what is associated with it. */
export interface VpcAssociationRecord extends Entity {
  networkId: string;
  vpcId: string;
  groupIds: string[];
  privateDns?: boolean;
  dnsOptions?: { privateDnsPreference?: string; privateDnsSpecifiedDomains?: string[] };
}

export interface ServiceAssociationRecord extends Entity {
  networkId: string;
  serviceId: string;
}

export interface ResourceAssociationRecord extends Entity {
  networkId: string;
  configurationId: string;
  privateDns?: boolean;
}

/** A VPC endpoint of type Resource or ServiceNetwork; EC2 writes it. */
export interface EndpointAssociationRecord extends Entity {
  vpcEndpointId: string;
  vpcId: string;
  /** Id of the resource configuration or service network. */
  targetId: string;
}

export interface PolicyRecord {
  document: string;
  created: number;
  updated: number;
}
