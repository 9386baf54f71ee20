/** Where calls go: the local cloud or AWS, with whose credentials, through which network position. */

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Target {
  kind: "local" | "aws";
  region: string;
  /** Base address of the local cloud (or of a network position in it). @default AWS's own endpoints */
  endpoint?: string;
  /** PEM of the CA that vouches for an HTTPS endpoint. @default the system's */
  ca?: string;
  /** @default the SDK's default chain */
  credentials?: Credentials;
  /** Address of this machine to call from; another one is another client to the local cloud. */
  localAddress?: string;
  /** Milliseconds to wait for a connection before it counts as timed out. @default the SDK's */
  connectTimeout?: number;
}

/** The same target with other credentials, or from another network position; TLS stays what it was. */
export function as(target: Target, credentials: Credentials, endpoint = target.endpoint): Target {
  return { ...target, credentials, ...(endpoint !== undefined && { endpoint: likeOf(target, endpoint) }) };
}

/** A listener's address in the scheme of the target: both schemes share each port. */
export function likeOf(target: Target, endpoint: string): string {
  return target.endpoint?.startsWith("https:") ? endpoint.replace(/^http:/, "https:") : endpoint;
}
