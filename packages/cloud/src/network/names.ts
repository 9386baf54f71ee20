/**
 * What a host name resolves to inside a VPC: an endpoint's interface by private DNS or by the endpoint's own names,
 * else a public address. The local cloud gives public hosts addresses of its own making, the gateway services' inside
 * their prefix lists.
 */
import { createHash } from "node:crypto";
import type { ReadContext } from "../context.ts";
import { endpointHosts } from "../services/ec2/endpoint-names.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import { endpointState, networkInterfaces, vpcEndpoints, vpcs } from "../services/ec2/kinds.ts";
import type { VpcEndpointRecord } from "../services/ec2/records.ts";
import { awsPrefixLists, endpointService } from "../services/ec2/service-names.ts";
import { cidrHas, parseCidr, parseIp, printIp, sizeOf } from "./cidr.ts";
import { resourceAt } from "./resource-names.ts";

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
 * @param isPublic asked for outside of the VPC
 */
export function resolveName(
  context: ReadContext,
  vpcId: string,
  zone: string,
  name: string,
  isPublic = false,
): string | undefined {
  const host = canonical(name.toLowerCase().replace(/\.$/, ""), context.region);
  if (parseIp(host)) return host;
  if (isPublic) return publicAddress(context, host);
  const named = OWN_NAME.exec(host);
  if (named) return ownName(context, zone, host, named[1] as string, named[2] as string);
  for (const endpoint of all(context, vpcEndpoints)) {
    if (!endpoint.targetArn || endpointState(endpoint, context.now) !== "available") continue;
    if (resourceAt(context, endpoint, vpcId, host)) return viaEndpoint(context, endpoint, zone);
  }
  // a name in a service network that no endpoint of ours carries
  if (/\.vpc-lattice-(?:rsc|svcs)\.[a-z0-9-]+\.on\.aws$/.test(host)) return undefined;
  const vpc = tableOf(context, vpcs).get(vpcId);
  // private hosted zones need both settings of the VPC
  const endpoints = vpc?.dnsHostnames && vpc.dnsSupport ? availableEndpoints(context) : [];
  for (const endpoint of endpoints) {
    if (endpoint.vpcId !== vpcId || !endpoint.privateDns || endpoint.privateDnsOnlyForInboundResolver)
      continue;
    const hosts = endpointService(endpoint.serviceName, context.region)?.hosts ?? [];
    if (hosts.some((one) => answers(one, host))) return viaEndpoint(context, endpoint, zone);
  }
  return publicAddress(context, host);
}

/** `[bucket.]vpce-0ab…-token[-zone].service.region.vpce.amazonaws.com` */
const OWN_NAME = /(?:^|\.)(vpce-[0-9a-f]+)-[0-9a-z-]+\..*?([a-z]{2}(?:-[a-z]+)+-\d)\.vpce\.amazonaws\.com$/;

const availableEndpoints = (context: ReadContext) =>
  all(context, vpcEndpoints).filter(
    (one) => one.type === "Interface" && endpointState(one, context.now) === "available",
  );

/** Where an endpoint's own name leads, whichever account it is in; `undefined` when there is no such endpoint. */
function ownName(
  context: ReadContext,
  zone: string,
  host: string,
  id: string,
  region: string,
): string | undefined {
  const suffix = `/${region}`;
  for (const scope of context.store.scopes(`ec2.${vpcEndpoints.type}`)) {
    if (!scope.endsWith(suffix)) continue;
    const there = context.in(scope.slice(0, -suffix.length), region);
    const endpoint = availableEndpoints(there).find((one) => one.id === id);
    if (!endpoint) continue;
    const names = endpointHosts(endpoint, there);
    const name = names.find((one) => answers(`*.${one.replace(/^\*\./, "")}`, `.${host}`));
    return name && viaEndpoint(there, endpoint, zoneIn(name) ?? zone);
  }
  return undefined;
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

/** Dual-stack and FIPS names are of the same addresses as the plain ones. */
const plainName = (host: string) =>
  host.replace(/(^|\.)(s3|s3-[a-z]+|dynamodb)(?:-fips)?(\.dualstack)?\./, "$1$2.");

/** Where the public hosts of AWS without a prefix list are. */
const AWS_BLOCK = "44.192.0.0/11";

/** Whose public address it is, as flow logs name it: `S3`, `DYNAMODB`, `AMAZON`; `undefined` outside of AWS. */
export function awsServiceAt(context: ReadContext, ip: string): string | undefined {
  const list = awsPrefixLists(context.region).find((one) => one.cidrs.some((cidr) => cidrHas(cidr, ip)));
  if (list) return list.name.endsWith(".dynamodb") ? "DYNAMODB" : "S3";
  return cidrHas(AWS_BLOCK, ip) ? "AMAZON" : undefined;
}

/** A public address for a host: always the same, and in the service's prefix list where it has one. */
export function publicAddress(context: ReadContext, host: string): string {
  const plain = plainName(host);
  const list = awsPrefixLists(context.region).find((one) =>
    endpointService(one.name, context.region)?.hosts.some((name) => answers(name, plain)),
  );
  const block = parseCidr(
    list?.cidrs[0] ?? (/\.(amazonaws\.com|aws)$/.test(host) ? AWS_BLOCK : "203.0.113.0/24"),
  )!;
  const hash = BigInt(`0x${createHash("sha256").update(host).digest("hex").slice(0, 12)}`);
  return printIp(4, block.base + 1n + (hash % (sizeOf(block) - 2n)));
}
