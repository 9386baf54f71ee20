/** What browsers ask of S3 that is no operation of its API: preflights, form uploads, pages of websites. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type FormClaim, uploadForm } from "../services/s3/browser-upload/upload.ts";
import { preflight } from "../services/s3/cors.ts";
import { buckets } from "../services/s3/state.ts";
import { type Fetched, serveWebsite } from "../services/s3/website/serve.ts";
import { requestIdHeaders } from "../wire/answer.ts";
import {
  isBrowserUpload,
  isPreflight,
  type RequestHead,
  type Target,
  toAwsError,
  type WireResponse,
  writeOutput,
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

/** Whether a request may be one of these: one to S3 that is no operation. */
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
  if (target.s3?.website) return answerVisitor(request);
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

/** A page of a bucket's website. */
async function answerVisitor(request: BrowserRequest): Promise<WireResponse> {
  const { target, head, requestId } = request;
  const bucket = target.s3?.bucket as string;
  const host = headerOf(head, "host") ?? "";
  const { status, headers, body } = await serveWebsite({
    bucket,
    method: head.method,
    visit: { secure: head.secure === true, host, key: target.s3?.key ?? "", query: target.rawQuery },
    requestId,
    context: request.contextFor(undefined, "GetObject"),
    fetch: (Key, plain) => fetchObject(request, { Bucket: bucket, Key, ...(!plain && conditionsOf(head)) }),
  });
  return { status, headers: { ...requestIdHeaders(true, requestId), ...headers }, body };
}

/** GetObject for nobody in particular, with what it sets on the answer. */
async function fetchObject(request: BrowserRequest, input: object): Promise<Fetched> {
  const { target, head, requestId, runtime } = request;
  const operation = target.model?.operation(head.method === "HEAD" ? "HeadObject" : "GetObject");
  const context = request.contextFor(undefined, operation?.name as string);
  try {
    const output = (await runtime.run(context, input)) as { WebsiteRedirectLocation?: string };
    const written = writeOutput(target, operation as NonNullable<typeof operation>, output, requestId);
    const answer = {
      ...written,
      status: context.responseStatus ?? written.status,
      headers: { ...written.headers, ...context.responseHeaders },
    };
    const to = output.WebsiteRedirectLocation;
    return { answer, ...(to !== undefined && { redirect: to }) };
  } catch (error) {
    const said = toAwsError(target, error);
    const status = said.status ?? 400;
    if (status === 304) return { answer: { status, headers: { ...context.responseHeaders }, body: "" } };
    if (status >= 500) throw error;
    return { error: said, status };
  }
}

/** What a browser that has a page already, or wants a piece of it, says so with. */
function conditionsOf(head: RequestHead): Record<string, unknown> {
  const date = (name: string): Date | undefined => {
    const given = new Date(headerOf(head, name) ?? "");
    return Number.isNaN(given.getTime()) ? undefined : given;
  };
  const all = {
    IfMatch: headerOf(head, "if-match"),
    IfNoneMatch: headerOf(head, "if-none-match"),
    IfModifiedSince: date("if-modified-since"),
    IfUnmodifiedSince: date("if-unmodified-since"),
    Range: headerOf(head, "range"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
