/** Hands every finished call, denied ones too, to the trail. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Service } from "../service.ts";
import { buildEvent, type CloudTrailEvent } from "../trail/event.ts";
import { sharedEvent } from "../trail/store.ts";
import { isAwsError } from "../wire/errors.ts";

export class Recorder {
  readonly #append: (event: CloudTrailEvent) => void;

  /** @param append the trail's own; called in the unit of work of a request that wrote */
  constructor(append: (event: CloudTrailEvent) => void) {
    this.#append = append;
  }

  succeeded(context: RequestContext, service: Service, input: object, output: unknown): void {
    this.#record(context, service, input, output, undefined);
  }

  failed(context: RequestContext, service: Service, input: object, error: unknown): void {
    this.#record(context, service, input, undefined, {
      code: isAwsError(error) ? error.code : "InternalFailure",
      message: isAwsError(error) ? error.message : "An internal error occurred",
      ...(isAwsError(error) && error.status !== undefined && { status: error.status }),
    });
  }

  #record(
    context: RequestContext,
    service: Service,
    input: object,
    output: unknown,
    error: { code: string; message: string; status?: number } | undefined,
  ): void {
    const { caller, operation, account, region, now, requestId, path, http, notes } = context;
    const invokedBy =
      caller.calledVia?.at(-1) ??
      (caller.principal.kind === "service" ? caller.principal.service : undefined);
    const { key, actionPrefix } = service;
    service.recorded?.({ context, input, output, notes, ...(error && { error }) });
    const event = buildEvent({
      caller,
      service: key,
      actionPrefix,
      operation,
      input,
      output,
      error,
      account,
      region,
      now,
      requestId,
      path,
      invokedBy,
      userAgent: http?.headers["user-agent"],
      host: http?.host,
      notes,
    });
    // the owner of a role sees who assumed it from another account
    const owner = key === "sts" && !error ? notes.resources?.[0]?.accountId : undefined;
    if (owner !== undefined && owner !== account) {
      for (const one of sharedEvent(event, owner)) this.#append(one);
    } else this.#append(event);
  }
}
