/**
 * Site-to-site VPN connections: configured as on AWS, their tunnels are down, for nothing is at the other end.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnConnection.html
 */
import type { VpnConnection } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, invalidValue, missing, need, notACidr } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, tableOf, tagList } from "../kind.ts";
import {
  customerGateways,
  routeTables,
  shownState,
  transitGateways,
  vpnConnections,
  vpnGateways,
} from "../kinds.ts";
import { expecting } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import type { VpnConnectionRecord } from "../records.ts";
import { forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";
import { attach, detach } from "../transit.ts";
import { configurationXml, newTunnel } from "../vpn-configuration.ts";

const ASN = 64_512;

function view(one: Readonly<VpnConnectionRecord>, context: ReadContext): VpnConnection {
  const customer = tableOf(context, customerGateways).get(one.customerGatewayId);
  const gateway = one.vpnGatewayId
    ? tableOf(context, vpnGateways).get(one.vpnGatewayId)
    : tableOf(context, transitGateways).get(one.transitGatewayId ?? "");
  const deleted = one.deleted !== undefined;
  return {
    VpnConnectionId: one.id,
    State: shownState(one),
    Type: "ipsec.1",
    Category: "VPN",
    CustomerGatewayId: one.customerGatewayId,
    ...(one.vpnGatewayId && { VpnGatewayId: one.vpnGatewayId }),
    ...(one.transitGatewayId && { TransitGatewayId: one.transitGatewayId }),
    ...(!deleted &&
      customer && { CustomerGatewayConfiguration: configurationXml(one, customer, gateway?.asn ?? ASN) }),
    GatewayAssociationState: "associated",
    Options: {
      EnableAcceleration: one.acceleration,
      StaticRoutesOnly: one.staticOnly,
      LocalIpv4NetworkCidr: one.localCidr,
      RemoteIpv4NetworkCidr: one.remoteCidr,
      OutsideIpAddressType: "PublicIpv4",
      TunnelInsideIpVersion: "ipv4",
      TunnelOptions: one.tunnels.map((tunnel) => ({
        OutsideIpAddress: tunnel.outsideIp,
        TunnelInsideCidr: tunnel.insideCidr,
        PreSharedKey: tunnel.preSharedKey,
      })),
    },
    Routes: one.routes.map((DestinationCidrBlock) => ({ DestinationCidrBlock, State: "available" })),
    VgwTelemetry: one.tunnels.map((tunnel) => ({
      AcceptedRouteCount: 0,
      LastStatusChange: new Date(one.created),
      OutsideIpAddress: tunnel.outsideIp,
      Status: "DOWN",
      StatusMessage: "",
    })),
    Tags: tagList(one.tags),
  };
}

const block = (text: string | undefined, parameter: string, otherwise = "0.0.0.0/0") => {
  if (!text) return otherwise;
  const cidr = parseCidr(text);
  if (cidr?.family !== 4) throw notACidr(parameter, text);
  return printCidr(cidr);
};

const INSIDE = "169.254.0.0/16";
function insideCidr(text: string): string {
  const cidr = parseCidr(text);
  if (cidr?.family !== 4 || cidr.prefix !== 30 || !text.startsWith("169.254.")) {
    throw invalidValue(
      `The TunnelInsideCidr '${text}' is invalid. A size /30 CIDR block from the ${INSIDE} range must be specified.`,
    );
  }
  return printCidr(cidr);
}

function preSharedKey(text: string): string {
  if (/^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/.test(text)) return text;
  throw invalidValue(
    "The pre-shared key must be between 8 and 64 characters in length and cannot start with zero (0). Allowed characters are alphanumeric characters, periods (.), and underscores (_).",
  );
}

/** Route tables that learn from the connection's gateway follow its static routes. */
function propagate(context: CallContext, gatewayId: string | undefined, cidr: string, there: boolean): void {
  if (!gatewayId) return;
  for (const table of all(context, routeTables)) {
    if (!table.propagatingVgws?.includes(gatewayId)) continue;
    change(context, routeTables, table.id, (draft) => {
      const learned = (one: (typeof draft.routes)[number]) =>
        one.cidr === cidr && one.origin === "EnableVgwRoutePropagation";
      draft.routes = draft.routes.filter((one) => there || !learned(one));
      if (there && !draft.routes.some((one) => one.cidr === cidr)) {
        const target = { kind: "vpn-gateway", id: gatewayId } as const;
        draft.routes.push({ cidr, target, origin: "EnableVgwRoutePropagation" });
      }
    });
  }
}

const malformed = expecting("InvalidVpnConnectionID", "vpn");

export const vpnConnectionOperations: Operations = {
  CreateVpnConnection(input, context) {
    const type = need(input.Type, "type");
    if (type !== "ipsec.1") throw badParameter("type", type);
    const { VpnGatewayId, TransitGatewayId, Options = {} } = input;
    if (VpnGatewayId && TransitGatewayId) {
      throw invalidValue("The request must not contain both parameter vpnGatewayId and transitGatewayId");
    }
    const customer = live(context, customerGateways, need(input.CustomerGatewayId, "customerGatewayId"));
    if (VpnGatewayId) live(context, vpnGateways, VpnGatewayId);
    if (TransitGatewayId) live(context, transitGateways, TransitGatewayId);
    const said = Options.TunnelOptions ?? [];
    if (said.length > 2) throw invalidValue("A VPN connection has two tunnels.");
    const tunnels = [0, 1].map((index) => {
      const { TunnelInsideCidr, PreSharedKey } = said[index] ?? {};
      return newTunnel({
        ...(TunnelInsideCidr && { insideCidr: insideCidr(TunnelInsideCidr) }),
        ...(PreSharedKey && { preSharedKey: preSharedKey(PreSharedKey) }),
      });
    });
    const id = newId("vpn");
    const one = add(context, vpnConnections, {
      id,
      tags: specifiedTags(input.TagSpecifications, "vpn-connection"),
      customerGatewayId: customer.id,
      ...(VpnGatewayId && { vpnGatewayId: VpnGatewayId }),
      ...(TransitGatewayId && { transitGatewayId: TransitGatewayId }),
      staticOnly: Options.StaticRoutesOnly ?? false,
      acceleration: Options.EnableAcceleration ?? false,
      localCidr: block(Options.LocalIpv4NetworkCidr, "localIpv4NetworkCidr"),
      remoteCidr: block(Options.RemoteIpv4NetworkCidr, "remoteIpv4NetworkCidr"),
      tunnels,
      routes: [],
      created: context.now,
    });
    if (TransitGatewayId) {
      attach(context, { transitGatewayId: TransitGatewayId, type: "vpn", resourceId: id });
    }
    return {
      VpnConnection: { ...view(one, context), State: "pending", GatewayAssociationState: "associating" },
    };
  },

  DescribeVpnConnections(input, context) {
    forget(context, vpnConnections);
    const { items } = describe(context, vpnConnections, { Filters: input.Filters }, input.VpnConnectionIds, {
      most: Number.MAX_SAFE_INTEGER,
    });
    return { VpnConnections: items.map((one) => view(one, context)) };
  },

  DeleteVpnConnection(input, context) {
    const one = live(context, vpnConnections, need(input.VpnConnectionId, "vpnConnectionId"), malformed);
    for (const cidr of one.routes) propagate(context, one.vpnGatewayId, cidr, false);
    detach(context, one.id);
    change(context, vpnConnections, one.id, (draft) => {
      draft.deleted = context.now;
    });
    return {};
  },

  CreateVpnConnectionRoute(input, context) {
    const one = live(context, vpnConnections, need(input.VpnConnectionId, "vpnConnectionId"));
    const cidr = block(need(input.DestinationCidrBlock, "destinationCidrBlock"), "destinationCidrBlock");
    if (!one.vpnGatewayId || !one.staticOnly) {
      throw new AwsError(
        "InvalidVpnConnection.InvalidType",
        `The vpnConnection ID '${one.id}' does not support static routes.`,
      );
    }
    change(context, vpnConnections, one.id, (draft) => {
      draft.routes = [...new Set([...draft.routes, cidr])];
    });
    propagate(context, one.vpnGatewayId, cidr, true);
    return {};
  },

  DeleteVpnConnectionRoute(input, context) {
    const one = live(context, vpnConnections, need(input.VpnConnectionId, "vpnConnectionId"));
    const cidr = block(need(input.DestinationCidrBlock, "destinationCidrBlock"), "destinationCidrBlock");
    if (!one.routes.includes(cidr)) {
      throw new AwsError("InvalidRoute.NotFound", `The specified route ${cidr} does not exist`);
    }
    change(context, vpnConnections, one.id, (draft) => {
      draft.routes = draft.routes.filter((route) => route !== cidr);
    });
    propagate(context, one.vpnGatewayId, cidr, false);
    return {};
  },

  ModifyVpnConnection(input, context) {
    const one = live(context, vpnConnections, need(input.VpnConnectionId, "vpnConnectionId"));
    const { CustomerGatewayId, VpnGatewayId, TransitGatewayId } = input;
    if (!CustomerGatewayId && !VpnGatewayId && !TransitGatewayId) throw missing("customerGatewayId");
    if (CustomerGatewayId) live(context, customerGateways, CustomerGatewayId);
    if (VpnGatewayId) live(context, vpnGateways, VpnGatewayId);
    if (TransitGatewayId) live(context, transitGateways, TransitGatewayId);
    if (VpnGatewayId || TransitGatewayId) detach(context, one.id);
    const next = change(context, vpnConnections, one.id, (draft) => {
      if (CustomerGatewayId) draft.customerGatewayId = CustomerGatewayId;
      if (VpnGatewayId) {
        draft.vpnGatewayId = VpnGatewayId;
        delete draft.transitGatewayId;
      }
      if (TransitGatewayId) {
        draft.transitGatewayId = TransitGatewayId;
        delete draft.vpnGatewayId;
      }
    });
    if (TransitGatewayId) {
      attach(context, { transitGatewayId: TransitGatewayId, type: "vpn", resourceId: one.id });
    }
    return { VpnConnection: { ...view(next, context), State: "pending" } };
  },
};
