/**
 * From an endpoint to a resource of VPC Lattice on: through the resource's gateway, from an interface of the gateway to
 * the resource's own name or address. https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html
 */
import type { ReadContext } from "../context.ts";
import { tableOf } from "../services/ec2/kind.ts";
import { networkInterfaces } from "../services/ec2/kinds.ts";
import type { VpcEndpointRecord } from "../services/ec2/records.ts";
import { hasPort } from "../services/vpc-lattice/definition.ts";
import { type Reachable, reachableThrough } from "../services/vpc-lattice/reachable.ts";
import { tableOf as latticeTable, resourceGateways } from "../services/vpc-lattice/state.ts";
import { resourceAt } from "./resource-names.ts";

/** Where the gateway goes on from, and to what. */
export interface Onward {
  context: ReadContext;
  networkInterfaceId: string;
  host: string;
  /** The gateway asks public DNS. */
  publicDns: boolean;
}

/** The resource that a host name, or the endpoint's only one, is behind an endpoint. */
function resourceOf(
  owner: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  vpcId: string,
  host: string,
): Reachable | undefined {
  const named = resourceAt(owner, endpoint, vpcId, host);
  if (named) return named;
  const [only, ...others] = reachableThrough(owner, endpoint.id, endpoint.privateDns);
  return others.length ? undefined : only;
}

/** @returns a sentence where the connection goes no further */
export function beyond(
  owner: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  { vpcId, zone, host, port }: { vpcId: string; zone: string; host: string; port: number },
): Onward | string {
  const resource = resourceOf(owner, endpoint, vpcId, host);
  if (!resource) return `nothing answers to ${host} behind the endpoint ${endpoint.id}`;
  const { configuration } = resource;
  if (!configuration) return `the service ${resource.arn} has no listener`;
  if (!hasPort(configuration.portRanges, port)) {
    return `the resource configuration ${configuration.id} does not have port ${port} (${configuration.portRanges.join(", ")})`;
  }
  const gateway = latticeTable(owner, resourceGateways).get(configuration.gatewayId);
  const context = gateway && owner.in(gateway.account, gateway.region);
  const doors = (gateway?.networkInterfaceIds ?? []).flatMap(
    (id) => tableOf(context ?? owner, networkInterfaces).get(id) ?? [],
  );
  const door = doors.find((one) => one.zone === zone) ?? doors[0];
  if (!context || !door) return `the resource gateway ${configuration.gatewayId} has no interface`;
  return {
    context,
    networkInterfaceId: door.id,
    host:
      configuration.definition?.dnsResource?.domainName ??
      configuration.definition?.ipResource?.ipAddress ??
      "",
    publicDns: gateway.dnsResolution !== "IN_VPC",
  };
}
