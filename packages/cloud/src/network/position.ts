/**
 * A place inside a VPC as a loopback listener: an AWS endpoint and a proxy at once. What comes in there leaves the
 * position's network interface: it arrives with the path's condition keys and endpoint policy, is carried out of the
 * machine where that is allowed, or waits for an answer that never comes, as a connection without a path does.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "../gateway/host.ts";
import { createGateway, type Entrance, type GatewayParts, listen } from "../gateway/server.ts";
import { recordFlows } from "./flow-records.ts";
import { serviceHost } from "./names.ts";
import { type NoPath, NoPathError } from "./no-path.ts";
import type { NetworkPath } from "./path.ts";
import { type NetworkTarget, positionOf, type Resolution, resolvePath } from "./resolve.ts";

export interface PositionOptions {
  networkInterfaceId: string;
  account: string;
  region: string;
  /** @default any free one */
  port?: number;
  /** After so many milliseconds without a path the connection is closed. @default never: the client gives up first */
  connectTimeout?: number;
  /** Whether hosts that are not AWS's may be reached outside of this machine, where the path leads there. @default false */
  allowInternet?: boolean;
  /** Told of each attempt, for labs and the console. */
  onAttempt?: (attempt: { host: string; port: number; none?: NoPath; path?: NetworkPath }) => void;
}

export interface Position {
  readonly networkInterfaceId: string;
  readonly port: number;
  /** Both an endpoint and a proxy. */
  readonly url: string;
  close(): Promise<void>;
}

const AWS_PORTS = new Set([80, 443]);
const never = new Promise<never>(() => {});

/** @throws Error when there is no such interface */
export async function openPosition(parts: GatewayParts, options: PositionOptions): Promise<Position> {
  const { networkInterfaceId, account, region, connectTimeout, allowInternet = false, onAttempt } = options;
  const { runtime } = parts;
  if (!positionOf(runtime.within(account, region), networkInterfaceId)) {
    throw new Error(`the network interface \`${networkInterfaceId}\` does not exist in ${account}/${region}`);
  }
  const attempt = (target: NetworkTarget & { host: string; port: number }): Resolution => {
    const found = resolvePath(runtime.within(account, region), networkInterfaceId, target);
    recordFlows(runtime, found.flows);
    onAttempt?.({
      host: target.host,
      port: target.port,
      ...(found.none && { none: found.none }),
      ...(found.path && { path: found.path }),
    });
    return found;
  };
  /** The wait of who has no path; ends with the connection when a timeout is set. A name that leads nowhere is told at once. */
  const wait = (none: NoPath): Promise<never> =>
    none.reason === "name"
      ? Promise.reject(new NoPathError(none))
      : connectTimeout === undefined
        ? never
        : new Promise((_, reject) => setTimeout(() => reject(new NoPathError(none)), connectTimeout).unref());

  const nowhere = async (): Promise<"hang" | "close"> => {
    if (connectTimeout === undefined) return "hang";
    await sleep(connectTimeout, undefined, { ref: false });
    return "close";
  };

  const entrance: Entrance = {
    async pathOf(target, _from, secure, host) {
      const named = host && !isLoopback(host) ? host : undefined;
      // a client that is pointed at the position itself means the service's own host, by HTTPS
      const port = named && !secure ? 80 : 443;
      const name = named ?? serviceHost(target.service, target.region ?? region);
      const found = attempt({ host: name, port, secure });
      return found.path ?? wait(found.none!);
    },
    async route(host, port, own) {
      if (own) {
        if (isLoopback(host)) return "here";
        // nothing of AWS's listens elsewhere
        if (!AWS_PORTS.has(port)) return nowhere();
        // the request inside is judged again; without a path it never gets that far
        const found = resolvePath(runtime.within(account, region), networkInterfaceId, { host, port });
        if (found.path) return "here";
      }
      const found = attempt({ host, port });
      if (found.none?.reason === "name") return "unknown";
      if (found.none) return nowhere();
      return allowInternet ? "leave" : "refuse";
    },
  };
  const server = createGateway(parts, entrance);
  const port = await listen(server, options.port ?? 0, "127.0.0.1");
  return {
    networkInterfaceId,
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
