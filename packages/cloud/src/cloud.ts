/** Starts the local cloud: state, clock, services. With `listen: false` it is used in-process only. */
import { systemClock } from "./clock/clock.ts";
import type { Caller } from "./identity/caller.ts";
import type { IdentityDirectory } from "./identity/directory.ts";
import { internetPath, type NetworkPath } from "./network/path.ts";
import { Registry } from "./runtime/registry.ts";
import { RequestContext } from "./runtime/request-context.ts";
import { Runtime } from "./runtime/runtime.ts";
import { Store } from "./store/store.ts";

export interface CloudOptions {
  /** Folder for durable state. @default in memory */
  state?: string;
  /** Account of the root user. @default "111122223333" */
  account?: string;
  /** Region where none is said. @default "us-east-1" */
  region?: string;
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
  /** Calls an operation in-process: authorized and recorded as over the wire, without protocol and signature. */
  call(service: string, operation: string, input?: object, options?: CallOptions): Promise<any>; // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  close(): Promise<void>;
}

export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { account = "111122223333", region = "us-east-1", onError = () => {} } = options;
  const store = new Store(options.state);
  const clock = systemClock(onError);
  const registry = await Registry.load();
  const runtime = new Runtime({ store, clock, registry, directory: provisionalDirectory });
  runtime.start();
  return {
    account,
    region,
    runtime,
    async call(service, operation, input = {}, how = {}) {
      const home = how.account ?? how.caller?.account ?? account;
      const within = runtime.within(home, how.region ?? region);
      const caller = how.caller ?? runtime.directory.root(home, within);
      const path = how.path ?? internetPath("203.0.113.10", true);
      const context = new RequestContext(runtime, {
        account: home,
        region: how.region ?? region,
        caller,
        path,
        service,
        operation,
      });
      return runtime.run(context, input);
    },
    async close() {
      clock.stop();
      store.close();
    },
  };
}

// Provisional: services/iam/directory.ts takes its place.
const provisionalDirectory: IdentityDirectory = {
  credential: () => ({ status: "unknown" }),
  policiesOf: () => ({ identity: [] }),
  organizationPolicies: () => undefined,
  roleSession(roleArn, sessionName) {
    const [, , , , account = "", resource = ""] = roleArn.split(":");
    const arn = `arn:aws:sts::${account}:assumed-role/${resource.split("/").pop()}/${sessionName}`;
    return {
      principal: { kind: "session", arn, roleArn, account },
      account,
      arn,
      userId: `AROAPROVISIONAL:${sessionName}`,
    };
  },
  root: (account) => ({
    principal: { kind: "root", account },
    account,
    arn: `arn:aws:iam::${account}:root`,
    userId: account,
  }),
  organizationOf: () => undefined,
};
