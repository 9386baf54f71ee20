/**
 * What flow logs see of one connection: a record for each interface and direction, of the way there and of the answers.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
 */
import type { ReadContext } from "../context.ts";
import type { NetworkInterfaceRecord } from "../services/ec2/records.ts";

/** Traffic of one connection at one interface, as a flow log sees it. */
export interface Flow {
  /** Owner of the interface, whose flow logs cover it. */
  account: string;
  region: string;
  networkInterface: Readonly<NetworkInterfaceRecord>;
  direction: "ingress" | "egress";
  action: "ACCEPT" | "REJECT";
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
  /** Addresses of the packet where an interface between (NAT) stands for them. @default source and destination */
  packetSource?: string;
  packetDestination?: string;
  /** Of an egress record: 1 within the VPC, 7 gateway endpoint, 8 internet gateway; others by the guide's table. */
  trafficPath?: number;
}

export interface Seen {
  at: { context: ReadContext; networkInterface: Readonly<NetworkInterfaceRecord> };
  direction: Flow["direction"];
  action: Flow["action"];
  /** An answer: ports and addresses are the other way round. @default false */
  answer?: boolean;
  /** Address of who opened the connection, and of whom to, as they are here. */
  from: string;
  to: string;
  packetFrom?: string;
  packetTo?: string;
  trafficPath?: number | undefined;
}

export class Flows {
  readonly list: Flow[] = [];
  readonly #ports: { port: number; sourcePort: number };
  readonly #later: Seen[] = [];

  constructor(ports: { port: number; sourcePort: number }) {
    this.#ports = ports;
  }

  add(seen: Seen): void {
    const { at, direction, action, answer = false, from, to, packetFrom, packetTo, trafficPath } = seen;
    const { port, sourcePort } = this.#ports;
    const [packetSource, packetDestination] = answer ? [packetTo, packetFrom] : [packetFrom, packetTo];
    this.list.push({
      account: at.context.account,
      region: at.context.region,
      networkInterface: at.networkInterface,
      direction,
      action,
      source: answer ? to : from,
      destination: answer ? from : to,
      sourcePort: answer ? port : sourcePort,
      destinationPort: answer ? sourcePort : port,
      ...(packetSource !== undefined && { packetSource }),
      ...(packetDestination !== undefined && { packetDestination }),
      ...(direction === "egress" && trafficPath !== undefined && { trafficPath }),
    });
  }

  /** What is seen only when the connection arrives: answers on their way back. */
  addLater(seen: Omit<Seen, "action" | "answer">): void {
    this.#later.unshift({ ...seen, action: "ACCEPT", answer: true });
  }

  /** The connection has arrived. */
  arrived(): void {
    for (const one of this.#later.splice(0)) this.add(one);
  }
}
