/** Kinds: virtual private, customer and carrier gateways, VPN connections. */
import type { Kind } from "../kind.ts";
import { absent } from "../malformed.ts";
import type * as R from "../records.ts";

/** Deleted ones are shown for an hour. */
export const shownState = (one: { deleted?: number }) =>
  one.deleted === undefined ? ("available" as const) : ("deleted" as const);

export const vpnGateways: Kind<R.VpnGatewayRecord> = {
  type: "vpn-gateway",
  prefix: "vgw",
  notFoundCode: "InvalidVpnGatewayID.NotFound",
  notFound: absent("vpnGateway ID"),
  filters: {
    "amazon-side-asn": (one) => one.asn,
    "attachment.state": (one) => one.attachments.map(({ state }) => state),
    "attachment.vpc-id": (one) => one.attachments.map(({ vpcId }) => vpcId),
    "availability-zone": () => undefined,
    state: shownState,
    type: () => "ipsec.1",
    "vpn-gateway-id": (one) => one.id,
  },
};

export const customerGateways: Kind<R.CustomerGatewayRecord> = {
  type: "customer-gateway",
  prefix: "cgw",
  notFoundCode: "InvalidCustomerGatewayID.NotFound",
  notFound: absent("customerGateway ID"),
  filters: {
    "bgp-asn": (one) => one.asn,
    "customer-gateway-id": (one) => one.id,
    "ip-address": (one) => one.ip,
    state: shownState,
    type: () => "ipsec.1",
  },
};

export const vpnConnections: Kind<R.VpnConnectionRecord> = {
  type: "vpn-connection",
  prefix: "vpn",
  notFoundCode: "InvalidVpnConnectionID.NotFound",
  notFound: absent("vpnConnection ID"),
  filters: {
    "customer-gateway-configuration": () => undefined,
    "customer-gateway-id": (one) => one.customerGatewayId,
    state: shownState,
    "option.static-routes-only": (one) => one.staticOnly,
    "route.destination-cidr-block": (one) => one.routes,
    "bgp-asn": () => undefined,
    type: () => "ipsec.1",
    "vpn-connection-id": (one) => one.id,
    "vpn-gateway-id": (one) => one.vpnGatewayId,
    "transit-gateway-id": (one) => one.transitGatewayId,
  },
};

export const carrierGateways: Kind<R.CarrierGatewayRecord> = {
  type: "carrier-gateway",
  prefix: "cagw",
  notFoundCode: "InvalidCarrierGatewayID.NotFound",
  notFound: (id) => `The CarrierGateway ID '${id}' does not exist`,
  filters: {
    "carrier-gateway-id": (one) => one.id,
    "owner-id": (_, context) => context.account,
    state: () => "available",
    "vpc-id": (one) => one.vpcId,
  },
  vpcOf: (one) => one.vpcId,
};
