/** SDK clients by service, loaded on first use; they are bundled, one chunk each. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Target } from "./target.ts";

const packages = {
  cloudformation: () => import("@aws-sdk/client-cloudformation"),
  cloudtrail: () => import("@aws-sdk/client-cloudtrail"),
  cloudwatch: () => import("@aws-sdk/client-cloudwatch"),
  "cloudwatch-logs": () => import("@aws-sdk/client-cloudwatch-logs"),
  ec2: () => import("@aws-sdk/client-ec2"),
  ecr: () => import("@aws-sdk/client-ecr"),
  efs: () => import("@aws-sdk/client-efs"),
  iam: () => import("@aws-sdk/client-iam"),
  identitystore: () => import("@aws-sdk/client-identitystore"),
  kms: () => import("@aws-sdk/client-kms"),
  "network-firewall": () => import("@aws-sdk/client-network-firewall"),
  organizations: () => import("@aws-sdk/client-organizations"),
  s3: () => import("@aws-sdk/client-s3"),
  "s3-control": () => import("@aws-sdk/client-s3-control"),
  sagemaker: () => import("@aws-sdk/client-sagemaker"),
  "sagemaker-runtime": () => import("@aws-sdk/client-sagemaker-runtime"),
  "service-catalog": () => import("@aws-sdk/client-service-catalog"),
  "service-quotas": () => import("@aws-sdk/client-service-quotas"),
  ssm: () => import("@aws-sdk/client-ssm"),
  "sso-admin": () => import("@aws-sdk/client-sso-admin"),
  sts: () => import("@aws-sdk/client-sts"),
} as const;

export type ServiceKey = keyof typeof packages;
/** Every service that can be called. */
export const serviceKeys = Object.keys(packages) as ServiceKey[];
type Packages = { [K in ServiceKey]: Awaited<ReturnType<(typeof packages)[K]>> };
type CommandNames<M> = {
  [K in keyof M]: K extends `${infer Name}Command` ? (Name extends "" | "$" ? never : Name) : never;
}[keyof M];
// biome-ignore lint/suspicious/noExplicitAny: reads the types of the SDK's overloaded commands
type Io<M, N extends string> =
  M extends Record<
    `${N}Command`,
    abstract new (
      ...args: any[]
    ) => {
      input: infer I;
      resolveMiddleware(...args: any[]): (...args: any[]) => Promise<{ output: infer O }>;
    }
  >
    ? { input: I; output: O }
    : never;

export type OperationName<S extends ServiceKey> = CommandNames<Packages[S]> & string;
export type InputOf<S extends ServiceKey, N extends OperationName<S>> = Io<Packages[S], N>["input"];
export type OutputOf<S extends ServiceKey, N extends OperationName<S>> = Io<Packages[S], N>["output"];

interface AnyClient {
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  destroy(): void;
}
type AnyModule = Record<string, new (input: object) => unknown>;

/** Calls operations of one target, a client a service. Close it when done. */
export class Clients {
  readonly target: Target;
  readonly #clients = new Map<ServiceKey, Promise<{ client: AnyClient; module: AnyModule }>>();

  constructor(target: Target) {
    this.target = target;
  }

  /** One operation; throws the SDK's error as it came. */
  async call<S extends ServiceKey, N extends OperationName<S>>(
    service: S,
    operation: N,
    input: InputOf<S, N>,
    options: { signal?: AbortSignal } = {},
  ): Promise<OutputOf<S, N>> {
    const { client, module } = await this.#client(service);
    const Command = module[`${operation}Command`];
    if (!Command) throw new TypeError(`the SDK's ${service} client has no operation ${operation}`);
    return (await client.send(
      new Command(input as object),
      options.signal && { abortSignal: options.signal },
    )) as OutputOf<S, N>;
  }

  /** Names of a service's operations. */
  async operations(service: ServiceKey): Promise<string[]> {
    const { module } = await this.#client(service);
    return Object.keys(module).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
  }

  /** The SDK's schema of an operation (`StaticSchema`), read by whoever turns JSON into its input. */
  async schema(service: ServiceKey, operation: string): Promise<unknown> {
    const { module } = await this.#client(service);
    const Command = module[`${operation}Command`] as new (input: object) => { schema?: unknown };
    return new Command({}).schema;
  }

  /** Every page of an operation that has a token in and out. */
  async *pages<S extends ServiceKey, N extends OperationName<S>>(
    service: S,
    operation: N,
    input: InputOf<S, N>,
    token: { in: string; out: string },
  ): AsyncGenerator<OutputOf<S, N>> {
    let next: unknown;
    do {
      const page = await this.call(service, operation, {
        ...(input as object),
        ...(next ? { [token.in]: next } : {}),
      } as InputOf<S, N>);
      yield page;
      next = (page as Record<string, unknown>)[token.out];
    } while (next);
  }

  close(): void {
    for (const one of this.#clients.values()) one.then(({ client }) => client.destroy()).catch(() => {});
    this.#clients.clear();
  }

  #client(service: ServiceKey) {
    let one = this.#clients.get(service);
    if (!one) this.#clients.set(service, (one = this.#make(service)));
    return one;
  }

  async #make(service: ServiceKey): Promise<{ client: AnyClient; module: AnyModule }> {
    const loaded = (await packages[service]()) as unknown as AnyModule & { default?: AnyModule };
    // in the bundle the clients are CommonJS modules
    const module = loaded.default ?? loaded;
    const name = Object.keys(module).find(
      (key) => /^[A-Z]\w*Client$/.test(key) && key !== "__Client",
    ) as string;
    const { region, endpoint, credentials, kind, connectTimeout, localAddress, ca } = this.target;
    const Client = module[name] as new (config: object) => AnyClient;
    const client = new Client({
      region,
      ...(endpoint && { endpoint }),
      ...(credentials && { credentials }),
      ...(kind === "local" && { maxAttempts: 1 }),
      ...(service === "s3" && endpoint && { forcePathStyle: true }),
      // the SDK's advice to its own users (on streams without a length) is nothing to ours
      ...(service === "s3" && { logger: { debug() {}, info() {}, warn() {}, error() {} } }),
      ...(service === "s3-control" && endpoint && plainEndpoint(endpoint, region)),
      ...((connectTimeout || localAddress || ca) && {
        requestHandler: {
          ...(connectTimeout && {
            connectionTimeout: connectTimeout,
            requestTimeout: connectTimeout,
            throwOnRequestTimeout: true,
          }),
          httpAgent: new HttpAgent({ keepAlive: true, ...(localAddress && { localAddress }) }),
          httpsAgent: new HttpsAgent({
            keepAlive: true,
            ...(localAddress && { localAddress }),
            ...(ca && { ca }),
          }),
        },
      }),
    });
    return { client, module };
  }
}

/** S3 Control puts the account's number before the host's name, which an address has none of. */
function plainEndpoint(endpoint: string, signingRegion: string): object {
  const authSchemes = [{ name: "sigv4", signingName: "s3", signingRegion, disableDoubleEncoding: true }];
  return {
    disableHostPrefix: true,
    endpointProvider: () => ({ url: new URL(endpoint), properties: { authSchemes } }),
  };
}
