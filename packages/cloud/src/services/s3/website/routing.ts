/**
 * Routing rules of a website: which one a request meets, and where it leads.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html#advanced-conditional-redirects
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { WireResponse } from "../../../wire/answer.ts";

/** A request as redirects see it. */
export interface Visit {
  secure: boolean;
  host: string;
  /** The key asked for, decoded; empty at the root. */
  key: string;
  /** As it was sent, without its question mark. */
  query: string;
}

/** The first rule that a request meets; before anything is read, `status` is not known. */
export function ruleFor(
  rules: readonly S3.RoutingRule[],
  key: string,
  status?: number,
): S3.RoutingRule | undefined {
  return rules.find(({ Condition: condition }) => {
    const prefix = condition?.KeyPrefixEquals;
    const error = condition?.HttpErrorCodeReturnedEquals;
    if (prefix !== undefined && !key.startsWith(prefix)) return false;
    return error === undefined || Number(error) === status;
  });
}

/** The answer that sends a visitor where a rule leads. */
export function follow(rule: S3.RoutingRule, visit: Visit): WireResponse {
  const { HostName, Protocol, HttpRedirectCode, ReplaceKeyWith, ReplaceKeyPrefixWith } = rule.Redirect ?? {};
  const prefix = rule.Condition?.KeyPrefixEquals ?? "";
  let path = encodeKey(visit.key);
  if (ReplaceKeyWith !== undefined) path = ReplaceKeyWith;
  else if (ReplaceKeyPrefixWith !== undefined) {
    path = ReplaceKeyPrefixWith + encodeKey(visit.key.slice(prefix.length));
  }
  return redirect(Number(HttpRedirectCode ?? 301), address(visit, path, HostName, Protocol));
}

/** The answer of a site that is elsewhere altogether. */
export function followAll(to: S3.RedirectAllRequestsTo, visit: Visit): WireResponse {
  return redirect(301, address(visit, encodeKey(visit.key), to.HostName, to.Protocol));
}

export const redirect = (status: number, location: string): WireResponse => ({
  status,
  headers: { location },
  body: "",
});

function address(visit: Visit, path: string, host = visit.host, protocol?: string): string {
  const query = visit.query === "" ? "" : `?${visit.query}`;
  return `${protocol ?? (visit.secure ? "https" : "http")}://${host}/${path}${query}`;
}

export const encodeKey = (key: string): string => key.split("/").map(encodeURIComponent).join("/");
