/**
 * Whether a connection arrives: the steps that routes lead it through, and what security groups, network ACLs and
 * firewalls say there, in both directions; with what flow logs see. No sockets and no writes.
 */
import type { ReadContext } from "../context.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import { transitGateways, vpcEndpoints } from "../services/ec2/kinds.ts";
import type { NetworkInterfaceRecord } from "../services/ec2/records.ts";
import { inspect } from "../services/network-firewall/inspect.ts";
import { type Flow, Flows } from "./flows.ts";
import type { NoPath, Obstacle } from "./no-path.ts";
import { aclAdmits, groupsAdmit } from "./packet-filter.ts";
import { aclOfSubnet } from "./routing.ts";
import { type End, type Place, placeOf, type Step, type Walk, walkRoutes } from "./walk.ts";

/** One that clients take for themselves. */
export const anyPort = () => 32_768 + Math.floor(Math.random() * 28_000);

/** A connection that routes lead somewhere, and what it meets on the way. */
export interface Reach {
  /** Where it arrives; absent when it does not. */
  end?: Exclude<End, { kind: "lost" }>;
  /** What the other end sees as its source: an address of the VPC, or of NAT. */
  at: Place;
  none?: NoPath;
  flows: Flow[];
  walk: Walk;
}

export interface Probe {
  destination: string;
  /** Name of the destination, for firewalls and explanations. @default its address */
  host?: string;
  port: number;
  secure?: boolean;
  sourcePort?: number;
}

/** @param source interface that the connection starts from; `context` is its owner's */
export function reach(
  context: ReadContext,
  source: Readonly<NetworkInterfaceRecord>,
  { destination, host = destination, port, secure = true, sourcePort = anyPort() }: Probe,
): Reach {
  const seen = new Flows({ port, sourcePort });
  const { list: flows } = seen;
  const sourceIp = source.privateIps[0] ?? "";
  const walk = walkRoutes(placeOf(context, source), destination, host);
  const { end } = walk;
  const stop = (reason: Obstacle, detail: string): Reach => ({
    none: { reason, detail },
    flows,
    walk,
    at: walk.at,
  });
  const own = { at: { context, networkInterface: source }, from: sourceIp, to: destination };

  // leaving the interface and its subnet
  const door = end.kind === "interface" ? end.networkInterface : undefined;
  const peered = walk.steps.every(
    (one) => one.kind === "peering" && one.to.region === one.from.context.region,
  );
  const peerGroups = door && peered ? door.groupIds : undefined;
  // a transit gateway shows groups only to those who let in, and only when it is told to
  const seesGroups = peered || walk.steps.every(showsGroups);
  const sourceAcl = aclOfSubnet(context, source.subnetId);
  const sameSubnet = door?.subnetId === source.subnetId;
  if (!groupsAdmit(context, source.groupIds, true, { ip: destination, groupIds: peerGroups }, port)) {
    seen.add({ ...own, direction: "egress", action: "REJECT" });
    return stop(
      "security-group",
      `the security groups of ${source.id} (${source.groupIds.join(", ")}) do not let it out to ${host} (${destination}) port ${port}`,
    );
  }
  if (!sameSubnet && !aclAdmits(sourceAcl, true, destination, port)) {
    seen.add({ ...own, direction: "egress", action: "REJECT" });
    return stop(
      "network-acl",
      `the network ACL of ${source.subnetId} does not let traffic out to ${destination} port ${port}`,
    );
  }
  // what the groups and ACL let out is accepted traffic for the flow log, whatever the router then does with it
  seen.add({ ...own, direction: "egress", action: "ACCEPT", trafficPath: trafficPathOf(walk) });

  for (const step of walk.steps) {
    const none = passes(step, { destination, host, port, secure, sourcePort }, seen);
    if (none) return { none, flows, walk, at: walk.at };
  }
  if (end.kind === "lost") return stop(end.none.reason, end.none.detail);

  if (end.kind === "interface") {
    const none = enters(end, walk, { source, destination, port, sourcePort, seesGroups }, seen);
    if (none) return { none, flows, walk, at: walk.at };
  }
  seen.arrived();
  // the answer's way back into the source subnet; the group remembers the connection, the ACL does not
  if (!sameSubnet && !aclAdmits(sourceAcl, false, destination, sourcePort)) {
    seen.add({ ...own, direction: "ingress", action: "REJECT", answer: true });
    return stop(
      "network-acl",
      `the network ACL of ${source.subnetId} does not let answers from ${destination} in to port ${sourcePort}`,
    );
  }
  seen.add({ ...own, direction: "ingress", action: "ACCEPT", answer: true });
  return { end, flows, walk, at: walk.at };
}

const showsGroups = (step: Step): boolean =>
  step.kind === "transit" &&
  tableOf(step.from.context, transitGateways).get(step.id)?.groupReferencing === "enable";

const acl = (detail: string): NoPath => ({ reason: "network-acl", detail });

/** What a step on the way says to the connection: why it goes no further, or nothing. */
function passes(step: Step, probe: Required<Probe>, seen: Flows): NoPath | undefined {
  const { destination, host, port, secure, sourcePort } = probe;
  const { context, subnetId, ip } = step.from;
  switch (step.kind) {
    case "firewall": {
      const verdict = inspect(context, step.endpoint.id, { host, port, secure, source: ip, destination });
      if (!verdict)
        return { reason: "route", detail: `nothing answers behind the endpoint ${step.endpoint.id}` };
      return verdict.allowed ? undefined : { reason: "firewall", detail: verdict.detail };
    }
    case "nat": {
      const { gateway, door } = step;
      const own = aclOfSubnet(context, gateway.subnetId);
      // inwards the gateway stands for the destination, outwards for the source
      const at = { context, networkInterface: door };
      const address = door.privateIps[0] ?? "";
      const inward = { at, from: ip, to: address, packetTo: destination };
      const outward = { at, from: address, to: destination };
      const apart = gateway.subnetId !== subnetId;
      if (
        (apart && (!aclAdmits(own, false, ip, port) || !aclAdmits(own, true, ip, sourcePort))) ||
        !aclAdmits(own, true, destination, port) ||
        !aclAdmits(own, false, destination, sourcePort)
      ) {
        seen.add({ ...inward, direction: "ingress", action: "REJECT" });
        return acl(`the network ACL of the NAT gateway's subnet ${gateway.subnetId} stops the traffic`);
      }
      seen.add({ ...inward, direction: "ingress", action: "ACCEPT" });
      seen.add({ ...outward, direction: "egress", action: "ACCEPT", trafficPath: 8 });
      seen.addLater({ ...inward, direction: "egress", trafficPath: 1 });
      seen.addLater({ ...outward, direction: "ingress" });
      return comesBack(
        placeOf(context, door),
        placeOf(step.from.context, step.from.networkInterface),
        door.id,
      );
    }
    case "transit": {
      // of the gateway's own subnets the ACL is asked for what the VPC sends into them, and for what they send on
      const out = aclOfSubnet(context, step.subnetOut);
      const entering = aclOfSubnet(step.to, step.subnetIn);
      if (
        (step.subnetOut !== subnetId &&
          (!aclAdmits(out, false, ip, port) || !aclAdmits(out, true, ip, sourcePort))) ||
        !aclAdmits(entering, true, destination, port) ||
        !aclAdmits(entering, false, destination, sourcePort)
      ) {
        return acl(
          `the network ACL of a subnet of the transit gateway (${step.subnetOut}, ${step.subnetIn}) stops the traffic`,
        );
      }
      return undefined;
    }
    case "peering":
      return undefined;
  }
}

/** Whether routes lead from a place back to the interface that a packet came from. */
function comesBack(from: Place, to: Place, who: string): NoPath | undefined {
  if (from.vpcId === to.vpcId) return undefined;
  const { end } = walkRoutes(from, to.ip);
  if (end.kind === "interface" && end.networkInterface.id === to.networkInterface.id) return undefined;
  const why = end.kind === "lost" ? `: ${end.none.detail}` : "";
  return { reason: "route", detail: `answers of ${who} to ${to.ip} find no way back${why}` };
}

interface Entering {
  source: Readonly<NetworkInterfaceRecord>;
  destination: string;
  port: number;
  sourcePort: number;
  seesGroups: boolean;
}

/** What the interface at the other end, its groups and its subnet's ACL say. */
function enters(
  { context, networkInterface: door }: Extract<End, { kind: "interface" }>,
  { at }: Walk,
  { source, destination, port, sourcePort, seesGroups }: Entering,
  seen: Flows,
): NoPath | undefined {
  const from = at.ip;
  const here = { at: { context, networkInterface: door }, from, to: destination };
  const doorAcl = aclOfSubnet(context, door.subnetId);
  const sameSubnet = at.vpcId === door.vpcId && at.subnetId === door.subnetId;
  if (!sameSubnet && !aclAdmits(doorAcl, false, from, port)) {
    seen.add({ ...here, direction: "ingress", action: "REJECT" });
    return acl(`the network ACL of ${door.subnetId} does not let ${from} in to port ${port}`);
  }
  const groupIds = seesGroups ? source.groupIds : undefined;
  // a gateway's or a NAT gateway's interface has no groups and takes everything
  if (door.groupIds.length && !groupsAdmit(context, door.groupIds, false, { ip: from, groupIds }, port)) {
    seen.add({ ...here, direction: "ingress", action: "REJECT" });
    const endpoint = all(context, vpcEndpoints).find((one) => one.networkInterfaceIds.includes(door.id));
    const whose = endpoint ? `the endpoint ${endpoint.id}` : door.id;
    return {
      reason: "security-group",
      detail: `the security groups of ${whose} (${door.groupIds.join(", ")}) do not let ${from} in to port ${port}`,
    };
  }
  seen.add({ ...here, direction: "ingress", action: "ACCEPT" });
  if (!sameSubnet && !aclAdmits(doorAcl, true, from, sourcePort)) {
    seen.add({ ...here, direction: "egress", action: "REJECT", answer: true });
    return acl(`the network ACL of ${door.subnetId} does not let answers out to ${from} port ${sourcePort}`);
  }
  seen.add({ ...here, direction: "egress", action: "ACCEPT", answer: true, trafficPath: 1 });
  return comesBack(placeOf(context, door), placeOf(at.context, at.networkInterface), door.id);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (traffic-path) */
function trafficPathOf({ first, steps }: Walk): number | undefined {
  switch (first?.kind) {
    case "local":
    case "transit-gateway":
      return 1;
    case "vpc-endpoint":
      return 7;
    case "internet-gateway":
      return 8;
    case "vpc-peering-connection": {
      const [step] = steps;
      return step?.kind === "peering" && step.to.region !== step.from.context.region ? 5 : 4;
    }
    default:
      return undefined;
  }
}
