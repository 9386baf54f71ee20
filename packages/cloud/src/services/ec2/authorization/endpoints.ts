/** What the operations of endpoints, endpoint services, prefix lists, flow logs, IPAM and the block on public access touch. */
import { existing, made, type Targets } from "../authorization-rules.ts";
import * as K from "../kinds.ts";
import { endpointKeys, exclusion, flowLogResources, subnet, vpc } from "./targets.ts";

const ipam = existing(K.ipams, "IpamId");
const scope = existing(K.ipamScopes, "IpamScopeId");
const pool = existing(K.ipamPools, "IpamPoolId");

export const endpoints: Record<string, Targets[]> = {
  CreateVpcEndpoint: [
    made("vpc-endpoint", endpointKeys),
    vpc,
    existing(K.routeTables, "RouteTableIds"),
    existing(K.subnets, "SubnetIds"),
    existing(K.securityGroups, "SecurityGroupIds"),
  ],
  ModifyVpcEndpoint: [
    existing(K.vpcEndpoints, "VpcEndpointId"),
    existing(K.routeTables, "AddRouteTableIds"),
    existing(K.routeTables, "RemoveRouteTableIds"),
    existing(K.subnets, "AddSubnetIds"),
    existing(K.securityGroups, "AddSecurityGroupIds"),
    existing(K.securityGroups, "RemoveSecurityGroupIds"),
  ],
  CreateVpcEndpointServiceConfiguration: [
    made("vpc-endpoint-service", (input) =>
      input.PrivateDnsName ? { "ec2:VpceServicePrivateDnsName": String(input.PrivateDnsName) } : {},
    ),
  ],
  ModifyVpcEndpointServiceConfiguration: [
    existing(K.endpointServiceConfigurations, "ServiceId", (input) =>
      input.PrivateDnsName ? { "ec2:VpceServicePrivateDnsName": String(input.PrivateDnsName) } : {},
    ),
  ],
  ModifyVpcEndpointServicePermissions: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DescribeVpcEndpointServicePermissions: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DeleteVpcEndpointServiceConfigurations: [existing(K.endpointServiceConfigurations, "ServiceIds")],
  AcceptVpcEndpointConnections: [existing(K.endpointServiceConfigurations, "ServiceId")],
  RejectVpcEndpointConnections: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DeleteVpcEndpoints: [existing(K.vpcEndpoints, "VpcEndpointIds")],
  CreateManagedPrefixList: [made("prefix-list")],
  ModifyManagedPrefixList: [existing(K.prefixLists, "PrefixListId")],
  DeleteManagedPrefixList: [existing(K.prefixLists, "PrefixListId")],
  GetManagedPrefixListEntries: [existing(K.prefixLists, "PrefixListId")],
  GetManagedPrefixListAssociations: [existing(K.prefixLists, "PrefixListId")],
  RestoreManagedPrefixListVersion: [existing(K.prefixLists, "PrefixListId")],
  CreateVpcBlockPublicAccessExclusion: [made("vpc-block-public-access-exclusion"), vpc, subnet],
  ModifyVpcBlockPublicAccessExclusion: [exclusion],
  DeleteVpcBlockPublicAccessExclusion: [exclusion],
  CreateFlowLogs: [made("vpc-flow-log"), flowLogResources],
  DeleteFlowLogs: [existing(K.flowLogs, "FlowLogIds")],
  CreateIpam: [made("ipam")],
  ModifyIpam: [ipam],
  DeleteIpam: [ipam],
  CreateIpamScope: [ipam, made("ipam-scope")],
  ModifyIpamScope: [scope],
  DeleteIpamScope: [scope],
  CreateIpamPool: [scope, made("ipam-pool")],
  ModifyIpamPool: [pool],
  DeleteIpamPool: [pool],
  ProvisionIpamPoolCidr: [pool],
  DeprovisionIpamPoolCidr: [pool],
  GetIpamPoolCidrs: [pool],
  AllocateIpamPoolCidr: [pool],
  GetIpamPoolAllocations: [pool],
  ReleaseIpamPoolAllocation: [pool],
};
