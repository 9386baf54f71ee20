/** Decides a request: gathers every policy that applies to each of its checks and asks the engine. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Check, Service } from "../service.ts";

export class Authorizer {
  readonly runtime: Runtime;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Runs the operation's rule and demands every check of it. @throws AwsError in the service's own words */
  decide(context: RequestContext, service: Service, input: object): void {
    const rule = service.authorization[context.operation];
    const checks = rule
      ? rule(input as never, context)
      : [{ action: `${service.actionPrefix}:${context.operation}`, resource: "*" }];
    for (const check of checks) this.demand(context, check);
  }

  // Provisional: the engine is connected here as soon as its first version lands.
  demand(_context: RequestContext, _check: Check): void {}
  allows(_context: RequestContext, _check: Check): boolean {
    return true;
  }
  trusts(_context: RequestContext, _roleArn: string, _servicePrincipal: string): boolean {
    return true;
  }
}
