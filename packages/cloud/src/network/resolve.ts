/**
 * The way of a connection from an interface in a VPC to a host: names, security groups, network ACLs, routes,
 * endpoints, NAT and internet gateways, firewalls. No sockets and no writes: the answer is a path with the keys AWS
 * puts into the request's context, or why there is none; and in both cases what the flow logs see.
 */
import type { ReadContext } from "../context.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import { endpointState, networkInterfaces, vpcEndpoints, vpcs } from "../services/ec2/kinds.ts";
import type { NetworkInterfaceRecord, VpcEndpointRecord } from "../services/ec2/records.ts";
import type { Flow } from "./flows.ts";
import { resolveName, serviceHost } from "./names.ts";
import type { NoPath, Obstacle } from "./no-path.ts";
import type { NetworkPath, NetworkPosition } from "./path.ts";
import { anyPort, reach } from "./reach.ts";
import { beyond } from "./resource.ts";

export interface NetworkTarget {
  /** Host name or address. @default the service's host in the region */
  host?: string;
  /** SDK key of the service that is called, e.g. `cloudwatch-logs`. */
  service?: string;
  /** @default 443 */
  port?: number;
  /** TLS. @default true */
  secure?: boolean;
  /** The name is asked for outside of the VPC. @default false */
  publicDns?: boolean;
}

export interface Resolution {
  path?: NetworkPath;
  none?: NoPath;
  flows: Flow[];
}

/** The position of an interface, or `undefined` when there is none. */
export function positionOf(context: ReadContext, networkInterfaceId: string): NetworkPosition | undefined {
  const one = tableOf(context, networkInterfaces).get(networkInterfaceId);
  return (
    one && {
      kind: "vpc",
      id: one.id,
      account: context.account,
      region: context.region,
      vpcId: one.vpcId,
      subnetId: one.subnetId,
      networkInterfaceId: one.id,
      privateIp: one.privateIps[0] ?? "",
      securityGroupIds: one.groupIds,
    }
  );
}

/** Resources whose gateway leads to another resource, and so on. */
const MAX_HOPS = 4;

/** @param context of the account and region that own the interface */
export function resolvePath(
  context: ReadContext,
  networkInterfaceId: string,
  target: NetworkTarget,
  sourcePort = anyPort(),
  hops = 0,
): Resolution {
  const { port = 443, secure = true } = target;
  const host = (target.host ?? serviceHost(target.service ?? "", context.region)).toLowerCase();
  const stop = (reason: Obstacle, detail: string, flows: Flow[] = []): Resolution => ({
    none: { reason, detail },
    flows,
  });
  const source = tableOf(context, networkInterfaces).get(networkInterfaceId);
  const vpc = source && tableOf(context, vpcs).get(source.vpcId);
  if (!source || !vpc) return stop("interface", `the network interface ${networkInterfaceId} does not exist`);
  if (!source.privateIps.length) {
    return stop("interface", `${source.id} has IPv6 addresses only, whose paths are not simulated`);
  }
  if (!vpc.dnsSupport && /[a-z]/i.test(host)) {
    return stop("name", `${host} does not resolve: DNS support is off in ${vpc.id}`);
  }
  const destination = resolveName(context, vpc.id, source.zone, host, target.publicDns);
  if (!destination)
    return stop("name", `${host} does not resolve: there is no such endpoint, or it has no interface`);
  if (destination.includes(":")) return stop("route", `${host}: the local cloud has no IPv6 paths`);
  const { end, at, none, flows } = reach(context, source, { destination, host, port, secure, sourcePort });
  if (none || !end) return { ...(none && { none }), flows };
  switch (end.kind) {
    case "internet": {
      const sourceIp = end.address.publicIp;
      const position = positionOf(context, source.id)!;
      return { path: { position, sourceIp, context: { "aws:SourceIp": sourceIp }, secure }, flows };
    }
    case "gateway-endpoint":
      return { path: throughEndpoint(context, source, at.ip, context, end.endpoint, secure), flows };
    case "interface": {
      const endpoint = all(end.context, vpcEndpoints).find((one) =>
        one.networkInterfaceIds.includes(end.networkInterface.id),
      );
      if (endpoint?.targetArn && endpointState(endpoint, context.now) === "available") {
        const onward = beyond(end.context, endpoint, { vpcId: vpc.id, zone: source.zone, host, port });
        if (typeof onward === "string") return stop("interface", onward, flows);
        if (hops >= MAX_HOPS)
          return stop("route", `more than ${MAX_HOPS} resource gateways one after another`, flows);
        const { networkInterfaceId, host: next, publicDns } = onward;
        const rest = resolvePath(
          onward.context,
          networkInterfaceId,
          { host: next, port, secure, publicDns },
          anyPort(),
          hops + 1,
        );
        return {
          ...rest,
          ...(rest.path && { path: { ...rest.path, position: positionOf(context, source.id)! } }),
          flows: [...flows, ...rest.flows],
        };
      }
      const answers = endpoint?.type === "Interface" && endpointState(endpoint, context.now) === "available";
      if (!answers) {
        return stop("interface", `nothing answers at ${end.networkInterface.id} (${destination})`, flows);
      }
      return { path: throughEndpoint(context, source, at.ip, end.context, endpoint, secure), flows };
    }
  }
}

function throughEndpoint(
  context: ReadContext,
  source: Readonly<NetworkInterfaceRecord>,
  ip: string,
  owner: ReadContext,
  endpoint: Readonly<VpcEndpointRecord>,
  secure: boolean,
): NetworkPath {
  return {
    position: positionOf(context, source.id)!,
    sourceIp: ip,
    context: {
      "aws:SourceVpc": endpoint.vpcId,
      "aws:SourceVpcArn": owner.arn("ec2", `vpc/${endpoint.vpcId}`),
      "aws:SourceVpce": endpoint.id,
      "aws:VpcSourceIp": ip,
      "aws:VpceAccount": owner.account,
    },
    endpoint: {
      id: endpoint.id,
      account: owner.account,
      ...(endpoint.policy && { policy: { name: endpoint.id, document: endpoint.policy } }),
    },
    secure,
  };
}
