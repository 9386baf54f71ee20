/** The two requests that browsers make of S3 and that are no operation of its API: preflights and form uploads. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type FormClaim, uploadForm } from "../services/s3/browser-upload/upload.ts";
import { preflight } from "../services/s3/cors.ts";
import { buckets } from "../services/s3/state.ts";
import { requestIdHeaders } from "../wire/answer.ts";
import {
  isBrowserUpload,
  isPreflight,
  type RequestHead,
  type Target,
  type WireResponse,
} from "../wire/codec.ts";
import { headerOf } from "../wire/request.ts";

export interface BrowserRequest {
  runtime: Runtime;
  target: Target;
  head: RequestHead;
  source: AsyncIterable<Uint8Array>;
  requestId: string;
  /** The secret of a key. @throws AuthError */
  secretOf: (claim: FormClaim) => string;
  /** A context of an operation for the owner of a key, or for nobody. */
  contextFor: (claim: FormClaim | undefined, operation: string) => RequestContext;
}

/** Whether a request may be one of the two: one to S3 that is no operation. */
export function isForBrowsers({ service, operation }: Target): boolean {
  return service === "s3" && !operation;
}

/** The answer, or `undefined` when it is an ordinary request. */
export async function answerBrowser(request: BrowserRequest): Promise<WireResponse | undefined> {
  const { target, head, requestId } = request;
  const bucket = target.s3?.bucket;
  if (isPreflight(head)) {
    const context = request.contextFor(undefined, "Preflight");
    const headers = preflight(
      bucket === undefined ? undefined : buckets(context).get(bucket),
      context,
      target.s3?.key !== undefined,
    );
    return { status: 200, headers: { ...requestIdHeaders(true, requestId), ...headers }, body: "" };
  }
  if (!isBrowserUpload(head, target.s3) || bucket === undefined) return undefined;
  let context: RequestContext | undefined;
  const answer = await uploadForm({
    bucket,
    contentType: headerOf(head, "content-type") ?? "",
    body: request.source,
    now: request.runtime.clock.now(),
    host: headerOf(head, "host") ?? "",
    secure: head.secure === true,
    secretOf: request.secretOf,
    async put(input, claim) {
      context = request.contextFor(claim, "PutObject");
      return (await request.runtime.run(context, input)) as never;
    },
  });
  return {
    ...answer,
    headers: { ...requestIdHeaders(true, requestId), ...answer.headers, ...context?.responseHeaders },
  };
}
