/** Why a connection never arrives, and the error that closes it without an answer. */

/** What stopped a connection. All but `name` are silent: the client waits until it gives up. */
export type Obstacle =
  | "interface" // the interface is gone
  | "name" // the name does not resolve
  | "security-group"
  | "network-acl"
  | "route" // no route, or one that leads nowhere
  | "public-address" // to an internet gateway without a public address
  | "firewall";

export interface NoPath {
  reason: Obstacle;
  /** One sentence for people. */
  detail: string;
}

/** No path: thrown where a connection is to be closed instead of answered. */
export class NoPathError extends Error {
  readonly none: NoPath;
  constructor(none: NoPath) {
    super(none.detail);
    this.name = "NoPathError";
    this.none = none;
  }
}
