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
import type { NetworkInterfaceRecord, VpcEndpointRecord } from "../services/ec2/records.ts";
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

export type Resolved =
  | {
      kind: "endpoint";
      endpoint: Readonly<VpcEndpointRecord>;
      networkInterface: Readonly<NetworkInterfaceRecord>;
    }
  | { kind: "public"; ip: string };

/** Whether a host is the name, or under the name if that begins with `*.`. */
const answers = (name: string, host: string) =>
  name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;

/** S3's legacy global name goes by the region's. */
const canonical = (host: string, region: string) =>
  host === "s3.amazonaws.com" || host.endsWith(".s3.amazonaws.com")
    ? host.replace(/s3\.amazonaws\.com$/, `s3.${region}.amazonaws.com`)
    : host;

/** @param zone zone of who asks: an endpoint's interface there is taken before others */
export function resolveName(
  context: ReadContext,
  vpcId: string,
  zone: string,
  name: string,
): Resolved | undefined {
  const host = canonical(name.toLowerCase().replace(/\.$/, ""), context.region);
  const ip = parseIp(host);
  const endpoints = all(context, vpcEndpoints).filter(
    (one) =>
      one.vpcId === vpcId && one.type === "Interface" && endpointState(one, context.now) === "available",
  );
  if (ip) {
    for (const endpoint of endpoints) {
      const own = interfacesOf(context, endpoint).find((one) => one.privateIps.includes(host));
      if (own) return { kind: "endpoint", endpoint, networkInterface: own };
    }
    return { kind: "public", ip: host };
  }
  for (const endpoint of endpoints) {
    const names = endpointHosts(endpoint, context);
    const index = names.findIndex(
      (one) => answers(one, host) || answers(`*.${one.replace(/^\*\./, "")}`, host),
    );
    if (index >= 0) return viaEndpoint(context, endpoint, zoneIn(names[index]!) ?? zone);
  }
  for (const endpoint of endpoints) {
    if (!endpoint.privateDns || endpoint.privateDnsOnlyForInboundResolver) continue;
    const hosts = endpointService(endpoint.serviceName, context.region)?.hosts ?? [];
    if (hosts.some((one) => answers(one, host))) return viaEndpoint(context, endpoint, zone);
  }
  return { kind: "public", ip: publicAddress(context, host) };
}

const zoneIn = (name: string) => /-([a-z]{2}(?:-[a-z]+)+-\d[a-z])\./.exec(name)?.[1];

const interfacesOf = (context: ReadContext, endpoint: Readonly<VpcEndpointRecord>) =>
  endpoint.networkInterfaceIds.flatMap((id) => tableOf(context, networkInterfaces).get(id) ?? []);

/** `undefined` for an endpoint without interfaces: its name has no address. */
function viaEndpoint(
  context: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  zone: string,
): Resolved | undefined {
  const own = interfacesOf(context, endpoint);
  const networkInterface = own.find((one) => one.zone === zone) ?? own[0];
  return networkInterface && { kind: "endpoint", endpoint, networkInterface };
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
