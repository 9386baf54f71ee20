/**
 * VPC endpoints of the types Resource and ServiceNetwork, which lead to what VPC Lattice knows, and what each is
 * associated with. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
 */
import { createHash } from "node:crypto";
import type { CreateVpcEndpointCommandInput, VpcEndpointAssociation } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError, isAwsError } from "../../../wire/errors.ts";
import { type Reachable, reachableThrough } from "../../vpc-lattice/reachable.ts";
import {
  add as addLattice,
  endpointAssociations,
  find as findLattice,
  newEntity,
  resourceConfigurations,
  serviceNetworks,
} from "../../vpc-lattice/state.ts";
import { addInterface, unsuitable } from "../endpoint-parts.ts";
import { missing, need } from "../errors.ts";
import { type Filters, predicate } from "../filters.ts";
import { newId } from "../identifiers.ts";
import { groupsFor } from "../interfaces.ts";
import { add, all, find } from "../kind.ts";
import { vpcEndpoints } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { VpcEndpointRecord, VpcRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

type Type = "Resource" | "ServiceNetwork";

const MEMBERS = { Resource: "ResourceConfigurationArn", ServiceNetwork: "ServiceNetworkArn" } as const;

const lowered = (name: string) => name[0]!.toLowerCase() + name.slice(1);

/** What the endpoint is to lead to. @throws AwsError when it is not there, or another account's that shares it not */
function targetOf(context: CallContext, type: Type, input: CreateVpcEndpointCommandInput) {
  const arn = need(input[MEMBERS[type]], lowered(MEMBERS[type]));
  try {
    const target = findLattice<{ type?: string } & ReturnType<typeof newEntity>>(
      context,
      type === "Resource" ? resourceConfigurations : serviceNetworks,
      arn,
    );
    if (target.type === "CHILD") {
      throw new AwsError(
        "InvalidParameter",
        `The resource configuration ${arn} is of type CHILD; an endpoint takes its group.`,
      );
    }
    if (target.account !== context.account) {
      const action =
        type === "Resource" ? "AssociateViaAWSService" : "CreateServiceNetworkVpcEndpointAssociation";
      context.authorize({ action: `vpc-lattice:${action}`, resource: arn });
    }
    return target;
  } catch (error) {
    if (!isAwsError(error) || error.code !== "ResourceNotFoundException") throw error;
    throw new AwsError("InvalidParameter", `The specified ${lowered(MEMBERS[type])} ${arn} does not exist.`);
  }
}

/** Makes one with its interfaces and its association. */
export function createLatticeEndpoint(
  context: CallContext,
  input: CreateVpcEndpointCommandInput,
  type: Type,
  vpc: Readonly<VpcRecord>,
  availableAt: number,
): Readonly<VpcEndpointRecord> {
  for (const name of ["ServiceName", "PolicyDocument", "RouteTableIds"] as const) {
    if (input[name]?.length) throw unsuitable(type, name);
  }
  const other = type === "Resource" ? "ServiceNetworkArn" : "ResourceConfigurationArn";
  if (input[other]) throw unsuitable(type, other);
  const target = targetOf(context, type, input);
  const subnetIds = [
    ...new Set([
      ...(input.SubnetIds ?? []),
      ...(input.SubnetConfigurations ?? []).flatMap((one) => one.SubnetId ?? []),
    ]),
  ];
  if (!subnetIds.length) throw missing("subnetId");
  if (input.PrivateDnsEnabled && (!vpc.dnsSupport || !vpc.dnsHostnames)) {
    throw new AwsError(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  }
  const groupIds = groupsFor(
    context,
    { vpcId: vpc.id },
    input.SecurityGroupIds?.length ? input.SecurityGroupIds : undefined,
  );
  const base = { id: newId("vpce"), vpcId: vpc.id, serviceName: "", type, groupIds };
  const tags = specifiedTags(input.TagSpecifications, "vpc-endpoint");
  addLattice(context, endpointAssociations, {
    ...newEntity(context, endpointAssociations, {}),
    vpcEndpointId: base.id,
    vpcId: vpc.id,
    targetId: target.id,
  });
  return add(context, vpcEndpoints, {
    ...base,
    tags,
    targetArn: target.arn,
    routeTableIds: [],
    subnetIds,
    networkInterfaceIds: subnetIds.map((id) => addInterface(context, base, id, subnetIds)),
    privateDns: input.PrivateDnsEnabled ?? false,
    ipAddressType: input.IpAddressType ?? "ipv4",
    dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? "ipv4",
    requesterManaged: false,
    created: context.now,
    availableAt,
  });
}

/** An association with the endpoint that has it. */
interface Association extends Reachable {
  endpoint: Readonly<VpcEndpointRecord>;
}

/** `vpce-rsc-asc-…`, the same for the same association. */
const associationId = ({ endpoint, id, arn }: Association) =>
  `vpce-rsc-asc-0${createHash("sha256").update(`${endpoint.id} ${id} ${arn}`).digest("hex").slice(0, 16)}`;

const filters: Filters<Association> = {
  "vpc-endpoint-id": (one) => one.endpoint.id,
  "associated-resource-accessibility": () => ["Accessible", "AVAILABLE"],
  "association-id": associationId,
  "associated-resource-id": (one) => one.arn.split("/").pop(),
  "service-network-arn": (one) => one.network?.arn,
  "resource-configuration-group-arn": (one) => one.group?.arn,
};

const associationView = (one: Association): VpcEndpointAssociation => ({
  Id: associationId(one),
  VpcEndpointId: one.endpoint.id,
  ...(one.network && { ServiceNetworkArn: one.network.arn, ServiceNetworkName: one.network.name }),
  AssociatedResourceAccessibility: "Accessible",
  DnsEntry: one.dns,
  ...(one.customName && {
    PrivateDnsEntry: { DnsName: one.customName, HostedZoneId: one.dns.HostedZoneId },
  }),
  AssociatedResourceArn: one.arn,
  ...(one.group && { ResourceConfigurationGroupArn: one.group.arn }),
  Tags: [],
});

const associationsOf = (context: ReadContext, endpoint: Readonly<VpcEndpointRecord>): Association[] =>
  reachableThrough(context, endpoint.id, endpoint.privateDns).map((one) => ({ ...one, endpoint }));

export const latticeEndpointOperations: Operations = {
  DescribeVpcEndpointAssociations(input, context) {
    const ids = input.VpcEndpointIds;
    const endpoints = ids?.length
      ? ids.map((id) => find(context, vpcEndpoints, id))
      : all(context, vpcEndpoints);
    const holds = predicate(input.Filters, filters, undefined, context);
    const { items, next } = page(
      endpoints.flatMap((one) => associationsOf(context, one)).filter(holds),
      input,
      { least: 1, ids, idsName: "vpcEndpointIds" },
    );
    return { VpcEndpointAssociations: items.map(associationView), NextToken: next };
  },
};
