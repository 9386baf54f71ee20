/** EC2: networking of VPCs. Instances, volumes and images are not part of it. */
import type * as Ec2 from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../context.ts";
import type { ResourceFacts, Service } from "../../service.ts";
import { AwsError } from "../../wire/errors.ts";
import { authorizationOf } from "./authorization.ts";
import { once } from "./client-tokens.ts";
import { ensureDefaultVpc } from "./default-vpc.ts";
import type { Operations } from "./operation.ts";
import { accountSettingOperations } from "./operations/account-settings.ts";
import { addressOperations } from "./operations/addresses.ts";
import { blockPublicAccessOperations } from "./operations/block-public-access.ts";
import { classicLinkOperations } from "./operations/classic-link.ts";
import { defaultOperations } from "./operations/defaults.ts";
import { dhcpOptionsOperations } from "./operations/dhcp-options.ts";
import { endpointConnectionOperations } from "./operations/endpoint-connections.ts";
import { endpointServiceOperations } from "./operations/endpoint-services.ts";
import { flowLogOperations } from "./operations/flow-logs.ts";
import { gatewayOperations } from "./operations/gateways.ts";
import { groupAssociationOperations } from "./operations/group-associations.ts";
import { instanceTypeOperations } from "./operations/instance-types.ts";
import { interfaceAddressOperations } from "./operations/interface-addresses.ts";
import { interfacePermissionOperations } from "./operations/interface-permissions.ts";
import { ipamOperations } from "./operations/ipam.ts";
import { ipamPoolOperations } from "./operations/ipam-pools.ts";
import { keyPairOperations } from "./operations/key-pairs.ts";
import { latticeEndpointOperations } from "./operations/lattice-endpoints.ts";
import { launchTemplateOperations } from "./operations/launch-templates.ts";
import { natAddressOperations } from "./operations/nat-gateway-addresses.ts";
import { natGatewayOperations } from "./operations/nat-gateways.ts";
import { networkAclOperations } from "./operations/network-acls.ts";
import { networkInterfaceOperations } from "./operations/network-interfaces.ts";
import { noneOperations } from "./operations/none-of-these.ts";
import { peeringOperations } from "./operations/peerings.ts";
import { prefixListOperations } from "./operations/prefix-lists.ts";
import { routeTableOperations } from "./operations/route-tables.ts";
import { securityGroupOperations } from "./operations/security-groups.ts";
import { subnetReservationOperations } from "./operations/subnet-reservations.ts";
import { subnetOperations } from "./operations/subnets.ts";
import { tagOperations, tagsOfId } from "./operations/tags.ts";
import { transitAttachmentOperations } from "./operations/transit-gateway-attachments.ts";
import { transitRouteTableOperations } from "./operations/transit-gateway-route-tables.ts";
import { transitGatewayOperations } from "./operations/transit-gateways.ts";
import { vpcEndpointOperations } from "./operations/vpc-endpoints.ts";
import { vpcOperations } from "./operations/vpcs.ts";
import { vpnConnectionOperations } from "./operations/vpn-connections.ts";
import { vpnGatewayOperations } from "./operations/vpn-gateways.ts";
import { zoneOperations } from "./operations/zones.ts";

const parts: Operations[] = [
  accountSettingOperations,
  noneOperations,
  addressOperations,
  blockPublicAccessOperations,
  classicLinkOperations,
  defaultOperations,
  dhcpOptionsOperations,
  endpointConnectionOperations,
  endpointServiceOperations,
  flowLogOperations,
  gatewayOperations,
  groupAssociationOperations,
  instanceTypeOperations,
  interfaceAddressOperations,
  interfacePermissionOperations,
  ipamOperations,
  ipamPoolOperations,
  keyPairOperations,
  latticeEndpointOperations,
  launchTemplateOperations,
  natAddressOperations,
  natGatewayOperations,
  networkInterfaceOperations,
  peeringOperations,
  prefixListOperations,
  routeTableOperations,
  vpcEndpointOperations,
  networkAclOperations,
  securityGroupOperations,
  subnetOperations,
  subnetReservationOperations,
  tagOperations,
  transitAttachmentOperations,
  transitGatewayOperations,
  transitRouteTableOperations,
  vpcOperations,
  vpnConnectionOperations,
  vpnGatewayOperations,
  zoneOperations,
];

type Handle = (input: { DryRun?: boolean; ClientToken?: string }, context: CallContext) => unknown;

/** Every operation first sees to the default VPC, and with `DryRun` ends before anything is kept. */
function prepared(handle: Handle): Handle {
  return (input, context) => {
    ensureDefaultVpc(context);
    const output = once(context, input, () => handle(input, context));
    if (!input.DryRun) return output;
    // thrown inside the unit of work: what the handler wrote is rolled back
    throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", {
      status: 412,
    });
  };
}

const operations = Object.fromEntries(
  Object.entries(Object.assign({}, ...parts) as Record<string, Handle>).map(([name, handle]) => [
    name,
    prepared(handle),
  ]),
) as Operations;

export const service: Service<typeof Ec2> = {
  key: "ec2",
  actionPrefix: "ec2",
  principal: "ec2.amazonaws.com",
  operations,
  authorization: authorizationOf(Object.keys(operations)),
  resource(arn: string, context: ReadContext): ResourceFacts | undefined {
    const [, , , region = "", account = "", resource = ""] = arn.split(":");
    const [, id = ""] = resource.split("/");
    const tags = tagsOfId(context.in(account, region || context.region), id);
    return tags && { account, tags: { ...tags } };
  },
};
