/** What VPC endpoints consist of: routes to a prefix list, interfaces in subnets, private names; and their end. */
import type { CallContext, ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { endpointAssociations, tableOf as latticeTable } from "../vpc-lattice/state.ts";
import { createInterface, removeInterface } from "./interfaces.ts";
import { all, change, find, remove, tableOf } from "./kind.ts";
import { routeTables, subnets, vpcEndpoints, vpcs } from "./kinds.ts";
import { expectingPlain } from "./malformed.ts";
import type { KnownService } from "./operations/endpoint-services.ts";
import type { SubnetRecord, VpcEndpointRecord, VpcRecord } from "./records.ts";
import { awsPrefixLists } from "./service-names.ts";

const prefixListOf = (context: ReadContext, serviceName: string) =>
  awsPrefixLists(context.region).find((one) => one.name === serviceName);

/** Adds the endpoint's route to a table. @throws AwsError when another endpoint of the service is there */
export function addRoute(
  context: CallContext,
  endpoint: Pick<VpcEndpointRecord, "id" | "vpcId" | "serviceName">,
  tableId: string,
): void {
  const table = find(context, routeTables, tableId, expectingPlain("InvalidRouteTableId.Malformed", "rtb"));
  if (table.vpcId !== endpoint.vpcId) {
    throw new AwsError("InvalidParameter", `Route table ${tableId} does not belong to VPC ${endpoint.vpcId}`);
  }
  const prefixListId = prefixListOf(context, endpoint.serviceName)!.id;
  if (table.routes.some((one) => one.prefixListId === prefixListId)) {
    throw new AwsError(
      "RouteAlreadyExists",
      `route table ${tableId} already has a route with destination-prefix-list-id ${prefixListId}`,
    );
  }
  change(context, routeTables, tableId, (draft) => {
    draft.routes.push({
      prefixListId,
      target: { kind: "vpc-endpoint", id: endpoint.id },
      origin: "CreateRoute",
    });
  });
}

export function removeRoute(context: CallContext, endpointId: string, tableId: string): void {
  if (!tableOf(context, routeTables).has(tableId)) return;
  change(context, routeTables, tableId, (draft) => {
    draft.routes = draft.routes.filter((one) => one.target.id !== endpointId);
  });
}

/** Makes the endpoint's interface in a subnet. @throws AwsError when its zone has one already */
export function addInterface(
  context: CallContext,
  endpoint: Pick<VpcEndpointRecord, "id" | "vpcId" | "groupIds" | "type">,
  subnetId: string,
  others: readonly string[],
  ip?: string,
): string {
  const subnet = subnetOf(context, subnetId);
  if (subnet.vpcId !== endpoint.vpcId) {
    throw new AwsError("InvalidParameter", `Subnet ${subnetId} does not belong to VPC ${endpoint.vpcId}`);
  }
  if (others.some((id) => id !== subnetId && tableOf(context, subnets).get(id)?.zone === subnet.zone)) {
    throw new AwsError(
      "DuplicateSubnetsInSameZone",
      `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
    );
  }
  const balancer = endpoint.type === "GatewayLoadBalancer";
  return createInterface(context, {
    subnetId,
    groupIds: balancer ? [] : endpoint.groupIds,
    ...(ip && { privateIps: [ip] }),
    description: `VPC Endpoint Interface ${endpoint.id}`,
    interfaceType: balancer ? "gateway_load_balancer_endpoint" : "vpc_endpoint",
    requester: { id: "727180483921", owner: "amazon-aws" },
  }).id;
}

/** @throws AwsError when the VPC has no DNS, or another endpoint answers for the same names */
export function checkPrivateDns(
  context: ReadContext,
  vpc: Readonly<VpcRecord>,
  service: KnownService,
  self?: string,
): void {
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    throw new AwsError(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  }
  const name = service.hosts[0];
  if (!name) {
    throw new AwsError(
      "InvalidParameter",
      `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`,
    );
  }
  const rival = all(context, vpcEndpoints).find(
    (one) => one.vpcId === vpc.id && one.privateDns && one.serviceName === service.name && one.id !== self,
  );
  if (rival) {
    throw new AwsError(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name.replace(/^\*\./, "")} in the VPC ${vpc.id}`,
    );
  }
}

export function unsuitable(type: string, parameter: string): AwsError {
  return new AwsError(
    "InvalidParameter",
    `${parameter} cannot be specified for an endpoint of type ${type}.`,
  );
}

/** Removes an endpoint with its routes and interfaces. */
export function deleteEndpoint(context: CallContext, endpoint: Readonly<VpcEndpointRecord>): void {
  for (const id of endpoint.routeTableIds) removeRoute(context, endpoint.id, id);
  for (const id of endpoint.networkInterfaceIds) removeInterface(context, id);
  remove(context, vpcEndpoints, endpoint.id);
  if (!endpoint.targetArn) return;
  const associations = latticeTable(context, endpointAssociations);
  for (const one of associations.list()) if (one.vpcEndpointId === endpoint.id) associations.delete(one.id);
}

/** These operations have codes and sentences of their own for a VPC and a subnet. */
export function vpcOf(context: ReadContext, id: string): Readonly<VpcRecord> {
  const vpc = tableOf(context, vpcs).get(id);
  if (vpc) return vpc;
  const malformed = expectingPlain("InvalidVpcId.Malformed", "vpc");
  throw malformed(id) ?? new AwsError("InvalidVpcId.NotFound", `The Vpc Id ${id} does not exist`);
}

function subnetOf(context: ReadContext, id: string): Readonly<SubnetRecord> {
  const subnet = tableOf(context, subnets).get(id);
  if (subnet) return subnet;
  const malformed = expectingPlain("InvalidSubnetId.Malformed", "subnet");
  throw malformed(id) ?? new AwsError("InvalidSubnetId.NotFound", subnets.notFound(id));
}
