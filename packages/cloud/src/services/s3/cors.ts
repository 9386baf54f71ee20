/** Cross-origin requests: which rule of a bucket lets one in, and what its answer says. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../context.ts";
import type { FinishedCall } from "../../service.ts";
import { AwsError } from "../../wire/errors.ts";
import { type Bucket, buckets } from "./state.ts";

const HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"];

export interface Origin {
  origin: string;
  method: string;
  /** Headers that the browser wants to send, lower case. */
  headers: readonly string[];
}

/** Headers of an answer to this origin; `undefined` where no rule lets it in. */
export function corsHeaders(
  rules: readonly S3.CORSRule[] | undefined,
  { origin, method, headers }: Origin,
): Record<string, string> | undefined {
  const rule = rules?.find(
    (one) =>
      (one.AllowedOrigins ?? []).some((pattern) => wild(pattern).test(origin)) &&
      (one.AllowedMethods ?? []).includes(method) &&
      headers.every((header) =>
        (one.AllowedHeaders ?? []).some((pattern) => wild(pattern.toLowerCase()).test(header)),
      ),
  );
  if (!rule) return undefined;
  const anyone = rule.AllowedOrigins?.includes("*") ?? false;
  return {
    "access-control-allow-origin": anyone ? "*" : origin,
    "access-control-allow-methods": (rule.AllowedMethods ?? []).join(", "),
    ...(headers.length > 0 && { "access-control-allow-headers": headers.join(", ") }),
    ...(rule.ExposeHeaders?.length && { "access-control-expose-headers": rule.ExposeHeaders.join(", ") }),
    ...(rule.MaxAgeSeconds !== undefined && { "access-control-max-age": String(rule.MaxAgeSeconds) }),
    ...(!anyone && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** Lets browsers read the answer to an ordinary request. */
export function allowOrigin({ context, input }: FinishedCall): void {
  const origin = context.http?.headers.origin;
  const name = (input as { Bucket?: string }).Bucket;
  if (!origin || typeof name !== "string") return;
  const rules = buckets(context).get(name)?.cors as S3.CORSRule[] | undefined;
  const method = context.http?.headers["access-control-request-method"] ?? context.http?.method ?? "GET";
  // S3 heeds the headers of a preflight on ordinary requests too, but never answers to them
  const { "access-control-allow-headers": _, ...answer } =
    corsHeaders(rules, { origin, method, headers: requestedHeaders(context) }) ?? {};
  Object.assign(context.responseHeaders, answer);
}

function requestedHeaders(context: CallContext): string[] {
  return (context.http?.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .filter(Boolean);
}

/**
 * The answer to a preflight request.
 * @param hasKey whether it is about an object
 * @throws BadRequest, AccessForbidden
 */
export function preflight(
  bucket: Readonly<Bucket> | undefined,
  context: CallContext,
  hasKey = true,
): Record<string, string> {
  const given = context.http?.headers ?? {};
  const { origin } = given;
  const method = given["access-control-request-method"];
  if (!origin) {
    throw new AwsError("BadRequest", "Insufficient information. Origin request header needed.", {
      status: 400,
    });
  }
  // a request that does not say which method it would use is judged as OPTIONS
  if (!bucket) throw forbidden("CORSResponse: Bucket not found", method ?? "OPTIONS", false);
  if (!bucket.cors) {
    throw forbidden("CORSResponse: CORS is not enabled for this bucket.", method ?? "OPTIONS", false);
  }
  if (!method || !HTTP_METHODS.includes(method)) {
    throw new AwsError("BadRequest", `Invalid Access-Control-Request-Method: ${method ?? "null"}`, {
      status: 400,
    });
  }
  const headers = requestedHeaders(context);
  const answer = corsHeaders(bucket.cors as S3.CORSRule[], { origin, method, headers });
  if (!answer) {
    throw forbidden(
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      method,
      hasKey,
    );
  }
  return answer;
}

const forbidden = (message: string, method: string, object: boolean) =>
  new AwsError("AccessForbidden", message, {
    status: 403,
    members: { Method: method, ResourceType: object ? "OBJECT" : "BUCKET" },
  });

const wild = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
