/** Kinds: VPC endpoints and endpoint services, prefix lists, flow logs. */
import type { ReadContext } from "../../../context.ts";
import type { Kind } from "../kind.ts";
import { expectingPlain, isMalformed } from "../malformed.ts";
import type * as R from "../records.ts";

const state = (available: boolean) => (available ? "available" : "pending");

export const vpcEndpoints: Kind<R.VpcEndpointRecord> = {
  type: "vpc-endpoint",
  prefix: "vpce",
  notFoundCode: "InvalidVpcEndpointId.NotFound",
  notFound: (id) => `The Vpc Endpoint Id '${id}' does not exist`,
  malformed: expectingPlain("InvalidVpcEndpointId.Malformed", "vpce"),
  filters: {
    "ip-address-type": (one) => one.ipAddressType,
    "service-name": (one) => one.serviceName || undefined,
    "service-region": (_, context) => context.region,
    "vpc-endpoint-id": (one) => one.id,
    "vpc-endpoint-state": (one, context) => endpointState(one, context.now),
    "vpc-endpoint-type": (one) => one.type,
    "vpc-id": (one) => one.vpcId,
  },
  vpcOf: (one) => one.vpcId,
  conditions: (one, context) => (one.serviceName ? serviceKeys(one, context) : {}),
};

const serviceKeys = (one: Readonly<R.VpcEndpointRecord>, context: ReadContext) => ({
  "ec2:VpceServiceName": one.serviceName,
  "ec2:VpceServiceOwner": one.serviceName.startsWith("com.amazonaws.vpce.") ? context.account : "amazon",
  "ec2:VpceServiceRegion": context.region,
  "ec2:VpceMultiRegion": "false",
});

export const endpointState = (one: Readonly<R.VpcEndpointRecord>, now: number) =>
  one.connection ?? state(one.availableAt <= now);

export const prefixLists: Kind<R.PrefixListRecord> = {
  type: "prefix-list",
  prefix: "pl",
  notFoundCode: "InvalidPrefixListID.NotFound",
  notFound: (id) => `The prefix list ID '${id}' does not exist.`,
  malformed: isMalformed("InvalidPrefixListId.Malformed", "pl", "prefix list"),
  filters: {
    "owner-id": (one, context) => (one.name.startsWith("com.amazonaws.") ? "AWS" : context.account),
    "prefix-list-id": (one) => one.id,
    "prefix-list-name": (one) => one.name,
  },
};

export const flowLogs: Kind<R.FlowLogRecord> = {
  type: "vpc-flow-log",
  prefix: "fl",
  notFoundCode: "InvalidFlowLogId.NotFound",
  notFound: (...ids) =>
    `These flow log ids in the input list are not found: [TotalCount: ${ids.length}] ${ids.join(" ")}`,
  filters: {
    "deliver-log-status": (one) => (one.deliveryError ? "FAILED" : "SUCCESS"),
    "log-destination-type": (one) => one.destinationType,
    "flow-log-id": (one) => one.id,
    "log-group-name": (one) => one.logGroupName,
    "resource-id": (one) => one.resourceId,
    "traffic-type": (one) => one.trafficType,
  },
};

export const endpointServiceConfigurations: Kind<R.EndpointServiceRecord> = {
  type: "vpc-endpoint-service",
  prefix: "vpce-svc",
  notFoundCode: "InvalidVpcEndpointServiceId.NotFound",
  notFound: (id) => `The VpcEndpointService Id '${id}' does not exist`,
  filters: {
    "service-name": (one, context) => `com.amazonaws.vpce.${context.region}.${one.id}`,
    "service-id": (one) => one.id,
    "service-state": () => "Available",
    "supported-ip-address-types": () => "ipv4",
  },
};
