/**
 * Connections of VPC endpoints to an endpoint service of the account, which it accepts or rejects.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
 */
import type { VpcEndpointConnection } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { dnsEntries } from "../endpoint-names.ts";
import { missing, need } from "../errors.ts";
import { predicate } from "../filters.ts";
import { all, change, find, tableOf } from "../kind.ts";
import { endpointServiceConfigurations, endpointState, vpcEndpoints } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { EndpointServiceRecord, VpcEndpointRecord } from "../records.ts";

const nameOf = (service: Readonly<EndpointServiceRecord>, context: ReadContext) =>
  `com.amazonaws.vpce.${context.region}.${service.id}`;

const view = (
  service: Readonly<EndpointServiceRecord>,
  one: Readonly<VpcEndpointRecord>,
  context: ReadContext,
): VpcEndpointConnection => ({
  ServiceId: service.id,
  VpcEndpointId: one.id,
  VpcEndpointOwner: context.account,
  VpcEndpointState: endpointState(one, context.now) as "Available",
  CreationTimestamp: new Date(one.created),
  DnsEntries: dnsEntries(one, context),
  ...(service.gateway
    ? { GatewayLoadBalancerArns: [...service.balancers] }
    : { NetworkLoadBalancerArns: [...service.balancers] }),
  IpAddressType: one.ipAddressType,
  VpcEndpointRegion: context.region,
  Tags: [],
});

function settle(
  context: CallContext,
  input: { ServiceId?: string | undefined; VpcEndpointIds?: string[] | undefined },
  accepted: boolean,
) {
  const service = find(context, endpointServiceConfigurations, need(input.ServiceId, "serviceId"));
  if (!input.VpcEndpointIds?.length) throw missing("vpcEndpointId");
  const unsuccessful = [];
  for (const id of input.VpcEndpointIds) {
    const one = tableOf(context, vpcEndpoints).get(id);
    if (one?.serviceName !== nameOf(service, context)) {
      unsuccessful.push({
        ResourceId: id,
        Error: { Code: vpcEndpoints.notFoundCode, Message: vpcEndpoints.notFound(id) },
      });
    } else if (accepted ? one.connection !== "pendingAcceptance" : one.connection === "rejected") {
      const Message = `The VPC endpoint ${id} is in state ${endpointState(one, context.now)}.`;
      unsuccessful.push({ ResourceId: id, Error: { Code: "InvalidState", Message } });
    } else {
      change(context, vpcEndpoints, id, (draft) => {
        if (accepted) delete draft.connection;
        else draft.connection = "rejected";
      });
    }
  }
  return { Unsuccessful: unsuccessful };
}

export const endpointConnectionOperations: Operations = {
  DescribeVpcEndpointConnections(input, context) {
    const known = all(context, endpointServiceConfigurations).flatMap((service) =>
      all(context, vpcEndpoints)
        .filter((one) => one.serviceName === nameOf(service, context))
        .map((one) => view(service, one, context)),
    );
    const holds = predicate<VpcEndpointConnection>(
      input.Filters,
      {
        "ip-address-type": (one) => one.IpAddressType,
        "service-id": (one) => one.ServiceId,
        "vpc-endpoint-id": (one) => one.VpcEndpointId,
        "vpc-endpoint-owner": (one) => one.VpcEndpointOwner,
        "vpc-endpoint-region": (one) => one.VpcEndpointRegion,
        "vpc-endpoint-state": (one) => one.VpcEndpointState,
      },
      undefined,
      context,
    );
    const { items, next } = page(known.filter(holds), input, { least: 1 });
    return { VpcEndpointConnections: items, NextToken: next };
  },

  AcceptVpcEndpointConnections: (input, context) => settle(context, input, true),
  RejectVpcEndpointConnections: (input, context) => settle(context, input, false),
};
