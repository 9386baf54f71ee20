/**
 * Website endpoints: a bucket's objects as pages for anybody, with index and error documents and redirects.
 * Nobody signs there: what is shown is what the bucket lets everybody read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../../context.ts";
import type { WireResponse } from "../../../wire/answer.ts";
import { AwsError } from "../../../wire/errors.ts";
import { methodNotAllowed, noSuchBucket } from "../errors.ts";
import { type Bucket, buckets } from "../state.ts";
import { newest } from "../versions.ts";
import { errorHeaders, errorPage } from "./page.ts";
import { encodeKey, follow, followAll, redirect, ruleFor, type Visit } from "./routing.ts";

/** An object as the API would give it to anybody, or why it would not. */
export type Fetched = { answer: WireResponse; redirect?: string } | { error: AwsError; status: number };

export interface WebsiteRequest {
  bucket: string;
  method: string;
  visit: Visit;
  requestId: string;
  context: ReadContext;
  /** Reads an object for an anonymous caller. `plain` leaves out the request's conditions and range. */
  fetch(key: string, plain?: boolean): Promise<Fetched>;
}

export async function serveWebsite(request: WebsiteRequest): Promise<WireResponse> {
  const answer = await page(request);
  return request.method === "HEAD" ? { ...answer, body: "" } : answer;
}

async function page(request: WebsiteRequest): Promise<WireResponse> {
  const { method, visit, requestId, context } = request;
  if (method !== "GET" && method !== "HEAD") {
    return errorPage(405, methodNotAllowed(method, "OBJECT"), requestId);
  }
  const bucket = buckets(context).get(request.bucket);
  if (!bucket) return errorPage(404, noSuchBucket(request.bucket), requestId);
  const site = bucket.kept?.website?.[""] as S3.WebsiteConfiguration | undefined;
  if (!site) return errorPage(404, noSite(bucket), requestId);
  if (site.RedirectAllRequestsTo) return followAll(site.RedirectAllRequestsTo, visit);
  const rules = site.RoutingRules ?? [];
  const rule = ruleFor(rules, visit.key);
  if (rule) return follow(rule, visit);

  const index = site.IndexDocument?.Suffix ?? "";
  const asksForIndex = visit.key === "" || visit.key.endsWith("/");
  const found = await request.fetch(asksForIndex ? visit.key + index : visit.key);
  if ("answer" in found) return shown(found);
  if (!asksForIndex && isThere(`${visit.key}/${index}`, bucket, context)) {
    return redirect(302, `/${encodeKey(visit.key)}/`);
  }
  const missed = ruleFor(rules, visit.key, found.status);
  if (missed) return follow(missed, visit);
  return failed(request, found, site.ErrorDocument?.Key);
}

const noSite = ({ name }: Readonly<Bucket>) =>
  new AwsError("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration", {
    status: 404,
    members: { BucketName: name },
  });

/** An object that is nothing but a redirect sends its visitors on. */
const shown = ({ answer, redirect: to }: Extract<Fetched, { answer: WireResponse }>): WireResponse =>
  to === undefined ? answer : redirect(301, to);

function isThere(key: string, bucket: Readonly<Bucket>, context: ReadContext): boolean {
  const found = newest(context, bucket.name, key);
  return found !== undefined && !found.deleteMarker;
}

/** The site's own page for errors, under the status of the error; S3's where there is none to show. */
async function failed(
  request: WebsiteRequest,
  { error, status }: Extract<Fetched, { error: AwsError }>,
  document: string | undefined,
): Promise<WireResponse> {
  const { requestId } = request;
  const clients = status >= 400 && status < 500 && status !== 412 && status !== 416;
  if (document === undefined || !clients) return errorPage(status, error, requestId);
  const found = await request.fetch(document, true);
  if (!("answer" in found)) return errorPage(status, error, requestId, found.error);
  if (found.redirect !== undefined) return redirect(301, found.redirect);
  return { ...found.answer, status, headers: { ...found.answer.headers, ...errorHeaders(error) } };
}
