/**
 * S3's own ways: the bucket in the host or in the path, operations chosen by query keys and headers,
 * the copy source header, presigned headers in the query.
 * See https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
import { AwsError } from "./errors.ts";
import type { OperationModel, ServiceModel } from "./model.ts";
import type { RequestHead } from "./request.ts";
import { decodeUri, headerOf, hostNameOf } from "./request.ts";
import type { Route } from "./routes.ts";
import { hasQuery } from "./routes.ts";

export interface S3Address {
  /** Bucket name, access point alias or ARN; `undefined` at the service's root. */
  readonly bucket: string | undefined;
  /** Object key, decoded, where S3 reads a bare `+` as a space as well; `undefined` at the bucket. */
  readonly key: string | undefined;
  readonly virtualHost: boolean;
  /** The bucket's website is asked for a page, which is no operation of the API. */
  readonly website?: true;
}

const s3Host =
  /^(?:(.+)\.)?s3(?:[.-](?:dualstack|fips|accelerate|accesspoint|website|external-1|[a-z]{2}(?:-[a-z]+)+-\d))*(?:\.amazonaws\.com(?:\.cn)?|\.localhost(?:\.localstack\.cloud)?|\.sagekeep\.localhost)?$/;
const accessPointHost =
  /^(.+)-(\d{12})\.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.([a-z0-9-]+)\.amazonaws\.com$/;
const localSuffix = /^(.+)\.localhost$/;

/** The bucket named by a virtual-hosted host, or `undefined` for path style. */
export function bucketOfHost(host: string): string | undefined {
  const point = accessPointHost.exec(host);
  if (point) return `arn:aws:s3:${point[3]}:${point[2]}:accesspoint/${point[1]}`;
  const named = s3Host.exec(host);
  if (named) return named[1];
  const local = localSuffix.exec(host)?.[1];
  return local !== undefined && local !== "s3" && !local.endsWith(".s3") ? local : undefined;
}

const websiteHost = /(?:^|\.)s3-website[.-]/;

/** Bucket and key of a request. @throws NotImplemented for a website endpoint that names no bucket */
export function addressOf(head: RequestHead, path: string): S3Address {
  const host = hostNameOf(head);
  if (websiteHost.test(host)) {
    const site = host.slice(0, Math.max(0, host.search(websiteHost)));
    if (site !== "") {
      const key = path === "/" ? undefined : decodeUri(path.slice(1));
      return { bucket: site, key, virtualHost: true, website: true };
    }
    const message = "Website endpoints of S3 without a bucket are not supported by the Sagekeep local cloud.";
    throw new AwsError("NotImplemented", message, { status: 501 });
  }
  const bucket = bucketOfHost(host);
  if (bucket !== undefined) {
    return { bucket, key: path === "/" ? undefined : decodeUri(path.slice(1), true), virtualHost: true };
  }
  if (path === "/") return { bucket: undefined, key: undefined, virtualHost: false };
  const decoded = path.slice(1);
  // An access point's ARN in the path (`arn%3Aaws%3As3%3A…%3Aaccesspoint%2Fname`) keeps its slash encoded.
  const slash = decoded.indexOf("/");
  const first = slash === -1 ? decoded : decoded.slice(0, slash);
  const rest = slash === -1 ? "" : decoded.slice(slash + 1);
  const name = decodeUri(first);
  if (name.startsWith("arn:") && name.endsWith(":accesspoint")) {
    const [point = "", ...key] = rest.split("/");
    return {
      bucket: `${name}/${point}`,
      key: key.join("/") === "" ? undefined : decodeUri(key.join("/"), true),
      virtualHost: false,
    };
  }
  return { bucket: name, key: rest === "" ? undefined : decodeUri(rest, true), virtualHost: false };
}

type Level = "service" | "bucket" | "object";

function levelOf(route: Route): Level {
  const segment = route.segments[0];
  if (segment && "label" in segment && segment.label === "Key") return "object";
  return route.operation.input.member("Bucket") ? "bucket" : "service";
}

const indexes = new WeakMap<ServiceModel, Map<string, Route[]>>();

function indexOf(model: ServiceModel): Map<string, Route[]> {
  let index = indexes.get(model);
  if (!index) {
    index = new Map();
    for (const route of model.router.routes) {
      const first = route.segments[0];
      // Operations on hosts of their own (object lambda, directory buckets) have no place here.
      if (first && "text" in first && first.text !== "") continue;
      const key = `${route.method} ${levelOf(route)}`;
      index.set(key, [...(index.get(key) ?? []), route]);
    }
    indexes.set(model, index);
  }
  return index;
}

/** The operation of an S3 request; throws `MethodNotAllowed` when there is none. */
export function s3Operation(
  model: ServiceModel,
  head: RequestHead,
  address: S3Address,
  query: ReadonlyMap<string, string>,
): OperationModel {
  if (head.method === "POST" && headerOf(head, "x-amz-request-route") !== undefined) {
    return model.operation("WriteGetObjectResponse") as OperationModel;
  }
  const level: Level =
    address.bucket === undefined ? "service" : address.key === undefined ? "bucket" : "object";
  const copies = headerOf(head, "x-amz-copy-source") !== undefined;
  let best: Route | undefined;
  let bestScore = -1;
  for (const route of indexOf(model).get(`${head.method} ${level}`) ?? []) {
    if (!hasQuery(route, query) || !route.required.every((key) => query.has(key))) continue;
    const wantsCopy = route.operation.input.member("CopySource")?.required === true;
    if (wantsCopy && !copies) continue;
    const named = query.get("x-id") === route.operation.name;
    const score =
      route.query.length * 100 + route.required.length * 10 + (wantsCopy ? 5 : 0) + (named ? 1 : 0);
    if (
      score > bestScore ||
      (score === bestScore && route.operation.name === preferred[best?.operation.name ?? ""])
    ) {
      best = route;
      bestScore = score;
    }
  }
  if (best) return best.operation;
  throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    members: {
      Method: head.method,
      ResourceType: level === "object" ? "OBJECT" : level === "bucket" ? "BUCKET" : "SERVICE",
    },
  });
}

/** Where two operations have the same route, the one that ordinary hosts serve. */
const preferred: Readonly<Record<string, string>> = { ListDirectoryBuckets: "ListBuckets" };

/** Query parameters of a presigned request that stand for headers (the JS presigner moves them there). */
export function hoistedHeaders(query: readonly (readonly [string, string])[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, text] of query) {
    const lower = name.toLowerCase();
    if (
      !lower.startsWith("x-amz-") ||
      /^x-amz-(?:checksum-|sdk-|algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256)/.test(
        lower,
      )
    )
      continue;
    headers[lower] = text;
  }
  return headers;
}
