/**
 * Virtual private gateways, customer gateways and carrier gateways. No traffic goes through them here: a route to one
 * leads to nothing that answers.
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
 */
import type { CustomerGateway, VpnGateway } from "@aws-sdk/client-ec2";
import { parseIp } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, invalidValue, missing, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import {
  carrierGateways,
  customerGateways,
  routeTables,
  shownState,
  vpcs,
  vpnConnections,
  vpnGateways,
} from "../kinds.ts";
import { expecting } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import type { CarrierGatewayRecord, CustomerGatewayRecord, VpnGatewayRecord } from "../records.ts";
import { allLive, forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";
import { zonesOf } from "../zones.ts";

const ASN = 64_512;
const EVERYTHING = Number.MAX_SAFE_INTEGER;

const vpnView = (one: Readonly<VpnGatewayRecord>): VpnGateway => ({
  VpnGatewayId: one.id,
  State: shownState(one),
  Type: "ipsec.1",
  AmazonSideAsn: one.asn,
  VpcAttachments: one.attachments.map(({ vpcId, state }) => ({ State: state, VpcId: vpcId })),
  Tags: tagList(one.tags),
});

const customerView = (one: Readonly<CustomerGatewayRecord>): CustomerGateway => ({
  CustomerGatewayId: one.id,
  State: shownState(one),
  Type: "ipsec.1",
  ...(one.ip && { IpAddress: one.ip }),
  BgpAsn: one.asn,
  ...(one.certificate && { CertificateArn: one.certificate }),
  ...(one.device && { DeviceName: one.device }),
  Tags: tagList(one.tags),
});

const carrierView = (one: Readonly<CarrierGatewayRecord>, account: string) => ({
  CarrierGatewayId: one.id,
  VpcId: one.vpcId,
  State: "available" as const,
  OwnerId: account,
  Tags: tagList(one.tags),
});

/** Numbers that an autonomous system of one's own may have. */
const isPrivateAsn = (asn: number) =>
  (asn >= 64_512 && asn <= 65_534) || (asn >= 4_200_000_000 && asn <= 4_294_967_294);

const malformedCustomer = expecting("InvalidCustomerGatewayId.Malformed", "cgw");

export const vpnGatewayOperations: Operations = {
  CreateVpnGateway(input, context) {
    const type = need(input.Type as string | undefined, "type");
    if (type !== "ipsec.1") throw badParameter("type", type);
    const zone = input.AvailabilityZone;
    if (zone && !zonesOf(context.region).some((one) => one.name === zone)) {
      throw badParameter("availabilityZone", zone, "No such availability zone.");
    }
    const asn = input.AmazonSideAsn === undefined ? ASN : Number(input.AmazonSideAsn);
    if (!isPrivateAsn(asn)) throw badParameter("amazonSideAsn", asn);
    const one = add(context, vpnGateways, {
      id: newId("vgw"),
      tags: specifiedTags(input.TagSpecifications, "vpn-gateway"),
      asn,
      attachments: [],
    });
    const { Tags, ...view } = vpnView(one);
    return { VpnGateway: { ...view, ...(Tags?.length && { Tags }) } };
  },

  DescribeVpnGateways(input, context) {
    forget(context, vpnGateways);
    const { items } = describe(context, vpnGateways, { Filters: input.Filters }, input.VpnGatewayIds, {
      most: EVERYTHING,
    });
    return { VpnGateways: items.map(vpnView) };
  },

  AttachVpnGateway(input, context) {
    const one = live(context, vpnGateways, need(input.VpnGatewayId, "vpnGatewayId"));
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const other = allLive(context, vpnGateways).find(
      (gateway) =>
        gateway.id !== one.id &&
        gateway.attachments.some(({ vpcId, state }) => vpcId === vpc.id && state === "attached"),
    );
    if (other) {
      throw new AwsError("InvalidVpcState", `VPC '${vpc.id}' already has a vpn gateway attached.`);
    }
    const attached = one.attachments.find(({ state }) => state === "attached");
    if (attached && attached.vpcId !== vpc.id) {
      throw new AwsError(
        "VpnGatewayAttachmentLimitExceeded",
        "The maximum number of virtual private gateway attachments has been reached.",
      );
    }
    change(context, vpnGateways, one.id, (draft) => {
      draft.attachments = [{ vpcId: vpc.id, state: "attached" }];
    });
    return { VpcAttachment: { State: "attaching", VpcId: vpc.id } };
  },

  DetachVpnGateway(input, context) {
    const one = live(context, vpnGateways, need(input.VpnGatewayId, "vpnGatewayId"));
    const vpcId = need(input.VpcId, "vpcId");
    if (!one.attachments.some((at) => at.vpcId === vpcId && at.state === "attached")) {
      throw new AwsError(
        "InvalidVpnGatewayAttachment.NotFound",
        `The attachment with vpn gateway ID '${one.id}' and vpc ID '${vpcId}' does not exist`,
      );
    }
    change(context, vpnGateways, one.id, (draft) => {
      draft.attachments = [{ vpcId, state: "detached" }];
    });
    for (const table of all(context, routeTables)) {
      if (!table.propagatingVgws?.includes(one.id)) continue;
      change(context, routeTables, table.id, (draft) => stopPropagating(draft, one.id));
    }
    return {};
  },

  DeleteVpnGateway(input, context) {
    const one = live(context, vpnGateways, need(input.VpnGatewayId, "vpnGatewayId"));
    const attached = one.attachments.some(({ state }) => state === "attached");
    if (attached || allLive(context, vpnConnections).some((vpn) => vpn.vpnGatewayId === one.id)) {
      throw new AwsError("IncorrectState", `The vpnGateway ID '${one.id}' is in use`);
    }
    change(context, vpnGateways, one.id, (draft) => {
      draft.deleted = context.now;
    });
    return {};
  },

  EnableVgwRoutePropagation(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const one = live(context, vpnGateways, need(input.GatewayId, "gatewayId"));
    if (!one.attachments.some((at) => at.vpcId === table.vpcId && at.state === "attached")) {
      throw new AwsError(
        "Gateway.NotAttached",
        `resource ${one.id} is not attached to network ${table.vpcId}`,
      );
    }
    const learned = allLive(context, vpnConnections)
      .filter((vpn) => vpn.vpnGatewayId === one.id)
      .flatMap((vpn) => vpn.routes);
    change(context, routeTables, table.id, (draft) => {
      draft.propagatingVgws = [...new Set([...(draft.propagatingVgws ?? []), one.id])];
      for (const cidr of learned) {
        if (draft.routes.some((route) => route.cidr === cidr)) continue;
        const target = { kind: "vpn-gateway", id: one.id } as const;
        draft.routes.push({ cidr, target, origin: "EnableVgwRoutePropagation" });
      }
    });
    return {};
  },

  DisableVgwRoutePropagation(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const id = need(input.GatewayId, "gatewayId");
    live(context, vpnGateways, id);
    change(context, routeTables, table.id, (draft) => stopPropagating(draft, id));
    return {};
  },

  CreateCustomerGateway(input, context) {
    const type = need(input.Type as string | undefined, "type");
    if (type !== "ipsec.1") throw badParameter("type", type);
    const ip = input.IpAddress ?? input.PublicIp;
    if (!ip && !input.CertificateArn) throw missing("ipAddress");
    if (ip && parseIp(ip) === undefined)
      throw invalidValue(`Value (${ip}) for parameter ipAddress is invalid.`);
    const asn = Number(input.BgpAsnExtended ?? input.BgpAsn ?? 65_000);
    if (!Number.isInteger(asn) || asn < 1 || asn > 4_294_967_294) throw badParameter("bgpAsn", asn);
    const tags = specifiedTags(input.TagSpecifications, "customer-gateway");
    // an identical request is answered with the gateway that there is
    const same = allLive(context, customerGateways).find(
      (one) =>
        one.ip === ip &&
        one.asn === String(asn) &&
        one.device === input.DeviceName &&
        one.certificate === input.CertificateArn,
    );
    const one =
      same ??
      add(context, customerGateways, {
        id: newId("cgw"),
        tags,
        asn: String(asn),
        ...(ip && { ip }),
        ...(input.CertificateArn && { certificate: input.CertificateArn }),
        ...(input.DeviceName && { device: input.DeviceName }),
      });
    return { CustomerGateway: customerView(one) };
  },

  DescribeCustomerGateways(input, context) {
    forget(context, customerGateways);
    const { items } = describe(
      context,
      customerGateways,
      { Filters: input.Filters },
      input.CustomerGatewayIds,
      { most: EVERYTHING },
    );
    return { CustomerGateways: items.map(customerView) };
  },

  DeleteCustomerGateway(input, context) {
    const id = need(input.CustomerGatewayId, "customerGatewayId");
    const one = live(context, customerGateways, id, malformedCustomer);
    if (allLive(context, vpnConnections).some((vpn) => vpn.customerGatewayId === one.id)) {
      throw new AwsError("IncorrectState", "The customer gateway is in use.");
    }
    change(context, customerGateways, one.id, (draft) => {
      draft.deleted = context.now;
    });
    return {};
  },

  CreateCarrierGateway(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const one = add(context, carrierGateways, {
      id: newId("cagw"),
      tags: specifiedTags(input.TagSpecifications, "carrier-gateway"),
      vpcId: vpc.id,
    });
    return { CarrierGateway: { ...carrierView(one, context.account), State: "pending" } };
  },

  DescribeCarrierGateways(input, context) {
    const { items, next } = describe(context, carrierGateways, input, input.CarrierGatewayIds);
    return { CarrierGateways: items.map((one) => carrierView(one, context.account)), NextToken: next };
  },

  DeleteCarrierGateway(input, context) {
    const one = find(context, carrierGateways, need(input.CarrierGatewayId, "carrierGatewayId"));
    remove(context, carrierGateways, one.id);
    return { CarrierGateway: { ...carrierView(one, context.account), State: "deleting" } };
  },
};

function stopPropagating(
  draft: { propagatingVgws?: string[]; routes: { origin: string; target: { id: string } }[] },
  id: string,
): void {
  draft.propagatingVgws = (draft.propagatingVgws ?? []).filter((one) => one !== id);
  draft.routes = draft.routes.filter(
    (route) => !(route.origin === "EnableVgwRoutePropagation" && route.target.id === id),
  );
}
