/** What a handler is given besides its input: who calls, from where, the state, the other services. */
import type { Clock } from "./clock/clock.ts";
import type { Caller } from "./identity/caller.ts";
import type { NetworkPath } from "./network/path.ts";
import type { Check, ResourceFacts } from "./service.ts";
import type { Store, Stored } from "./store/store.ts";
import type { Table } from "./store/table.ts";

/** Reading only: what authorization rules get. */
export interface ReadContext {
  /** Account the call is made in: the caller's. */
  readonly account: string;
  readonly region: string;
  /** Always `aws` for now. */
  readonly partition: string;
  readonly caller: Caller;
  /** How the request came in. */
  readonly path: NetworkPath;
  readonly clock: Clock;
  readonly store: Store;
  /** Epoch milliseconds of this request. */
  readonly now: number;
  /** Table of this account and region. Names are `service.kind`. */
  table<T extends Stored>(name: string): Table<T>;
  /** Table of this account, all regions (IAM). */
  accountTable<T extends Stored>(name: string): Table<T>;
  /** Table of the whole partition (S3 bucket names, credentials). */
  globalTable<T extends Stored>(name: string): Table<T>;
  /** The same context in another account or region. */
  in(account: string, region?: string): ReadContext;
  /** `arn:aws:<service>:<region>:<account>:<resource>` of this call's region and account. */
  arn(service: string, resource: string): string;
  /** Facts of any resource of any service. */
  facts(arn: string): ResourceFacts | undefined;
  /** Organisation of an account, and its paths there. */
  organizationOf(account: string): { id: string; paths: string[] } | undefined;
}

/** On whose behalf one service calls another. */
export type CallAs =
  /** The caller's credentials are forwarded (`aws:ViaAWSService` true, `aws:CalledVia` grows). */
  | { kind: "caller" }
  /** The service assumes this role (whose trust policy must allow it) and calls with it. */
  | {
      kind: "role";
      arn: string;
      sessionName: string;
      tags?: Record<string, string>;
      sourceIdentity?: string;
      from?: NetworkPath;
      /** Another role has assumed it for the service already: its trust policy need not name the service. */
      assumed?: boolean;
    }
  /** The service itself, by its principal: only a resource policy can allow it. */
  | { kind: "service"; sourceArn?: string; sourceAccount?: string }
  /** Part of one operation's own work: not authorized and not recorded. */
  | { kind: "internal" };

export interface CallContext extends ReadContext {
  readonly requestId: string;
  readonly service: string;
  readonly operation: string;
  /** HTTP details for the few operations that need them (S3, presigned). */
  readonly http?: {
    method: string;
    path: string;
    query: string;
    headers: Record<string, string>;
    host: string;
    secure: boolean;
  };
  in(account: string, region?: string): CallContext;
  /**
   * Calls an operation of a service in-process; its result is the operation's output, its failure an
   * `AwsError`. Authorized and recorded like a request over the wire, except for `internal`.
   */
  call(service: string, operation: string, input: object, as?: CallAs): Promise<any>; // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  /** Like `call` with `internal`, for an operation whose handler is synchronous. */
  callSync(service: string, operation: string, input: object): any; // biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
  /** Throws the service's access-denied error unless the caller is allowed. For checks that only the handler can know. */
  authorize(check: Check): void;
  /** Whether the caller would be allowed. */
  isAllowed(check: Check): boolean;
  /** Whether the trust policy of this role lets a service principal (or the caller) assume it. */
  trusts(roleArn: string, servicePrincipal: string): boolean;
  /** Adds to the trail's record of this call. */
  note(fields: {
    resources?: { ARN: string; accountId?: string; type?: string }[];
    additionalEventData?: Record<string, unknown>;
    serviceEventDetails?: Record<string, unknown>;
    /** Who called, when only the handler can tell: web identities and SAML users. */
    userIdentity?: Record<string, unknown>;
    /** What a token says, beside the parameters themselves. */
    requestParameters?: Record<string, unknown>;
  }): void;
  /** Headers for the answer (ETag-like things outside of the modelled output). */
  responseHeaders: Record<string, string>;
  /** Status of a successful answer, where the model's is not the one. */
  responseStatus?: number;
}
