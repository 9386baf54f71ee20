/** Starts the local cloud: state, clock, services and, when asked to listen, the gateway. */
import { systemClock } from "./clock/clock.ts";
import { demandHome } from "./errors.ts";
import { Authority } from "./gateway/authority.ts";
import { Control } from "./gateway/control.ts";
import { Exchange } from "./gateway/exchange.ts";
import { createGateway, type GatewayParts, listen } from "./gateway/server.ts";
import { StudioDoor } from "./gateway/studio.ts";
import type { Caller } from "./identity/caller.ts";
import { internetPath, type NetworkPath } from "./network/path.ts";
import { Positions } from "./network/positions.ts";
import { controlToken, type RootCredentials, rootCredentials } from "./root-key.ts";
import { Registry } from "./runtime/registry.ts";
import { RequestContext } from "./runtime/request-context.ts";
import { Runtime } from "./runtime/runtime.ts";
import { answerWaitHandle } from "./services/cloudformation/wait-handle.ts";
import { identityDirectory } from "./services/iam/directory.ts";
import { lateServices, services } from "./services/index.ts";
import { type SageMakerOptions, setSageMakerOptions } from "./services/sagemaker/options.ts";
import { type ExistingIdentityCenter, putIdentityCenter } from "./services/sso-admin/existing.ts";
import { isHandle, setHandleBase } from "./stacks/engine/signals.ts";
import { openStore, unusable } from "./state/folder.ts";
import { type Snapshot, type SnapshotOptions, snapshotRunning } from "./state/snapshot.ts";

export interface CloudOptions {
  /** Folder for durable state. @default in memory */
  state?: string;
  /** Account of the root user. @default "111122223333" */
  account?: string;
  /** Region where none is said. @default "us-east-1" */
  region?: string;
  /** Serve HTTP. @default only in-process calls */
  listen?: boolean;
  /** 0 for any free one. @default 4690 */
  port?: number;
  /** @default "127.0.0.1" */
  host?: string;
  /** The root user's access key. @default made on first start */
  rootCredentials?: RootCredentials;
  /** Lets what runs in a VPC with a way out reach hosts outside of this machine. @default false */
  allowInternet?: boolean;
  /** How SageMaker behaves where AWS leaves a choice: delays, images that run as local commands. @default none run */
  sageMaker?: Partial<SageMakerOptions>;
  /** An Identity Center that the account has, with ids that its API could not give. @default none is enabled */
  identityCenter?: ExistingIdentityCenter;
  /** Lets `POST /_sagekeep/reset` empty the state. @default false */
  allowReset?: boolean;
  /** Told of failures that no caller sees. @default they are thrown away */
  onError?: (error: unknown) => void;
}

/** How an in-process call is made. */
export interface CallOptions {
  /** @default the account's root user */
  caller?: Caller;
  account?: string;
  region?: string;
  /** @default the internet, by HTTPS, from 203.0.113.10 */
  path?: NetworkPath;
}

export interface Cloud {
  readonly account: string;
  readonly region: string;
  readonly runtime: Runtime;
  /** The root user's. */
  readonly credentials: RootCredentials;
  /** Present when it listens. */
  readonly port?: number;
  readonly endpoint?: string;
  /** The same by HTTPS, and the CA that vouches for it. */
  readonly secureEndpoint?: string;
  readonly caBundle?: string;
  /** Places inside VPCs that are open as listeners. Present when it listens. */
  readonly positions?: Positions;
  /** Calls an operation in-process: authorized and recorded as over the wire, without protocol and signature. */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  call(service: string, operation: string, input?: object, options?: CallOptions): Promise<any>;
  /** Packs the whole state into one file while requests go on. @throws StateInTheWayError when the file is there */
  snapshot(file: string, options?: SnapshotOptions): Promise<Snapshot>;
  close(): Promise<void>;
}

const defaultPort = 4690;

/** @throws StateInUseError, UnusableStateError, PortInUseError, UnusableAddressError, UnusableHomeError */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { account = "111122223333", region = "us-east-1", onError = () => {} } = options;
  demandHome(account, region);
  const store = openStore(options.state);
  const clock = systemClock(onError);
  try {
    const registry = new Registry(services, lateServices);
    const runtime = new Runtime({ store, clock, registry, directory: identityDirectory });
    const credentials = rootCredentials(options.state, options.rootCredentials);
    if (options.sageMaker) setSageMakerOptions(store, options.sageMaker);
    if (options.identityCenter) putIdentityCenter(options.identityCenter, runtime.within(account, region));
    await registry.load(({ tables }) => tables !== undefined && store.holds(tables));
    runtime.start();
    const gateway = options.listen
      ? await openGateway(runtime, credentials, { ...options, account, region, onError })
      : undefined;
    return {
      account,
      region,
      runtime,
      credentials,
      ...(gateway && {
        port: gateway.port,
        endpoint: gateway.endpoint,
        secureEndpoint: gateway.secureEndpoint,
        caBundle: gateway.caBundle,
        positions: gateway.positions,
      }),
      async call(service, operation, input = {}, how = {}) {
        await registry.ready(service);
        const home = how.account ?? how.caller?.account ?? account;
        const caller = how.caller ?? runtime.directory.root(home, runtime.within(home, how.region ?? region));
        const path = how.path ?? internetPath("203.0.113.10", true);
        const output = await runtime.run(
          new RequestContext(runtime, {
            account: home,
            region: how.region ?? region,
            caller,
            path,
            service,
            operation,
          }),
          input,
        );
        await store.settled();
        return output;
      },
      snapshot: (file, how) => snapshotRunning(store, clock, file, how),
      async close() {
        clock.stop();
        await gateway?.close();
        runtime.stop();
        store.close();
      },
    };
  } catch (error) {
    clock.stop();
    try {
      store.close();
    } catch {
      // a damaged database cannot be closed in order; what was wrong first is said
    }
    // a database may be damaged where nobody looked before
    throw (options.state && unusable(options.state, error)) || error;
  }
}

type Settled = CloudOptions & Required<Pick<CloudOptions, "account" | "region" | "onError">>;

async function openGateway(runtime: Runtime, credentials: RootCredentials, options: Settled) {
  const { account, region, onError, host = "127.0.0.1", port = defaultPort } = options;
  const rootKeys = new Map([[credentials.accessKeyId, { secret: credentials.secretAccessKey, account }]]);
  const exchange = new Exchange(runtime, { account, region, rootKeys, onError });
  const control = new Control({
    token: controlToken(options.state),
    allowReset: options.allowReset ?? false,
    about: { account, region },
    onReset: () => runtime.start(),
  });
  const authority = new Authority(options.state);
  const parts: GatewayParts = {
    waitHandle: {
      is: isHandle,
      answer: (method, url, body) =>
        answerWaitHandle(method, url, body, (of, at) => runtime.within(of, at, "cloudformation")),
    },
    runtime,
    exchange,
    control,
    authority,
    hosts: host.startsWith("127.") ? [] : [host],
    onError,
  };
  let chosen = port;
  const positions = new Positions(parts, { account, region });
  positions.mount(control);
  const studio = new StudioDoor({
    runtime,
    positions,
    region,
    endpoint: () => `http://${host}:${chosen}`,
    ...(options.allowInternet && { allowInternet: true }),
  });
  studio.mount(control, { account, region });
  parts.studio = studio;
  const server = createGateway(parts, {
    pathOf: (_target, from, secure) => internetPath(from, secure),
  });
  chosen = await listen(server, port, host);
  setHandleBase(runtime.store, `http://${host}:${chosen}`);
  const caBundle = authority.bundlePath;
  setSageMakerOptions(runtime.store, {
    openPosition: async (at) => ({ ...(await positions.open(at)), caBundle }),
    outside: { url: `http://${host}:${chosen}`, caBundle },
  });
  return {
    port: chosen,
    endpoint: `http://${host}:${chosen}`,
    secureEndpoint: `https://${host}:${chosen}`,
    caBundle: authority.bundlePath,
    positions,
    async close() {
      await positions.closeAll();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        authority.close();
      });
    },
  };
}
