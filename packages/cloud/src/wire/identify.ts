/**
 * Which service, protocol and operation a request is for, from its head alone.
 *
 * The scope of the signature names the service nearly always; the protocol is chosen per request, as one service may
 * speak several. Never throws: what is wrong is in `problem`, in the protocol that the caller seems to speak.
 */
import type { AuthError } from "./errors.ts";
import { AwsError } from "./errors.ts";
import type { OperationModel, ProtocolName, ServiceModel } from "./model.ts";
import { notSupportedService, unknownOperation } from "./protocol-errors.ts";
import type { RequestHead } from "./request.ts";
import { headerOf, hostNameOf, parseQuery, splitTarget } from "./request.ts";
import type { S3Address } from "./s3.ts";
import { addressOf, bucketOfHost, s3Operation } from "./s3.ts";
import type { ServiceKey } from "./services.ts";
import { loadedModel, loadModel, metaOf, serviceKeys } from "./services.ts";
import type { SignatureClaim } from "./signature.ts";
import { readSignature } from "./signature.ts";

export interface Target {
  /** Key of the mounted service, or the name the caller gave to one that is not mounted. */
  readonly service: ServiceKey | (string & {});
  readonly protocol: ProtocolName;
  /** Absent when the service is not mounted. */
  readonly model: ServiceModel | undefined;
  /** The operation, where the head names it; the query protocols name it in the body. */
  readonly operation: OperationModel | undefined;
  /** Region of the signature's scope. */
  readonly region: string | undefined;
  /** What the request says of its signature; `undefined` for an anonymous one. */
  readonly claim: SignatureClaim | undefined;
  readonly method: string;
  /** Raw path and query of the request target. */
  readonly path: string;
  readonly rawQuery: string;
  /** Decoded query, in order. */
  readonly query: readonly (readonly [string, string])[];
  /** Labels of a REST path. */
  readonly labels: Readonly<Record<string, string>>;
  /** Bucket and key of an S3 request. */
  readonly s3: S3Address | undefined;
  /** awsJson's version as the caller spoke it. */
  readonly jsonVersion: "1.0" | "1.1";
  /** A query request that asks for its answer in JSON. */
  asJson: boolean;
  /** What already is wrong; thrown by `readInput`, or earlier by `authenticate`. */
  readonly problem: AwsError | AuthError | undefined;
}

type Draft = { -readonly [K in keyof Target]: Target[K] };

/** Identifies a request: at once, or when the service's model is loaded, on its first request. */
export function identify(head: RequestHead): Target | Promise<Target> {
  const draft = draftOf(head);
  const key = draft.service as ServiceKey;
  if (!serviceKeys.includes(key)) {
    draft.problem ??= notSupportedService(draft.protocol, draft.service);
    return draft;
  }
  const model = loadedModel(key);
  return model
    ? withOperation(draft, model, head)
    : loadModel(key).then((one) => withOperation(draft, one, head));
}

function withOperation(draft: Draft, model: ServiceModel, head: RequestHead): Target {
  draft.model = model;
  try {
    findOperation(draft, model, head);
  } catch (error) {
    draft.problem ??= error as AwsError;
  }
  return draft;
}

function draftOf(head: RequestHead): Draft {
  const { path, query } = splitTarget(head.url);
  const draft: Draft = {
    service: "s3",
    protocol: "rest-xml",
    model: undefined,
    operation: undefined,
    region: undefined,
    claim: undefined,
    method: head.method,
    path,
    rawQuery: query,
    query: [],
    labels: {},
    s3: undefined,
    jsonVersion: "1.1",
    asJson: false,
    problem: undefined,
  };
  try {
    draft.claim = readSignature(head);
  } catch (error) {
    draft.problem = error as AuthError;
  }
  try {
    draft.query = parseQuery(query);
  } catch (error) {
    draft.problem ??= error as AwsError;
  }
  draft.region = draft.claim?.region || regionOfHost(hostNameOf(head));
  draft.service = serviceOf(head, path, draft.claim?.service ?? scopeHint(head), draft.query);
  const meta = serviceKeys.includes(draft.service as ServiceKey)
    ? metaOf(draft.service as ServiceKey)
    : undefined;
  draft.protocol = protocolOf(head, meta?.protocol ?? unmounted[draft.service], path, draft.query);
  draft.asJson = draft.protocol === "query" && /^application\/json\b/.test(headerOf(head, "accept") ?? "");
  const type = headerOf(head, "content-type") ?? "";
  draft.jsonVersion = type.includes("json-1.0")
    ? "1.0"
    : type.includes("json-1.1")
      ? "1.1"
      : (meta?.jsonVersion ?? "1.1");
  return draft;
}

/** A scope named in a malformed Authorization header still tells which service is meant. */
function scopeHint(head: RequestHead): string | undefined {
  return /\/\d{8}\/[^/]*\/([a-z0-9-]+)\/aws4_request/.exec(headerOf(head, "authorization") ?? "")?.[1];
}

const scopeAliases: Readonly<Record<string, ServiceKey>> = {
  ...Object.fromEntries(serviceKeys.map((key) => [metaOf(key).signingName, key])),
  s3: "s3",
  s3express: "s3",
  "s3-outposts": "s3",
  "s3-object-lambda": "s3",
  sagemaker: "sagemaker",
};

const hostLabels: Readonly<Record<string, ServiceKey>> = {
  ...scopeAliases,
  "s3-control": "s3-control",
};

function serviceOf(
  head: RequestHead,
  path: string,
  scope: string | undefined,
  query: readonly (readonly [string, string])[],
): ServiceKey | (string & {}) {
  const target = headerOf(head, "x-amz-target");
  if (scope) {
    const key = Object.hasOwn(scopeAliases, scope) ? scopeAliases[scope] : undefined;
    if (key === "s3") return isS3Control(head, path) ? "s3-control" : "s3";
    if (key === "sagemaker" && target === undefined && !isForm(head)) return "sagemaker-runtime";
    return key ?? scope;
  }
  if (target !== undefined) {
    const prefix = prefixOf(target);
    return serviceKeys.find((key) => metaOf(key).target === prefix) ?? prefix;
  }
  const rpc = rpcPath.exec(path);
  if (rpc) return serviceKeys.find((key) => metaOf(key).target === rpc[1]) ?? (rpc[1] as string);
  const labels = hostNameOf(head).split(".");
  if (labels.includes("s3-control") || isS3Control(head, path)) return "s3-control";
  if (hostNameOf(head).endsWith(".amazonaws.com") || labels.at(-1) === "localhost") {
    if (labels.includes("sagemaker") && labels.includes("runtime")) return "sagemaker-runtime";
    for (const label of labels.slice(0, 2)) {
      if (Object.hasOwn(hostLabels, label)) return hostLabels[label] as ServiceKey;
    }
    // a service of AWS's that is not here is no bucket
    const other = elsewhere.exec(hostNameOf(head))?.[1];
    if (other !== undefined && !/(?:^|\.)s3[.-]/.test(hostNameOf(head))) return other;
  }
  const version = query.find(([name]) => name === "Version")?.[1];
  if (version !== undefined && query.some(([name]) => name === "Action")) {
    return (
      serviceKeys.find((key) => metaOf(key).version === version && /query|ec2/.test(metaOf(key).protocol)) ??
      "sts"
    );
  }
  // The only query operations that go unsigned are those of STS; a form for a bucket is a browser's.
  return isForm(head) && !isBucketPath(head, path) ? "sts" : "s3";
}

const elsewhere = /^(?:[a-z0-9-]+\.)?([a-z0-9-]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$/;

const rpcPath = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

function prefixOf(target: string): string {
  return target.split(".").at(-2) ?? target;
}

function isS3Control(head: RequestHead, path: string): boolean {
  return (
    /^\/v20180820(?:\/|$)/.test(path) &&
    (headerOf(head, "x-amz-account-id") !== undefined || /^\d{12}\./.test(hostNameOf(head)))
  );
}

function isBucketPath(head: RequestHead, path: string): boolean {
  return path !== "/" || bucketOfHost(hostNameOf(head)) !== undefined;
}

function isForm(head: RequestHead): boolean {
  return (headerOf(head, "content-type") ?? "").startsWith("application/x-www-form-urlencoded");
}

function regionOfHost(host: string): string | undefined {
  return /(?:^|[.-])([a-z]{2}(?:-[a-z]+)+-\d)(?=\.|$)/.exec(host)?.[1];
}

/** Services that are not here and whose clients read XML, so that they can read that. */
const unmounted: Readonly<Record<string, ProtocolName>> = { route53: "rest-xml", cloudfront: "rest-xml" };

function protocolOf(
  head: RequestHead,
  own: ProtocolName | undefined,
  path: string,
  query: readonly (readonly [string, string])[],
): ProtocolName {
  if (headerOf(head, "smithy-protocol") === "rpc-v2-cbor" || (rpcPath.test(path) && own !== "rest-xml"))
    return "cbor";
  if (own === "rest-xml" || own === "ec2" || own === "rest-json") return own;
  if (headerOf(head, "x-amz-target") !== undefined) return "json";
  if (isForm(head) || query.some(([name]) => name === "Action"))
    return own === "json" || own === undefined ? "query" : own;
  return own ?? "rest-json";
}

function findOperation(draft: Draft, model: ServiceModel, head: RequestHead): void {
  switch (draft.protocol) {
    case "json":
    case "cbor": {
      const target = headerOf(head, "x-amz-target");
      const name = draft.protocol === "cbor" ? rpcPath.exec(draft.path)?.[2] : target?.split(".").at(-1);
      draft.operation = name === undefined ? undefined : model.operation(name);
      if (
        !draft.operation ||
        (target !== undefined && draft.protocol === "json" && prefixOf(target) !== model.meta.target)
      ) {
        draft.operation = undefined;
        draft.problem ??= unknownOperation(draft, name);
      } else if (draft.method !== "POST") draft.problem ??= unknownOperation(draft, name);
      return;
    }
    case "query":
    case "ec2": {
      const action = draft.query.find(([name]) => name === "Action")?.[1];
      draft.operation = action === undefined ? undefined : model.operation(action);
      return;
    }
    default: {
      const query = new Map<string, string>();
      for (const [name, text] of draft.query) if (!query.has(name)) query.set(name, text);
      if (model.key === "s3") {
        draft.s3 = addressOf(head, draft.path);
        if (!draft.s3.website && !isPreflight(head) && !isBrowserUpload(head, draft.s3)) {
          draft.operation = s3Operation(model, head, draft.s3, query);
          // directory buckets are listed at the same place, and known by the signature's scope alone
          if (draft.claim?.service === "s3express" && draft.operation.name === "ListBuckets") {
            draft.operation = model.operation("ListDirectoryBuckets");
          }
        }
        return;
      }
      const match = model.router.match(draft.method, draft.path, query);
      if (!match) throw unknownOperation(draft, undefined);
      draft.operation = match.operation;
      draft.labels = match.labels;
    }
  }
}

/** A CORS preflight request, which is no operation of the SDK. */
export function isPreflight(head: Pick<RequestHead, "method">): boolean {
  return head.method === "OPTIONS";
}

/** A browser's form upload to a bucket (POST Object), which is no operation of the SDK either. */
export function isBrowserUpload(head: RequestHead, address: S3Address | undefined): boolean {
  if (head.method !== "POST" || address?.bucket === undefined || address.key !== undefined) return false;
  if ((headerOf(head, "content-type") ?? "").startsWith("multipart/form-data")) return true;
  // a form of the wrong kind, not an operation whose client names no better type
  return isForm(head) && !head.url.includes("?") && !headerOf(head, "authorization");
}

/** A target for errors that come before a request could be read at all. */
export function blankTarget(method = "GET"): Target {
  return {
    ...draftOf({ method, url: "/", headers: {} }),
    problem: new AwsError("InvalidRequest", "The request could not be read."),
  };
}
