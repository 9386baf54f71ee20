/** Kinds: internet, egress-only and NAT gateways. */
import type { Kind } from "../kind.ts";
import { absent, isMalformed } from "../malformed.ts";
import type * as R from "../records.ts";

const state = (available: boolean) => (available ? "available" : "pending");

export const internetGateways: Kind<R.InternetGatewayRecord> = {
  type: "internet-gateway",
  prefix: "igw",
  notFoundCode: "InvalidInternetGatewayID.NotFound",
  notFound: absent("internetGateway ID"),
  filters: {
    "attachment.state": (gateway) => (gateway.vpcId ? "available" : undefined),
    "attachment.vpc-id": (gateway) => gateway.vpcId,
    "internet-gateway-id": (gateway) => gateway.id,
    "owner-id": (_, context) => context.account,
  },
  conditions: (gateway) => ({ "ec2:InternetGatewayID": gateway.id }),
};

export const egressOnlyGateways: Kind<R.EgressOnlyGatewayRecord> = {
  type: "egress-only-internet-gateway",
  prefix: "eigw",
  notFoundCode: "InvalidGatewayID.NotFound",
  notFound: (id) => `The eigw ID '${id}' does not exist`,
  filters: {},
};

export const natGateways: Kind<R.NatGatewayRecord> = {
  type: "natgateway",
  prefix: "nat",
  notFoundCode: "NatGatewayNotFound",
  notFound: (id) => `NAT gateway ${id} was not found`,
  malformed: isMalformed("NatGatewayMalformed", "nat", "natgateway"),
  filters: {
    "nat-gateway-id": (gateway) => gateway.id,
    state: (gateway, context) => natState(gateway, context.now),
    "subnet-id": (gateway) => gateway.subnetId,
    "vpc-id": (gateway) => gateway.vpcId,
  },
  vpcOf: (gateway) => gateway.vpcId,
};

export const natState = (gateway: Readonly<R.NatGatewayRecord>, now: number) =>
  gateway.deleted !== undefined
    ? ("deleted" as const)
    : gateway.failure
      ? ("failed" as const)
      : state(gateway.availableAt <= now);
