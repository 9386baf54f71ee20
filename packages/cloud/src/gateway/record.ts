/** Hands every finished call, denied ones too, to the trail. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Service } from "../service.ts";
import { buildEvent, type CloudTrailEvent } from "../trail/event.ts";
import { networkActivity } from "../trail/network-activity.ts";
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

  /** A request that was refused before it was understood: by an authenticated caller, with parameters that are none. */
  refused(context: RequestContext, service: Service, error: unknown): void {
    this.#record(context, service, undefined, undefined, problemOf(error));
  }

  failed(context: RequestContext, service: Service, input: object, error: unknown): void {
    this.#record(context, service, input, undefined, problemOf(error));
  }

  #record(
    context: RequestContext,
    service: Service,
    input: object | undefined,
    output: unknown,
    error: { code: string; message: string; status?: number } | undefined,
  ): void {
    const { caller, operation, account, region, now, requestId, path, http, notes } = context;
    const invokedBy =
      caller.calledVia?.at(-1) ??
      (caller.principal.kind === "service" ? caller.principal.service : undefined);
    const { key, actionPrefix } = service;
    if (input) service.recorded?.({ context, input, output, notes, ...(error && { error }) });
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
      http,
      notes,
    });
    // the owner of a role, a key, a bucket sees what other accounts do with it
    const owner = error ? undefined : ownerOf(key, event);
    if (owner !== undefined && owner !== account) {
      for (const one of sharedEvent(event, owner)) this.#append(one);
    } else this.#append(event);
    const activity = networkActivity(event);
    if (activity) this.#append(activity);
  }
}

function problemOf(error: unknown): { code: string; message: string; status?: number } {
  if (!isAwsError(error)) return { code: "InternalFailure", message: "An internal error occurred" };
  const { code, message, status } = error;
  return { code, message, ...(status !== undefined && { status }) };
}

const SHARED = new Set(["sts", "kms", "s3"]);

function ownerOf(service: string, { resources }: CloudTrailEvent): string | undefined {
  return SHARED.has(service) ? resources?.find((one) => one.accountId !== undefined)?.accountId : undefined;
}
