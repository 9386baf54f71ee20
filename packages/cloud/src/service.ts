/**
 * What a service of the local cloud is. A folder under services/ exports one `Service`:
 *   operations/   plain functions, one file an operation or a family; typed by the official SDK
 *   authorization.ts  for each operation, which actions on which resources it needs
 *   resources.ts  owner, tags and policy of a resource, for the gateway's decision
 *   state.ts      its tables
 *   errors.ts     the errors it throws, in AWS's words
 * Nothing else in the cloud knows a service by name; services/index.ts lists them.
 */
import type { CallContext, ReadContext } from "./context.ts";
import type { Caller } from "./identity/caller.ts";
import type { Handlers } from "./wire/types.ts";

/** One thing the caller must be allowed to do. All checks of a request must be allowed. */
export interface Check {
  /** IAM action, e.g. `sagemaker:CreateApp`. */
  action: string;
  /** The resource's ARN, or `*` for an action without resources. */
  resource: string;
  /** How AWS's message names the resource, where not by its ARN: `role Builder`; `the …` stands without `resource:`. */
  shown?: string;
  /** Service-specific condition keys of this request, e.g. `sagemaker:InstanceTypes`. Absent keys stay absent: leave out `undefined`. */
  context?: Record<string, string | string[] | undefined>;
  /** Facts where the ARN's own service cannot tell them, e.g. for a resource that this call makes. */
  facts?: ResourceFacts;
  /** Who is judged, where it is not the caller: somebody with an identity provider's token. */
  caller?: Caller;
}

/** What a decision needs to know of a resource. */
export interface ResourceFacts {
  /** Account that owns it; its `aws:ResourceAccount`. */
  account: string;
  /** Its tags: `aws:ResourceTag/…` (and `<service>:ResourceTag/…`). */
  tags?: Record<string, string>;
  /** Its resource policy: a JSON document. */
  policy?: { name: string; document: string };
  /** Grants and policies of other kinds that count for this resource (KMS grants, S3 access points, public access block …). */
  extra?: Record<string, unknown>;
}

/** For one operation: the checks it needs, from its input. Runs before the handler and must not write. */
export type AuthorizationRule<I = never> = (input: I, context: ReadContext) => Check[];

/** A rule for each operation that has a handler (a test holds services to it). */
export type AuthorizationTable = Record<string, AuthorizationRule<any>>; // biome-ignore lint/suspicious/noExplicitAny: inputs differ by operation

/** How much we know that a behaviour is AWS's. */
export type Knowledge = "recorded" | "documented" | "assumed";

export interface Service<M = unknown> {
  /** SDK client package without its prefix, e.g. `cloudwatch-logs`. */
  key: string;
  /** Prefix of its IAM actions, e.g. `logs`. */
  actionPrefix: string;
  /** Principal of the service, e.g. `logs.amazonaws.com`. */
  principal: string;
  /** Policies may name the principal with the region too: `logs.us-east-1.amazonaws.com`. */
  regionalPrincipal?: boolean;
  /** An operation that is not here is answered with AWS's form of "not supported". */
  operations: Handlers<M, CallContext>;
  authorization: AuthorizationTable;
  /** Facts about a resource of this service, or `undefined` when there is none with that ARN. */
  resource?: (arn: string, context: ReadContext) => ResourceFacts | undefined;
  /** Knowledge label of an operation. @default "documented" */
  knowledge?: Partial<Record<string, Knowledge>>;
  /** Told of every finished call to the service, denied ones too, before it is answered. */
  recorded?: (call: FinishedCall) => void;
  /** Called when the cloud starts, with its state loaded, and again when it was emptied: take up what was due. */
  start?: (cloud: CloudRuntime) => void;
}

/**
 * A service that loads when it is first called, or at start when the state holds something of its own.
 *
 * INVARIANT (nothing before the first call): a service that is not loaded has no rows, so it has no resources to tell
 * facts of and nothing to take up.
 */
export interface LateService {
  readonly key: string;
  /** What the names of its tables begin with. */
  readonly tables?: string;
  /** Late services that it calls without waiting. */
  readonly needs?: readonly string[];
  load(): Promise<{ service: Service<any> }>; // biome-ignore lint/suspicious/noExplicitAny: each service is typed by its own SDK client
}

/** A call that is over. */
export interface FinishedCall {
  context: CallContext;
  input: object;
  output?: unknown;
  error?: { code: string; message: string; status?: number };
  /** What the handler noted for the trail. */
  notes: Parameters<CallContext["note"]>[0];
}

/** What a service may use outside of a request (timers, start-up). */
export interface CloudRuntime {
  /**
   * A context in which a service acts by itself, unrestricted, in one account and region.
   * @param service key of that service: who it is when it assumes a role or calls on
   */
  within(account: string, region: string, service?: string): CallContext;
  store: import("./store/store.ts").Store;
  clock: import("./clock/clock.ts").Clock;
}
