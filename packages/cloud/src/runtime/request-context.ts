/** The one implementation of `CallContext`: a request as handlers see it. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import type { CallAs, CallContext } from "../context.ts";
import type { Caller } from "../identity/caller.ts";
import type { NetworkPath } from "../network/path.ts";
import type { Check, ResourceFacts } from "../service.ts";
import type { Store, Stored } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import type { Runtime } from "./runtime.ts";

export interface RequestFields {
  account: string;
  region: string;
  caller: Caller;
  path: NetworkPath;
  service: string;
  operation: string;
  requestId?: string;
  http?: CallContext["http"];
  /** Part of another operation's work: nothing is authorized or recorded. */
  internal?: boolean;
}

/** What handlers add to the record of their call. */
export type TrailNote = Parameters<CallContext["note"]>[0];

export class RequestContext implements CallContext {
  readonly partition = "aws";
  readonly account: string;
  readonly region: string;
  readonly caller: Caller;
  readonly path: NetworkPath;
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly http: CallContext["http"];
  readonly internal: boolean;
  readonly now: number;
  readonly clock: Clock;
  readonly store: Store;
  readonly runtime: Runtime;
  responseHeaders: Record<string, string> = {};
  responseStatus?: number;
  notes: TrailNote = {};

  constructor(runtime: Runtime, fields: RequestFields) {
    this.runtime = runtime;
    this.store = runtime.store;
    this.clock = runtime.clock;
    this.now = runtime.clock.now();
    this.account = fields.account;
    this.region = fields.region;
    this.caller = fields.caller;
    this.path = fields.path;
    this.service = fields.service;
    this.operation = fields.operation;
    this.requestId = fields.requestId ?? randomUUID();
    this.http = fields.http;
    this.internal = fields.internal ?? false;
  }

  table<T extends Stored>(name: string): Table<T> {
    return this.store.table(name, `${this.account}/${this.region}`);
  }

  accountTable<T extends Stored>(name: string): Table<T> {
    return this.store.table(name, this.account);
  }

  globalTable<T extends Stored>(name: string): Table<T> {
    return this.store.table(name, "");
  }

  in(account: string, region = this.region): RequestContext {
    if (account === this.account && region === this.region) return this;
    const { caller, path, service, operation, requestId, http, internal } = this;
    return new RequestContext(this.runtime, {
      account,
      region,
      caller,
      path,
      service,
      operation,
      requestId,
      internal,
      ...(http && { http }),
    });
  }

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  facts(arn: string): ResourceFacts | undefined {
    return this.runtime.registry.facts(arn, this);
  }

  organizationOf(account: string): { id: string; paths: string[] } | undefined {
    return this.runtime.directory.organizationOf(account, this);
  }

  call(
    service: string,
    operation: string,
    input: object,
    as: CallAs = { kind: "internal" },
  ): Promise<unknown> {
    return this.runtime.callFrom(this, service, operation, input, as);
  }

  callSync(service: string, operation: string, input: object): unknown {
    return this.runtime.callInternally(this, service, operation, input);
  }

  authorize(check: Check): void {
    if (!this.internal) this.runtime.authorizer.demand(this, check);
  }

  isAllowed(check: Check): boolean {
    return this.internal || this.runtime.authorizer.allows(this, check);
  }

  trusts(roleArn: string, servicePrincipal: string): boolean {
    return this.runtime.authorizer.trusts(this, roleArn, servicePrincipal);
  }

  note(fields: TrailNote): void {
    Object.assign(this.notes, fields);
  }
}
