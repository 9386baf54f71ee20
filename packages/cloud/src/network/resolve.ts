/**
 * The way of a connection from an interface in a VPC to a host: names, security groups, network ACLs, routes,
 * endpoints, NAT and internet gateways, firewalls. No sockets and no writes: the answer is a path with the keys AWS
 * puts into the request's context, or why there is none; and in both cases what the flow logs see.
 */
import type { ReadContext } from "../context.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import {
  addresses,
  natGateways,
  natState,
  networkInterfaces,
  vpcEndpoints,
  vpcs,
} from "../services/ec2/kinds.ts";
import type { NetworkInterfaceRecord, VpcEndpointRecord } from "../services/ec2/records.ts";
import { inspect } from "../services/network-firewall/inspect.ts";
import { resolveName, serviceHost } from "./names.ts";
import type { NoPath, Obstacle } from "./no-path.ts";
import { aclAdmits, groupsAdmit } from "./packet-filter.ts";
import type { NetworkPath, NetworkPosition } from "./path.ts";
import { aclOfSubnet, nextHop, tableOfSubnet } from "./routing.ts";

export interface NetworkTarget {
  /** Host name or address. @default the service's host in the region */
  host?: string;
  /** SDK key of the service that is called, e.g. `cloudwatch-logs`. */
  service?: string;
  /** @default 443 */
  port?: number;
  /** TLS. @default true */
  secure?: boolean;
}

/** Traffic of one connection at one interface, as a flow log sees it. */
export interface Flow {
  networkInterface: Readonly<NetworkInterfaceRecord>;
  direction: "ingress" | "egress";
  action: "ACCEPT" | "REJECT";
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
  /** Of an egress record: 1 within the VPC, 7 gateway endpoint, 8 internet gateway; others by the guide's table. */
  trafficPath?: number;
}

export interface Resolution {
  path?: NetworkPath;
  none?: NoPath;
  flows: Flow[];
}

const MAX_HOPS = 8;

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

/** @param context of the account and region that own the interface */
export function resolvePath(
  context: ReadContext,
  networkInterfaceId: string,
  target: NetworkTarget,
  sourcePort = 32_768 + Math.floor(Math.random() * 28_000),
): Resolution {
  const { port = 443, secure = true } = target;
  const host = (target.host ?? serviceHost(target.service ?? "", context.region)).toLowerCase();
  const flows: Flow[] = [];
  const stop = (reason: Obstacle, detail: string): Resolution => ({ none: { reason, detail }, flows });

  const source = tableOf(context, networkInterfaces).get(networkInterfaceId);
  const vpc = source && tableOf(context, vpcs).get(source.vpcId);
  if (!source || !vpc) return stop("interface", `the network interface ${networkInterfaceId} does not exist`);
  const sourceIp = source.privateIps[0] ?? "";
  if (!vpc.dnsSupport && /[a-z]/i.test(host)) {
    return stop("name", `${host} does not resolve: DNS support is off in ${vpc.id}`);
  }
  const found = resolveName(context, vpc.id, source.zone, host);
  if (!found) return stop("name", `${host} does not resolve: its endpoint has no interface`);
  const destination = found.kind === "endpoint" ? (found.networkInterface.privateIps[0] ?? "") : found.ip;
  const flow = (
    networkInterface: Readonly<NetworkInterfaceRecord>,
    direction: Flow["direction"],
    action: Flow["action"],
    answer = false,
    from = sourceIp,
    trafficPath?: number,
  ) =>
    flows.push({
      networkInterface,
      direction,
      action,
      source: answer ? destination : from,
      destination: answer ? from : destination,
      sourcePort: answer ? port : sourcePort,
      destinationPort: answer ? sourcePort : port,
      ...(direction === "egress" && trafficPath !== undefined && { trafficPath }),
    });

  // leaving the interface and its subnet
  const peerGroups = found.kind === "endpoint" ? found.networkInterface.groupIds : undefined;
  const sourceAcl = aclOfSubnet(context, source.subnetId);
  const sameSubnet = found.kind === "endpoint" && found.networkInterface.subnetId === source.subnetId;
  if (!groupsAdmit(context, source.groupIds, true, { ip: destination, groupIds: peerGroups }, port)) {
    flow(source, "egress", "REJECT");
    return stop(
      "security-group",
      `the security groups of ${source.id} (${source.groupIds.join(", ")}) do not let it out to ${host} (${destination}) port ${port}`,
    );
  }
  if (!sameSubnet && !aclAdmits(sourceAcl, true, destination, port)) {
    flow(source, "egress", "REJECT");
    return stop(
      "network-acl",
      `the network ACL of ${source.subnetId} does not let traffic out to ${destination} port ${port}`,
    );
  }
  /** The answer's way back into the source subnet; the group remembers the connection, the ACL does not. */
  const back = (): NoPath | undefined => {
    if (sameSubnet || aclAdmits(sourceAcl, false, destination, sourcePort)) {
      flow(source, "ingress", "ACCEPT", true);
      return undefined;
    }
    flow(source, "ingress", "REJECT", true);
    return {
      reason: "network-acl",
      detail: `the network ACL of ${source.subnetId} does not let answers from ${destination} in to port ${sourcePort}`,
    };
  };

  if (found.kind === "endpoint") {
    flow(source, "egress", "ACCEPT", false, sourceIp, 1);
    const { endpoint, networkInterface: door } = found;
    const doorAcl = aclOfSubnet(context, door.subnetId);
    if (!sameSubnet && !aclAdmits(doorAcl, false, sourceIp, port)) {
      flow(door, "ingress", "REJECT");
      return stop(
        "network-acl",
        `the network ACL of ${door.subnetId} does not let ${sourceIp} in to port ${port}`,
      );
    }
    if (!groupsAdmit(context, door.groupIds, false, { ip: sourceIp, groupIds: source.groupIds }, port)) {
      flow(door, "ingress", "REJECT");
      return stop(
        "security-group",
        `the security groups of the endpoint ${endpoint.id} (${door.groupIds.join(", ")}) do not let ${sourceIp} in to port ${port}`,
      );
    }
    flow(door, "ingress", "ACCEPT");
    if (!sameSubnet && !aclAdmits(doorAcl, true, sourceIp, sourcePort)) {
      flow(door, "egress", "REJECT", true);
      return stop(
        "network-acl",
        `the network ACL of ${door.subnetId} does not let answers out to ${sourceIp} port ${sourcePort}`,
      );
    }
    flow(door, "egress", "ACCEPT", true, sourceIp, 1);
    const lost = back();
    if (lost) return { none: lost, flows };
    return { path: throughEndpoint(context, source, sourceIp, endpoint, secure), flows };
  }

  // a public address: from subnet to subnet, until something hands it over
  let at = { subnetId: source.subnetId, ip: sourceIp, networkInterface: source };
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const table = tableOfSubnet(context, vpc.id, at.subnetId);
    const next = table && nextHop(context, table, destination);
    const first = at.networkInterface.id === source.id && hop === 0;
    // what the groups and ACL let out is accepted traffic for the flow log, whatever the router then does with it
    if (first) flow(source, "egress", "ACCEPT", false, sourceIp, trafficPathOf(next));
    if (!next || next === "blackhole") {
      const how = next ? "a route that leads nowhere any more (blackhole)" : "no route";
      return stop(
        "route",
        `the route table ${table?.id} of ${at.subnetId} has ${how} for ${host} (${destination})`,
      );
    }
    switch (next.kind) {
      case "vpc-endpoint": {
        const endpoint = tableOf(context, vpcEndpoints).get(next.id);
        if (endpoint?.type === "Gateway") {
          const lost = back();
          if (lost) return { none: lost, flows };
          return { path: throughEndpoint(context, source, at.ip, endpoint, secure), flows };
        }
        const verdict =
          endpoint && inspect(context, endpoint.id, { host, port, secure, source: at.ip, destination });
        if (!endpoint || !verdict) {
          return stop("route", `nothing answers behind the endpoint ${next.id}`);
        }
        if (!verdict.allowed) return stop("firewall", verdict.detail);
        at = { ...at, subnetId: endpoint.subnetIds[0] ?? at.subnetId };
        break;
      }
      case "natgateway": {
        const gateway = tableOf(context, natGateways).get(next.id);
        const own = gateway?.addresses.find((one) => one.isPrimary);
        const door = own && tableOf(context, networkInterfaces).get(own.networkInterfaceId);
        if (!gateway || !own || !door || natState(gateway, context.now) !== "available") {
          return stop("route", `the NAT gateway ${next.id} is not available`);
        }
        if (gateway.connectivity === "private") {
          return stop("route", `the NAT gateway ${next.id} is private: it leads to no public address`);
        }
        const acl = aclOfSubnet(context, gateway.subnetId);
        const apart = gateway.subnetId !== at.subnetId;
        if (
          (apart && (!aclAdmits(acl, false, at.ip, port) || !aclAdmits(acl, true, at.ip, sourcePort))) ||
          !aclAdmits(acl, true, destination, port) ||
          !aclAdmits(acl, false, destination, sourcePort)
        ) {
          flow(door, "ingress", "REJECT", false, at.ip);
          return stop(
            "network-acl",
            `the network ACL of the NAT gateway's subnet ${gateway.subnetId} stops the traffic`,
          );
        }
        flow(door, "ingress", "ACCEPT", false, at.ip);
        flow(door, "egress", "ACCEPT", false, own.privateIp, 8);
        at = { subnetId: gateway.subnetId, ip: own.privateIp, networkInterface: door };
        break;
      }
      case "internet-gateway": {
        const elastic = all(context, addresses).find(
          (one) => one.networkInterfaceId === at.networkInterface.id && one.privateIp === at.ip,
        );
        if (!elastic) {
          return stop(
            "public-address",
            `${at.networkInterface.id} has no public address: an internet gateway carries nothing for it`,
          );
        }
        const lost = back();
        if (lost) return { none: lost, flows };
        const position = positionOf(context, source.id)!;
        return {
          path: {
            position,
            sourceIp: elastic.publicIp,
            context: { "aws:SourceIp": elastic.publicIp },
            secure,
          },
          flows,
        };
      }
      default:
        return stop(
          "route",
          `the route of ${at.subnetId} for ${destination} leads to ${next.id}, which carries nothing to it`,
        );
    }
  }
  return stop("route", `the routes for ${destination} go round in a circle`);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (traffic-path) */
function trafficPathOf(next: ReturnType<typeof nextHop>): number | undefined {
  if (!next || next === "blackhole") return undefined;
  if (next.kind === "local") return 1;
  if (next.kind === "vpc-endpoint") return 7;
  return next.kind === "internet-gateway" ? 8 : undefined;
}

function throughEndpoint(
  context: ReadContext,
  source: Readonly<NetworkInterfaceRecord>,
  ip: string,
  endpoint: Readonly<VpcEndpointRecord>,
  secure: boolean,
): NetworkPath {
  return {
    position: positionOf(context, source.id)!,
    sourceIp: ip,
    context: {
      "aws:SourceVpc": endpoint.vpcId,
      "aws:SourceVpcArn": context.arn("ec2", `vpc/${endpoint.vpcId}`),
      "aws:SourceVpce": endpoint.id,
      "aws:VpcSourceIp": ip,
      "aws:VpceAccount": context.account,
    },
    endpoint: {
      id: endpoint.id,
      account: context.account,
      ...(endpoint.policy && { policy: { name: endpoint.id, document: endpoint.policy } }),
    },
    secure,
  };
}
