/**
 * The heart without a socket: runs an operation as authorize → handle → record. The gateway puts wire
 * protocols and signatures before it; tests and services call it directly.
 */
import type { Clock } from "../clock/clock.ts";
import type { CallAs, CallContext } from "../context.ts";
import { Authorizer } from "../gateway/authorize.ts";
import { Recorder } from "../gateway/record.ts";
import type { Caller } from "../identity/caller.ts";
import type { IdentityDirectory } from "../identity/directory.ts";
import { type NetworkPath, servicePath } from "../network/path.ts";
import type { CloudRuntime, Service } from "../service.ts";
import type { Store } from "../store/store.ts";
import { trailOf } from "../trail/store.ts";
import { AwsError } from "../wire/errors.ts";
import type { Registry } from "./registry.ts";
import { RequestContext } from "./request-context.ts";

export interface RuntimeParts {
  store: Store;
  clock: Clock;
  registry: Registry;
  directory: IdentityDirectory;
}

type AnyOperation = (input: object, context: CallContext) => unknown;

export class Runtime implements CloudRuntime {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly directory: IdentityDirectory;
  readonly authorizer: Authorizer;
  readonly recorder: Recorder;

  constructor(parts: RuntimeParts) {
    this.store = parts.store;
    this.clock = parts.clock;
    this.registry = parts.registry;
    this.directory = parts.directory;
    this.authorizer = new Authorizer(this);
    const trail = trailOf(this.store, this.clock);
    this.recorder = new Recorder((event) => trail.append(event));
  }

  /** Lets every service take up what was due when the cloud stopped. */
  start(): void {
    this.registry.each((service) => service.start?.(this));
  }

  /** Writes what still waits. */
  stop(): void {
    trailOf(this.store, this.clock).flush();
  }

  within(account: string, region: string, service = ""): RequestContext {
    return new RequestContext(this, {
      account,
      region,
      caller: serviceCaller("sagekeep.internal", account),
      path: servicePath("sagekeep.internal"),
      service,
      operation: "",
      internal: true,
    });
  }

  /**
   * One request, from the decision on. Resolves to the operation's output.
   * @throws AwsError as the caller would see it
   */
  run(context: RequestContext, input: object): Promise<unknown> | unknown {
    const { service, handler } = this.#operation(context.service, context.operation);
    if (context.internal) return this.store.unitOfWork(() => handler(input, context));
    try {
      this.authorizer.decide(context, service, input);
      const result = this.store.unitOfWork(() => {
        const output = handler(input, context);
        if (!(output instanceof Promise)) this.recorder.succeeded(context, service, input, output);
        return output;
      });
      if (!(result instanceof Promise)) return result;
      return result.then(
        (output) => {
          this.recorder.succeeded(context, service, input, output);
          return output;
        },
        (error) => {
          this.recorder.failed(context, service, input, error);
          throw error;
        },
      );
    } catch (error) {
      this.recorder.failed(context, service, input, error);
      throw error;
    }
  }

  /** Whether there is a handler for this operation. */
  supports(service: string, operation: string): boolean {
    const operations = this.registry.find(service)?.operations;
    return operations !== undefined && Object.hasOwn(operations, operation);
  }

  async callFrom(from: RequestContext, service: string, operation: string, input: object, as: CallAs) {
    const loading = this.registry.ready(service);
    if (loading) await loading;
    if (as.kind === "internal") return this.callInternally(from, service, operation, input);
    const own = this.registry.find(from.service);
    const by = own?.principal ?? `${from.service}.amazonaws.com`;
    const regional = own?.regionalPrincipal ? by.replace(".", `.${from.region}.`) : undefined;
    const { caller, path, account } = this.#impersonate(from, by, as, regional);
    const { region } = from;
    return this.run(new RequestContext(this, { account, region, caller, path, service, operation }), input);
  }

  callInternally(from: RequestContext, service: string, operation: string, input: object): unknown {
    const { account, region, caller, path, requestId } = from;
    const inner = new RequestContext(this, {
      account,
      region,
      caller,
      path,
      requestId,
      service,
      operation,
      internal: true,
    });
    return this.run(inner, input);
  }

  #impersonate(
    from: RequestContext,
    by: string,
    as: Exclude<CallAs, { kind: "internal" }>,
    regional?: string,
  ): { caller: Caller; path: NetworkPath; account: string } {
    switch (as.kind) {
      case "caller": {
        const caller = { ...from.caller, calledVia: [...(from.caller.calledVia ?? []), by] };
        const path = servicePath(by);
        // whose work a service does goes with it: keys of a bucket can ask for aws:SourceArn
        if (from.caller.principal.kind === "service") {
          const context = { ...path.context };
          for (const [key, value] of Object.entries(from.path.context))
            if (/^aws:Source(Arn|Account|Org)/.test(key)) context[key] = value;
          return { caller, path: { ...path, context }, account: from.account };
        }
        return { caller, path, account: from.account };
      }
      case "role": {
        if (!as.assumed && !this.authorizer.trusts(from, as.arn, by)) {
          throw new AwsError(
            "AccessDenied",
            `${by} is not authorized to perform: sts:AssumeRole on resource: ${as.arn}`,
            { status: 403 },
          );
        }
        const { tags, sourceIdentity } = as;
        const caller = this.directory.roleSession(
          as.arn,
          as.sessionName,
          { ...(tags && { tags }), ...(sourceIdentity && { sourceIdentity }) },
          from,
        );
        return { caller, path: as.from ?? servicePath(by), account: caller.account };
      }
      case "service": {
        const path = servicePath(by);
        const context: Record<string, string | readonly string[]> = { ...path.context };
        if (as.sourceArn) context["aws:SourceArn"] = as.sourceArn;
        const source = as.sourceAccount ?? from.account;
        if (source) context["aws:SourceAccount"] = source;
        const organization = source && this.directory.organizationOf(source, from);
        if (organization) {
          context["aws:SourceOrgID"] = organization.id;
          context["aws:SourceOrgPaths"] = [...organization.paths];
        }
        return {
          caller: serviceCaller(by, from.account, regional),
          path: { ...path, context },
          account: from.account,
        };
      }
    }
  }

  #operation(key: string, operation: string): { service: Service; handler: AnyOperation } {
    const service = this.registry.get(key);
    const handler = (service.operations as Record<string, AnyOperation | undefined>)[operation];
    if (!handler || !Object.hasOwn(service.operations, operation)) {
      throw new AwsError(
        "NotImplemented",
        `the operation ${service.actionPrefix}:${operation} is not supported by the Sagekeep local cloud`,
        { status: 501 },
      );
    }
    return { service, handler };
  }
}

function serviceCaller(service: string, account: string, regional?: string): Caller {
  const names = regional && { serviceNames: [service, regional] };
  return { principal: { kind: "service", service, ...names }, account, arn: service, userId: service };
}
