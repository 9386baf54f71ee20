/**
 * What a host name resolves to inside a VPC: an endpoint's interface by private DNS or by the endpoint's own names,
 * else a public address. The local cloud gives public hosts addresses of its own making, the gateway services' inside
 * their prefix lists.
 */
import { createHash } from "node:crypto";
import type { ReadContext } from "../context.ts";
import { endpointHosts } from "../services/ec2/endpoint-names.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import { endpointState, networkInterfaces, vpcEndpoints } from "../services/ec2/kinds.ts";
import type { VpcEndpointRecord } from "../services/ec2/records.ts";
import { awsPrefixLists, endpointService } from "../services/ec2/service-names.ts";
import { parseCidr, parseIp, printIp, sizeOf } from "./cidr.ts";

/** SDK key of a service → label of its host, where they differ. */
const LABELS: Record<string, string> = {
  "access-analyzer": "access-analyzer",
  cloudwatch: "monitoring",
  "cloudwatch-logs": "logs",
  "config-service": "config",
  ecr: "api.ecr",
  efs: "elasticfilesystem",
  eventbridge: "events",
  sagemaker: "api.sagemaker",
  "sagemaker-runtime": "runtime.sagemaker",
  "sagemaker-featurestore-runtime": "featurestore-runtime.sagemaker",
  "sagemaker-metrics": "metrics.sagemaker",
  "service-catalog": "servicecatalog",
  "service-quotas": "servicequotas",
  "sso-admin": "sso",
  sfn: "states",
};
const GLOBAL: Record<string, string> = {
  iam: "iam.amazonaws.com",
  organizations: "organizations.us-east-1.amazonaws.com",
  budgets: "budgets.amazonaws.com",
  "cost-explorer": "ce.us-east-1.amazonaws.com",
};

/** Host name of a service's endpoint in a region, by its SDK key. */
export const serviceHost = (service: string, region: string): string =>
  GLOBAL[service] ?? `${LABELS[service] ?? service.replace(/-control$/, "")}.${region}.amazonaws.com`;

/** Whether a host is the name, or under the name if that begins with `*.`. */
const answers = (name: string, host: string) =>
  name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;

/** S3's legacy global name goes by the region's. */
const canonical = (host: string, region: string) =>
  host === "s3.amazonaws.com" || host.endsWith(".s3.amazonaws.com")
    ? host.replace(/s3\.amazonaws\.com$/, `s3.${region}.amazonaws.com`)
    : host;

/**
 * The address of a name. An endpoint's own names are public: they resolve in every VPC, to private addresses.
 * @param zone zone of who asks: an endpoint's interface there is taken before others
 */
export function resolveName(
  context: ReadContext,
  vpcId: string,
  zone: string,
  name: string,
): string | undefined {
  const host = canonical(name.toLowerCase().replace(/\.$/, ""), context.region);
  if (parseIp(host)) return host;
  const endpoints = all(context, vpcEndpoints).filter(
    (one) => one.type === "Interface" && endpointState(one, context.now) === "available",
  );
  for (const endpoint of endpoints) {
    const names = endpointHosts(endpoint, context);
    const index = names.findIndex(
      (one) => answers(one, host) || answers(`*.${one.replace(/^\*\./, "")}`, host),
    );
    if (index >= 0) return viaEndpoint(context, endpoint, zoneIn(names[index]!) ?? zone);
  }
  for (const endpoint of endpoints) {
    if (endpoint.vpcId !== vpcId || !endpoint.privateDns || endpoint.privateDnsOnlyForInboundResolver)
      continue;
    const hosts = endpointService(endpoint.serviceName, context.region)?.hosts ?? [];
    if (hosts.some((one) => answers(one, host))) return viaEndpoint(context, endpoint, zone);
  }
  return publicAddress(context, host);
}

const zoneIn = (name: string) => /-([a-z]{2}(?:-[a-z]+)+-\d[a-z])\./.exec(name)?.[1];

const interfacesOf = (context: ReadContext, endpoint: Readonly<VpcEndpointRecord>) =>
  endpoint.networkInterfaceIds.flatMap((id) => tableOf(context, networkInterfaces).get(id) ?? []);

/** `undefined` for an endpoint without interfaces: its name has no address. */
function viaEndpoint(
  context: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  zone: string,
): string | undefined {
  const own = interfacesOf(context, endpoint);
  return (own.find((one) => one.zone === zone) ?? own[0])?.privateIps[0];
}

/** A public address for a host: always the same, and in the service's prefix list where it has one. */
export function publicAddress(context: ReadContext, host: string): string {
  const list = awsPrefixLists(context.region).find((one) =>
    endpointService(one.name, context.region)?.hosts.some((name) => answers(name, host)),
  );
  const block = parseCidr(
    list?.cidrs[0] ?? (/\.(amazonaws\.com|aws)$/.test(host) ? "44.192.0.0/11" : "203.0.113.0/24"),
  )!;
  const hash = BigInt(`0x${createHash("sha256").update(host).digest("hex").slice(0, 12)}`);
  return printIp(4, block.base + 1n + (hash % (sizeOf(block) - 2n)));
}
