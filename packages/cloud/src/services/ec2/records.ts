/** What EC2 networking keeps: one document a resource, by its id. Times are epoch milliseconds. */

export type Tags = Record<string, string>;

/** Every resource has an id and tags. */
export interface Entity {
  id: string;
  tags: Tags;
}

export interface CidrAssociation {
  id: string;
  cidr: string;
}

export interface VpcRecord extends Entity {
  cidr: string;
  tenancy: "default" | "dedicated";
  isDefault: boolean;
  dhcpOptionsId: string;
  /** The first is the VPC's own block. */
  cidrs: CidrAssociation[];
  ipv6Cidrs: (CidrAssociation & { pool: string; group: string })[];
  dnsSupport: boolean;
  dnsHostnames: boolean;
  addressUsageMetrics: boolean;
}

export interface SubnetRecord extends Entity {
  vpcId: string;
  zone: string;
  zoneId: string;
  /** Absent of a subnet that has IPv6 only. */
  cidr?: string;
  ipv6Cidrs: CidrAssociation[];
  isDefault: boolean;
  mapPublicIp: boolean;
  assignIpv6: boolean;
  dns64: boolean;
  hostnameType: "ip-name" | "resource-name";
  aRecord: boolean;
  aaaaRecord: boolean;
}

/** Exactly one of `cidr`, `ipv6`, `prefixListId`, `groupId` is set. */
export interface RuleRecord {
  id: string;
  egress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1`. */
  protocol: string;
  from?: number;
  to?: number;
  cidr?: string;
  ipv6?: string;
  prefixListId?: string;
  groupId?: string;
  /** Account of the referenced group. */
  groupAccount?: string;
  description?: string;
  tags: Tags;
}

export interface SecurityGroupRecord extends Entity {
  vpcId: string;
  name: string;
  description: string;
  rules: RuleRecord[];
  /** Further VPCs that it serves in. */
  vpcIds?: string[];
}

export interface RouteRecord {
  cidr?: string;
  ipv6?: string;
  prefixListId?: string;
  target: RouteTarget;
  origin: "CreateRouteTable" | "CreateRoute" | "EnableVgwRoutePropagation";
}

export interface RouteTarget {
  kind:
    | "local"
    | "internet-gateway"
    | "egress-only-internet-gateway"
    | "natgateway"
    | "vpc-endpoint"
    | "network-interface"
    | "vpc-peering-connection"
    | "transit-gateway"
    | "vpn-gateway"
    | "carrier-gateway";
  id: string;
}

export interface RouteTableRecord extends Entity {
  vpcId: string;
  /** Virtual private gateways that put their routes into it. */
  propagatingVgws?: string[];
  routes: RouteRecord[];
  associations: { id: string; main: boolean; subnetId?: string; gatewayId?: string }[];
}

export interface InternetGatewayRecord extends Entity {
  vpcId?: string;
}

export interface EgressOnlyGatewayRecord extends Entity {
  vpcId: string;
}

export interface NatGatewayRecord extends Entity {
  vpcId: string;
  subnetId: string;
  connectivity: "public" | "private";
  addresses: {
    networkInterfaceId: string;
    privateIp: string;
    publicIp?: string;
    allocationId?: string;
    associationId?: string;
    isPrimary: boolean;
  }[];
  created: number;
  availableAt: number;
  deleted?: number;
  failure?: { code: string; message: string };
}

export interface AddressRecord extends Entity {
  publicIp: string;
  associationId?: string;
  networkInterfaceId?: string;
  privateIp?: string;
  networkBorderGroup: string;
}

export interface AclEntryRecord {
  egress: boolean;
  number: number;
  protocol: string;
  action: "allow" | "deny";
  cidr?: string;
  ipv6?: string;
  from?: number;
  to?: number;
  icmpType?: number;
  icmpCode?: number;
}

export interface NetworkAclRecord extends Entity {
  vpcId: string;
  isDefault: boolean;
  entries: AclEntryRecord[];
  associations: { id: string; subnetId: string }[];
}

export interface NetworkInterfaceRecord extends Entity {
  vpcId: string;
  subnetId: string;
  zone: string;
  zoneId: string;
  description: string;
  mac: string;
  /** The first is the primary one; none in a subnet that has IPv6 only. */
  privateIps: string[];
  ipv6Ips: string[];
  /** Delegated prefixes: blocks of 16 IPv4 addresses, /80s of IPv6. */
  ipv4Prefixes?: string[];
  ipv6Prefixes?: string[];
  /** The first IPv6 address is the primary one and stays. */
  primaryIpv6?: boolean;
  groupIds: string[];
  interfaceType: string;
  requesterManaged: boolean;
  requesterId?: string;
  sourceDestCheck: boolean;
  attachment?: {
    id: string;
    instanceId?: string;
    instanceOwnerId: string;
    deviceIndex: number;
    deleteOnTermination: boolean;
    time: number;
  };
  created: number;
}

export interface VpcEndpointRecord extends Entity {
  vpcId: string;
  /** Empty for an endpoint to a resource or a service network of VPC Lattice. */
  serviceName: string;
  type: "Gateway" | "Interface" | "GatewayLoadBalancer" | "Resource" | "ServiceNetwork";
  /** ARN of the resource configuration or service network. */
  targetArn?: string;
  /** JSON; absent means full access. */
  policy?: string;
  routeTableIds: string[];
  subnetIds: string[];
  groupIds: string[];
  networkInterfaceIds: string[];
  privateDns: boolean;
  privateDnsOnlyForInboundResolver?: boolean;
  ipAddressType: "ipv4" | "ipv6" | "dualstack";
  dnsRecordIpType: string;
  /** Made by a service for itself (Network Firewall). */
  requesterManaged: boolean;
  created: number;
  availableAt: number;
  /** Of an endpoint to a service that wants to accept it. @default accepted */
  connection?: "pendingAcceptance" | "rejected";
}

export interface PrefixListRecord extends Entity {
  name: string;
  family: "IPv4" | "IPv6";
  maxEntries: number;
  version: number;
  /** Entries by version, the last is current. */
  versions: { version: number; entries: { cidr: string; description?: string }[] }[];
}

export interface FlowLogRecord extends Entity {
  resourceId: string;
  trafficType: "ACCEPT" | "REJECT" | "ALL";
  destinationType: "cloud-watch-logs" | "s3" | "kinesis-data-firehose";
  destination: string;
  logGroupName?: string;
  roleArn?: string;
  crossAccountRole?: string;
  format: string;
  interval: number;
  created: number;
  deliveryError?: string;
  fileFormat?: string;
  hivePartitions?: boolean;
  perHour?: boolean;
}

export interface DhcpOptionsRecord extends Entity {
  options: Record<string, string[]>;
}

/** A block of a subnet out of which nothing is given unasked. */
export interface SubnetReservationRecord extends Entity {
  subnetId: string;
  cidr: string;
  type: "prefix" | "explicit";
  description?: string;
}

export interface InterfacePermissionRecord extends Entity {
  networkInterfaceId: string;
  account: string;
  permission: "INSTANCE-ATTACH" | "EIP-ASSOCIATE";
}

export interface PeeringRecord extends Entity {
  requester: { account: string; region: string; vpcId: string };
  accepter: { account: string; region: string; vpcId: string };
  /** Whether the private names of the other side's VPC resolve to private addresses, by side. */
  dns?: { requester?: boolean; accepter?: boolean };
  /** Account that deleted it. */
  deleter?: string;
  status: "pending-acceptance" | "active" | "rejected" | "deleted" | "failed";
  expires: number;
}

/** An endpoint service of the account, in front of its load balancers. */
export interface EndpointServiceRecord extends Entity {
  gateway: boolean;
  balancers: string[];
  acceptanceRequired: boolean;
  allowed: string[];
  privateDnsName?: string;
}

export interface KeyPairRecord extends Entity {
  name: string;
  type: "rsa" | "ed25519";
  fingerprint: string;
  /** OpenSSH form. */
  publicKey: string;
  created: number;
}

export interface LaunchTemplateVersion {
  number: number;
  description?: string;
  created: number;
  /** ARN. */
  createdBy: string;
  /** As in the request. */
  data: Record<string, unknown>;
}

export interface LaunchTemplateRecord extends Entity {
  name: string;
  defaultVersion: number;
  /** Number of the newest that there ever was. */
  latestVersion: number;
  versions: LaunchTemplateVersion[];
}

export interface VpnGatewayRecord extends Entity {
  asn: number;
  attachments: { vpcId: string; state: "attached" | "detached" }[];
  deleted?: number;
}

export interface CustomerGatewayRecord extends Entity {
  ip?: string;
  asn: string;
  certificate?: string;
  device?: string;
  deleted?: number;
}

export interface VpnTunnel {
  outsideIp: string;
  /** A /30 of 169.254.0.0/16. */
  insideCidr: string;
  preSharedKey: string;
}

export interface VpnConnectionRecord extends Entity {
  customerGatewayId: string;
  vpnGatewayId?: string;
  transitGatewayId?: string;
  staticOnly: boolean;
  acceleration: boolean;
  localCidr: string;
  remoteCidr: string;
  tunnels: VpnTunnel[];
  routes: string[];
  created: number;
  deleted?: number;
}

export interface CarrierGatewayRecord extends Entity {
  vpcId: string;
}

export type Switch = "enable" | "disable";

export interface TransitGatewayRecord extends Entity {
  description: string;
  asn: number;
  cidrs: string[];
  autoAccept: Switch;
  association: Switch;
  associationTableId?: string;
  propagation: Switch;
  propagationTableId?: string;
  ecmp: Switch;
  dns: Switch;
  groupReferencing: Switch;
  multicast: Switch;
  created: number;
  deleted?: number;
}

export interface TransitGatewayAttachmentRecord extends Entity {
  transitGatewayId: string;
  type: "vpc" | "vpn" | "peering";
  /** Of the VPC, the VPN connection or the other transit gateway. */
  resourceId: string;
  resourceOwner: string;
  subnetIds: string[];
  networkInterfaceIds: string[];
  dns: Switch;
  ipv6: Switch;
  appliance: Switch;
  groupReferencing: Switch;
  /** Route table it is associated with. */
  tableId?: string;
  /** Both ends of a peering. */
  peering?: { requester: TransitEnd; accepter: TransitEnd };
  status: "available" | "pendingAcceptance" | "rejected";
  created: number;
  deleted?: number;
}

export interface TransitEnd {
  transitGatewayId: string;
  account: string;
  region: string;
}

/** To an attachment, or to nowhere. Exactly one of `cidr` and `prefixListId` is set. */
export interface TransitRoute {
  cidr?: string;
  prefixListId?: string;
  attachmentId?: string;
}

export interface TransitGatewayRouteTableRecord extends Entity {
  transitGatewayId: string;
  routes: TransitRoute[];
  /** Attachments whose blocks it learns. */
  propagations: string[];
  created: number;
  deleted?: number;
}
