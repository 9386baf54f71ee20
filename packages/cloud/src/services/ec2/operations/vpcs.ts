/**
 * VPCs and their address blocks. A VPC is made with its default security group, network ACL and main route table.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
 */
import { randomBytes } from "node:crypto";
import type { Vpc } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { shownMode } from "../../../network/block-public-access.ts";
import { contains, overlaps, parseCidr, printCidr, printIp } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { inServiceNetwork } from "../../vpc-lattice/reachable.ts";
import {
  badParameter,
  combination,
  dependency,
  invalidValue,
  missing,
  need,
  notACidr,
  unsupported,
} from "../errors.ts";
import { newId } from "../identifiers.ts";
import { allocateBlock, releaseBlocks } from "../ipam-allocation.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import {
  carrierGateways,
  dhcpOptions,
  egressOnlyGateways,
  internetGateways,
  networkAcls,
  networkInterfaces,
  peerings,
  routeTables,
  securityGroups,
  subnets,
  transitAttachments,
  vpcEndpoints,
  vpcs,
  vpnGateways,
} from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { CidrAssociation, Tags, VpcRecord } from "../records.ts";
import { allLive } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";
import { defaultAcl } from "./network-acls.ts";
import { allowAllEgress } from "./security-groups.ts";

const MAX_CIDRS = 5;

/** A VPC's block, canonical. @throws AwsError when it is none or its size is not 16 to 28 */
export function vpcCidr(text: string, parameter = "cidrBlock"): string {
  const cidr = parseCidr(text);
  if (cidr?.family !== 4) throw notACidr(parameter, text);
  if (cidr.prefix < 16 || cidr.prefix > 28) {
    throw new AwsError("InvalidVpc.Range", `The CIDR '${text}' is invalid.`);
  }
  return printCidr(cidr);
}

/** A /56 out of Amazon's pool. */
const amazonIpv6 = (): string =>
  printCidr(
    parseCidr(
      `${printIp(6, (0x26001f18n << 96n) | (BigInt(`0x${randomBytes(4).toString("hex")}`) << 64n))}/56`,
    )!,
  );

export interface NewVpc {
  /** @default a new one */
  id?: string;
  cidr: string;
  tenancy?: VpcRecord["tenancy"];
  ipv6?: boolean;
  isDefault?: boolean;
  tags?: Tags;
  /** Network border group of the IPv6 block. */
  group?: string;
}

/** Makes a VPC with what always comes with one. */
export function createVpc(context: CallContext, options: NewVpc): Readonly<VpcRecord> {
  const { isDefault = false, tags = {}, tenancy = "default" } = options;
  const id = options.id ?? newId("vpc");
  const vpc = add(context, vpcs, {
    id,
    tags,
    cidr: options.cidr,
    tenancy,
    isDefault,
    dhcpOptionsId: defaultDhcpOptions(context),
    cidrs: [{ id: newId("vpc-cidr-assoc"), cidr: options.cidr }],
    ipv6Cidrs: options.ipv6 ? [newIpv6(options.group ?? context.region)] : [],
    dnsSupport: true,
    dnsHostnames: isDefault,
    addressUsageMetrics: false,
  });
  const groupId = newId("sg");
  add(context, securityGroups, {
    id: groupId,
    tags: {},
    vpcId: id,
    name: "default",
    description: "default VPC security group",
    rules: [
      {
        id: newId("sgr"),
        egress: false,
        protocol: "-1",
        groupId,
        groupAccount: context.account,
        tags: {},
      },
      ...allowAllEgress(options.ipv6 ?? false),
    ],
  });
  add(context, networkAcls, defaultAcl(id, options.ipv6 ?? false));
  add(context, routeTables, {
    id: newId("rtb"),
    tags: {},
    vpcId: id,
    routes: localRoutes(vpc),
    associations: [{ id: newId("rtbassoc"), main: true }],
  });
  return vpc;
}

/** The routes every table of a VPC has: to each of its own blocks. */
export const localRoutes = (vpc: Readonly<VpcRecord>) => [
  ...vpc.cidrs.map(({ cidr }) => ({ cidr, ...LOCAL })),
  ...vpc.ipv6Cidrs.map(({ cidr }) => ({ ipv6: cidr, ...LOCAL })),
];
const LOCAL = { target: { kind: "local", id: "local" }, origin: "CreateRouteTable" } as const;

const newIpv6 = (group: string) => ({
  id: newId("vpc-cidr-assoc"),
  cidr: amazonIpv6(),
  pool: "Amazon",
  group,
});

function defaultDhcpOptions(context: CallContext): string {
  const name = context.region === "us-east-1" ? "ec2.internal" : `${context.region}.compute.internal`;
  const known = all(context, dhcpOptions).find(
    (one) =>
      one.options["domain-name"]?.[0] === name &&
      one.options["domain-name-servers"]?.[0] === "AmazonProvidedDNS",
  );
  if (known) return known.id;
  const options = { "domain-name": [name], "domain-name-servers": ["AmazonProvidedDNS"] };
  return add(context, dhcpOptions, { id: newId("dopt"), tags: {}, options }).id;
}

const ipv4View = ({ id, cidr }: CidrAssociation) => ({
  AssociationId: id,
  CidrBlock: cidr,
  CidrBlockState: { State: "associated" as const },
});
const ipv6View = (one: VpcRecord["ipv6Cidrs"][number]) => ({
  AssociationId: one.id,
  Ipv6CidrBlock: one.cidr,
  Ipv6CidrBlockState: { State: "associated" as const },
  NetworkBorderGroup: one.group,
  Ipv6Pool: one.pool,
  Ipv6AddressAttribute: "public" as const,
  IpSource: "amazon" as const,
});

export const vpcView = (vpc: Readonly<VpcRecord>, context: ReadContext): Vpc => ({
  VpcId: vpc.id,
  State: "available",
  CidrBlock: vpc.cidr,
  CidrBlockAssociationSet: vpc.cidrs.map(ipv4View),
  Ipv6CidrBlockAssociationSet: vpc.ipv6Cidrs.map(ipv6View),
  DhcpOptionsId: vpc.dhcpOptionsId,
  InstanceTenancy: vpc.tenancy,
  IsDefault: vpc.isDefault,
  OwnerId: context.account,
  BlockPublicAccessStates: { InternetGatewayBlockMode: shownMode(context, vpc.id) },
  Tags: tagList(vpc.tags),
});

/** In the answer that makes it: not yet available, and without what it has none of. */
export const newVpcView = (vpc: Readonly<VpcRecord>, context: ReadContext): Vpc => {
  const { BlockPublicAccessStates: _, Tags, ...view } = vpcView(vpc, context);
  return { ...view, State: "pending", ...(Tags?.length && { Tags }) };
};

/** Puts the local routes of every table right after the VPC's blocks changed. */
function refreshLocalRoutes(context: CallContext, vpc: Readonly<VpcRecord>): void {
  for (const table of all(context, routeTables)) {
    if (table.vpcId !== vpc.id) continue;
    change(context, routeTables, table.id, (draft) => {
      draft.routes = [...localRoutes(vpc), ...draft.routes.filter((one) => one.target.kind !== "local")];
    });
  }
}

export function deleteVpc(context: CallContext, id: string): void {
  const vpc = find(context, vpcs, id);
  const blocked =
    all(context, subnets).some((one) => one.vpcId === id) ||
    all(context, networkInterfaces).some((one) => one.vpcId === id) ||
    all(context, vpcEndpoints).some((one) => one.vpcId === id) ||
    all(context, internetGateways).some((one) => one.vpcId === id) ||
    all(context, egressOnlyGateways).some((one) => one.vpcId === id) ||
    all(context, securityGroups).some(
      (one) => (one.vpcId === id && one.name !== "default") || one.vpcIds?.includes(id),
    ) ||
    all(context, networkAcls).some((one) => one.vpcId === id && !one.isDefault) ||
    all(context, routeTables).some((one) => one.vpcId === id && !one.associations.some((a) => a.main)) ||
    all(context, carrierGateways).some((one) => one.vpcId === id) ||
    allLive(context, vpnGateways).some((one) =>
      one.attachments.some((at) => at.vpcId === id && at.state === "attached"),
    ) ||
    allLive(context, transitAttachments).some((one) => one.resourceId === id) ||
    inServiceNetwork(context, (one) => one.vpcId === id) ||
    all(context, peerings).some(
      (one) => one.status === "active" && (one.requester.vpcId === id || one.accepter.vpcId === id),
    );
  if (blocked) throw dependency(`The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  for (const group of all(context, securityGroups))
    if (group.vpcId === id) remove(context, securityGroups, group.id);
  for (const acl of all(context, networkAcls)) if (acl.vpcId === id) remove(context, networkAcls, acl.id);
  for (const table of all(context, routeTables))
    if (table.vpcId === id) remove(context, routeTables, table.id);
  releaseBlocks(context, id);
  remove(context, vpcs, id);
}

/** The block that a request names, or that a pool of IPAM gives it. */
function blockFor(
  context: CallContext,
  vpcId: string,
  tags: Tags,
  input: {
    CidrBlock?: string | undefined;
    Ipv4IpamPoolId?: string | undefined;
    Ipv4NetmaskLength?: number | undefined;
  },
): string {
  if (!input.Ipv4IpamPoolId) {
    if (input.Ipv4NetmaskLength !== undefined) throw missing("ipv4IpamPoolId");
    return vpcCidr(need(input.CidrBlock, "cidrBlock"));
  }
  if (input.CidrBlock && input.Ipv4NetmaskLength !== undefined) {
    throw combination("The parameter cidrBlock cannot be used with the parameter ipv4NetmaskLength");
  }
  return vpcCidr(
    allocateBlock(context, input.Ipv4IpamPoolId, {
      cidr: input.CidrBlock,
      length: input.Ipv4NetmaskLength,
      type: "vpc",
      resourceId: vpcId,
      tags,
    }).cidr,
  );
}

export const vpcOperations: Operations = {
  CreateVpc(input, context) {
    if (input.Ipv6IpamPoolId) throw unsupported("An IPAM pool of public or IPv6 addresses");
    if (input.Ipv6Pool || input.Ipv6CidrBlock) throw unsupported("An IPv6 address pool of your own");
    const id = newId("vpc");
    const tags = specifiedTags(input.TagSpecifications, "vpc");
    const cidr = blockFor(context, id, tags, input);
    const tenancy = input.InstanceTenancy ?? "default";
    if (tenancy !== "default" && tenancy !== "dedicated") {
      throw new AwsError("UnsupportedTenancy", `The tenancy value ${tenancy} is not supported.`);
    }
    const vpc = createVpc(context, {
      id,
      cidr,
      tenancy,
      ipv6: input.AmazonProvidedIpv6CidrBlock ?? false,
      tags,
      ...(input.Ipv6CidrBlockNetworkBorderGroup && { group: input.Ipv6CidrBlockNetworkBorderGroup }),
    });
    return { Vpc: newVpcView(vpc, context) };
  },

  DescribeVpcs(input, context) {
    const { items, next } = describe(context, vpcs, input, input.VpcIds, { idsName: "vpcIds" });
    return { Vpcs: items.map((vpc) => vpcView(vpc, context)), NextToken: next };
  },

  DeleteVpc(input, context) {
    deleteVpc(context, need(input.VpcId, "vpcId"));
    return {};
  },

  DescribeVpcAttribute(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const VpcId = vpc.id;
    switch (need(input.Attribute as string | undefined, "attribute")) {
      case "enableDnsSupport":
        return { VpcId, EnableDnsSupport: { Value: vpc.dnsSupport } };
      case "enableDnsHostnames":
        return { VpcId, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
      case "enableNetworkAddressUsageMetrics":
        return { VpcId, EnableNetworkAddressUsageMetrics: { Value: vpc.addressUsageMetrics } };
      default:
        throw badParameter("attribute", input.Attribute, "Unknown attribute.");
    }
  },

  ModifyVpcAttribute(input, context) {
    const { EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics } = input;
    const given = [EnableDnsSupport, EnableDnsHostnames, EnableNetworkAddressUsageMetrics].filter(Boolean);
    if (given.length === 0)
      throw missing("enableDnsSupport, enableDnsHostnames or enableNetworkAddressUsageMetrics");
    if (given.length > 1) throw combination("Fields for multiple attribute types specified");
    change(context, vpcs, need(input.VpcId, "vpcId"), (vpc) => {
      if (EnableDnsSupport) vpc.dnsSupport = EnableDnsSupport.Value ?? false;
      if (EnableDnsHostnames) vpc.dnsHostnames = EnableDnsHostnames.Value ?? false;
      if (EnableNetworkAddressUsageMetrics) {
        vpc.addressUsageMetrics = EnableNetworkAddressUsageMetrics.Value ?? false;
      }
    });
    return {};
  },

  ModifyVpcTenancy(input, context) {
    if ((input.InstanceTenancy as string) !== "default") {
      throw badParameter("instanceTenancy", input.InstanceTenancy);
    }
    change(context, vpcs, need(input.VpcId, "vpcId"), (vpc) => {
      vpc.tenancy = "default";
    });
    return { ReturnValue: true };
  },

  AssociateVpcCidrBlock(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    if (input.AmazonProvidedIpv6CidrBlock) {
      if (vpc.ipv6Cidrs.length) {
        throw new AwsError(
          "CidrLimitExceeded",
          `This network '${vpc.id}' has met its maximum number of allowed CIDRs: 1`,
        );
      }
      const one = newIpv6(input.Ipv6CidrBlockNetworkBorderGroup ?? context.region);
      refreshLocalRoutes(
        context,
        change(context, vpcs, vpc.id, (draft) => void draft.ipv6Cidrs.push(one)),
      );
      const view = { ...ipv6View(one), Ipv6CidrBlockState: { State: "associating" as const } };
      return { VpcId: vpc.id, Ipv6CidrBlockAssociation: view };
    }
    if (input.Ipv6CidrBlock || input.Ipv6Pool || input.Ipv6IpamPoolId) {
      throw unsupported("An address pool of your own, or an IPAM pool of IPv6 addresses,");
    }
    const cidr = blockFor(context, vpc.id, vpc.tags, input);
    const block = parseCidr(cidr)!;
    if (vpc.cidrs.some((one) => overlaps(parseCidr(one.cidr)!, block))) {
      throw invalidValue(
        `The CIDR '${input.CidrBlock}' conflicts with one of the CIDRs of the VPC '${vpc.id}'`,
      );
    }
    const inside = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].filter((one) =>
      contains(parseCidr(one)!, block),
    );
    const restricted = {
      "10.0.0.0/8": ["172.16.0.0/12", "192.168.0.0/16"],
      "172.16.0.0/12": ["10.0.0.0/8", "192.168.0.0/16"],
      "192.168.0.0/16": ["10.0.0.0/8", "172.16.0.0/12"],
    };
    const own = Object.keys(restricted).find((one) => contains(parseCidr(one)!, parseCidr(vpc.cidr)!));
    if (own && inside.some((one) => restricted[own as keyof typeof restricted].includes(one))) {
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${cidr}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Subnets.html#vpc-resize`,
      );
    }
    if (vpc.cidrs.length >= MAX_CIDRS) {
      throw new AwsError(
        "CidrLimitExceeded",
        `This network '${vpc.id}' has met its maximum number of allowed CIDRs: ${MAX_CIDRS}`,
      );
    }
    const one = { id: newId("vpc-cidr-assoc"), cidr };
    refreshLocalRoutes(
      context,
      change(context, vpcs, vpc.id, (draft) => void draft.cidrs.push(one)),
    );
    const view = { ...ipv4View(one), CidrBlockState: { State: "associating" as const } };
    return { VpcId: vpc.id, CidrBlockAssociation: view };
  },

  DisassociateVpcCidrBlock(input, context) {
    const id = need(input.AssociationId, "associationId");
    const vpc = all(context, vpcs).find((one) =>
      [...one.cidrs, ...one.ipv6Cidrs].some((cidr) => cidr.id === id),
    );
    if (!vpc) {
      throw new AwsError(
        "InvalidVpcCidrBlockAssociationID.NotFound",
        `The vpc CIDR block association ID '${id}' does not exist`,
      );
    }
    if (vpc.cidrs[0]?.id === id) {
      throw new AwsError(
        "OperationNotPermitted",
        `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
      );
    }
    const one = [...vpc.cidrs, ...vpc.ipv6Cidrs].find((cidr) => cidr.id === id)!;
    const block = parseCidr(one.cidr)!;
    const used = all(context, subnets).some(
      (subnet) =>
        subnet.vpcId === vpc.id &&
        [subnet.cidr, ...subnet.ipv6Cidrs.map((c) => c.cidr)]
          .flatMap((c) => parseCidr(c) ?? [])
          .some((c) => contains(block, c)),
    );
    if (used) throw dependency(`The vpc '${vpc.id}' has subnets in the CIDR block '${one.cidr}'.`);
    refreshLocalRoutes(
      context,
      change(context, vpcs, vpc.id, (draft) => {
        draft.cidrs = draft.cidrs.filter((cidr) => cidr.id !== id);
        draft.ipv6Cidrs = draft.ipv6Cidrs.filter((cidr) => cidr.id !== id);
      }),
    );
    releaseBlocks(context, vpc.id, one.cidr);
    const v6 = vpc.ipv6Cidrs.find((cidr) => cidr.id === id);
    return v6
      ? {
          VpcId: vpc.id,
          Ipv6CidrBlockAssociation: { ...ipv6View(v6), Ipv6CidrBlockState: { State: "disassociating" } },
        }
      : {
          VpcId: vpc.id,
          CidrBlockAssociation: { ...ipv4View(one), CidrBlockState: { State: "disassociating" } },
        };
  },
};
