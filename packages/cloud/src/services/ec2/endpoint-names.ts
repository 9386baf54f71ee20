/** DNS names of VPC endpoints. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html */
import { createHash } from "node:crypto";
import type { ReadContext } from "../../context.ts";
import { tableOf } from "./kind.ts";
import { subnets } from "./kinds.ts";
import type { VpcEndpointRecord } from "./records.ts";
import { endpointService } from "./service-names.ts";

/** Hosted zone of the endpoint names. */
export const ENDPOINT_ZONE = "Z7HUB22UULQXV";
const PRIVATE_ZONE = "Z1K56Z6FNPJRR";

/** `api.sagemaker.us-east-1.vpce.amazonaws.com`, or for a service of an account its own id. */
export function endpointSuffix(serviceName: string, region: string): string {
  if (serviceName.startsWith("com.amazonaws.vpce."))
    return `${serviceName.split(".").pop()}.${region}.vpce.amazonaws.com`;
  const host = endpointService(serviceName, region)?.hosts[0] ?? serviceName;
  const label = host
    .replace(/^\*\./, "")
    .replace(`.${region}.amazonaws.com`, "")
    .replace(`.${region}.sagemaker.aws`, "");
  return `${label}.${region}.vpce.amazonaws.com`;
}

/** The host names that reach the endpoint, without those of private DNS: the regional one, then one a zone. */
export function endpointHosts(endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): string[] {
  if (endpoint.type === "Gateway") return [];
  const suffix = endpointSuffix(endpoint.serviceName, context.region);
  const token = createHash("sha256").update(endpoint.id).digest("hex").slice(0, 8);
  const star = endpoint.serviceName.endsWith(".s3") ? "*." : "";
  const zones = endpoint.subnetIds.flatMap((id) => tableOf(context, subnets).get(id)?.zone ?? []);
  return [
    `${star}${endpoint.id}-${token}.${suffix}`,
    ...[...new Set(zones)].sort().map((zone) => `${star}${endpoint.id}-${token}-${zone}.${suffix}`),
  ];
}

export function dnsEntries(endpoint: Readonly<VpcEndpointRecord>, context: ReadContext) {
  if (endpoint.type !== "Interface") return [];
  const service = endpointService(endpoint.serviceName, context.region);
  return [
    ...endpointHosts(endpoint, context).map((DnsName) => ({ DnsName, HostedZoneId: ENDPOINT_ZONE })),
    ...(endpoint.privateDns ? (service?.hosts ?? []) : []).map((DnsName) => ({
      DnsName,
      HostedZoneId: PRIVATE_ZONE,
    })),
  ];
}
