/** Names of resources of VPC Lattice behind the endpoints that lead to them. */
import type { ReadContext } from "../context.ts";
import type { VpcEndpointRecord } from "../services/ec2/records.ts";
import { type Reachable, reachableThrough } from "../services/vpc-lattice/reachable.ts";

/** What a name leads to behind an endpoint: a resource's own name counts in the endpoint's VPC only. */
export const resourceAt = (
  context: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  vpcId: string,
  host: string,
): Reachable | undefined =>
  reachableThrough(context, endpoint.id, endpoint.privateDns).find(
    (one) => one.dns.DnsName === host || (endpoint.vpcId === vpcId && one.customName === host),
  );
