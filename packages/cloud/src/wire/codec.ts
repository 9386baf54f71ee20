/**
 * The wire layer's façade, in the order of a request's life:
 * `identify` → `receive` → `authenticate` → `readInput` → (authorize, handle) → `writeOutput` or `writeError`.
 */
import { gunzipSync } from "node:zlib";
import type { WireResponse } from "./answer.ts";
import { requestIdHeaders } from "./answer.ts";
import type { StreamingBody } from "./body.ts";
import { bodyOf, checkWhole, contentMismatch, hashOf, noBody, readWhole, streamingBody } from "./body.ts";
import { readCbor, writeCbor } from "./cbor.ts";
import { AuthError, AwsError, isAwsError } from "./errors.ts";
import type { Target } from "./identify.ts";
import { serializationError } from "./json.ts";
import type { ErrorModel, OperationModel, ServiceModel } from "./model.ts";
import { authenticationError, validationError } from "./protocol-errors.ts";
import { readJsonInput, writeJsonError, writeJsonOutput } from "./protocols/json.ts";
import { readQueryInput, writeQueryError, writeQueryOutput } from "./protocols/query.ts";
import { readRestInput, streamsInput, writeRestError, writeRestOutput } from "./protocols/rest.ts";
import type { RequestHead } from "./request.ts";
import { headerOf } from "./request.ts";
import type { ServiceKey } from "./services.ts";
import { constraintsOf } from "./services.ts";
import { unit } from "./shape.ts";
import type { Verified, VerifyOptions } from "./sigv4.ts";
import { verifySignature } from "./sigv4.ts";
import { type Violation, violationsOf } from "./validate.ts";

export type { WireResponse } from "./answer.ts";
export { noBody } from "./body.ts";
export type { Target } from "./identify.ts";
export { blankTarget, identify, isBrowserUpload, isPreflight } from "./identify.ts";
export { notSupported } from "./protocol-errors.ts";
export type { RequestHead } from "./request.ts";
export type { LookupSecret, Verified } from "./sigv4.ts";

/** A body as it was received: whole, or still to come for S3's streaming uploads. */
export type Payload =
  | { readonly kind: "whole"; readonly bytes: Buffer; readonly hash: string }
  | { readonly kind: "stream"; readonly source: AsyncIterable<Uint8Array> | Buffer };

/** The most bytes of a body that does not stream. */
const wholeLimits: Readonly<Record<string, number>> = {
  ecr: 64 * 2 ** 20,
  "sagemaker-runtime": 32 * 2 ** 20,
};
const wholeLimit = 16 * 2 ** 20;

/** A body that streams is read at once when it is not longer: waiting for pieces costs more than the bytes. */
const smallBody = 32 * 2 ** 10;

/** Reads the body unless the operation takes a stream. Throws `RequestEntityTooLarge`. */
export function receive(
  target: Target,
  head: RequestHead,
  source: AsyncIterable<Uint8Array>,
): Payload | Promise<Payload> {
  if (
    target.service === "s3" &&
    (streamsInput(target.operation) || (target.method === "POST" && !target.operation && target.s3?.bucket))
  ) {
    if (!(Number(head.headers["content-length"]) <= smallBody)) return { kind: "stream", source };
    return readWhole(source, smallBody).then((bytes) => ({ kind: "stream", source: bytes }));
  }
  if (source === noBody) return emptyPayload;
  return readWhole(source, wholeLimits[target.service] ?? wholeLimit).then(payloadOfBytes);
}

/** A payload of bytes already there. */
export function payloadOfBytes(bytes: Uint8Array): Payload {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  return { kind: "whole", bytes: buffer, hash: hashOf(buffer) };
}

const emptyPayload = payloadOfBytes(Buffer.alloc(0));

/** Verifies a request's signature; `undefined` for an anonymous request. Throws an `AuthError` or `AwsError`. */
export function authenticate(
  target: Target,
  head: RequestHead,
  payload: Payload,
  options: VerifyOptions,
): Verified | undefined {
  if (target.problem instanceof AuthError) throw target.problem;
  if (!target.claim) return undefined;
  const declared = headerOf(head, "x-amz-content-sha256");
  const isS3 = target.protocol === "rest-xml";
  let payloadHash: string;
  if (declared !== undefined) payloadHash = declared;
  else if (isS3 && target.claim.kind === "query")
    payloadHash =
      target.query.find(([name]) => name.toLowerCase() === "x-amz-content-sha256")?.[1] ?? "UNSIGNED-PAYLOAD";
  else if (payload.kind === "whole" && !(target.service === "s3" && target.claim.kind === "header"))
    payloadHash = payload.hash;
  else if (target.claim.kind === "header") {
    throw new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", {
      status: 400,
    });
  } else payloadHash = "UNSIGNED-PAYLOAD";
  if (target.service === "s3" && target.claim.kind === "header") checkPayloadHash(payloadHash);
  const verified = verifySignature(target.claim, head, payloadHash, options);
  if (payload.kind === "whole" && payload.hash !== payloadHash && /^[0-9a-f]{64}$/.test(payloadHash)) {
    if (isS3) throw contentMismatch(payloadHash, payload.hash);
    throw new AuthError("signature-mismatch", mismatch, { accessKeyId: target.claim.accessKeyId });
  }
  return verified;
}

const PAYLOAD_WORDS = [
  "UNSIGNED-PAYLOAD",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
  "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
];

/** @throws InvalidArgument unless `x-amz-content-sha256` is a hash or one of the words that stand for none */
function checkPayloadHash(declared: string): void {
  if (/^[0-9a-f]{64}$/i.test(declared) || PAYLOAD_WORDS.includes(declared)) return;
  throw new AwsError(
    "InvalidArgument",
    `x-amz-content-sha256 must be ${PAYLOAD_WORDS.join(", ")} or a valid sha256 value.`,
    { status: 400, members: { ArgumentName: "x-amz-content-sha256", ArgumentValue: declared } },
  );
}

const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

export interface ReadRequest {
  readonly operation: OperationModel;
  /** Typed input: dates, byte arrays, an `InputBody` for a stream. Validated against the model. */
  readonly input: Record<string, unknown>;
  /** Checksums and trailers of a streaming body. */
  readonly streaming: StreamingBody | undefined;
}

/** Reads and validates the input of a request. Throws an `AwsError` in the codes of the caller's protocol. */
export function readInput(
  target: Target,
  head: RequestHead,
  payload: Payload,
  verified: Verified | undefined,
): ReadRequest {
  const read = readUnchecked(target, head, payload, verified);
  validateInput(target, read.operation, read.input);
  return read;
}

/** Checks an input against the model of a loaded service. Throws the service's validation error. */
export function validateInput(
  speaker: { readonly service: string; readonly protocol: Target["protocol"] },
  operation: OperationModel,
  input: Record<string, unknown>,
): void {
  const constraints = constraintsOf(speaker.service as ServiceKey);
  if (!constraints) return;
  const violations = violationsOf(operation.input, input, constraints).filter(
    (one) => !isForHandler(speaker.service, operation, one),
  );
  if (violations.length > 0) throw validationError(speaker, violations);
}

/** S3 has sentences of its own for each header and query parameter with a choice of values, CloudFormation for names. */
function isForHandler(
  service: string,
  operation: OperationModel,
  { kind, member, path }: Violation,
): boolean {
  // EC2 checks names and lists in words of each operation's own, and knows attributes that its model does not
  if (service === "ec2" && (kind === "length" || kind === "pattern")) return true;
  if (service === "ec2" && member === "AttributeNames") return true;
  // recorded of AWS: EFS answers an id of the wrong form as one that is not there
  if (service === "efs") return kind === "pattern" && /Ids?$|^SecurityGroups$/.test(member);
  // S3 Control takes buckets' ARNs, which its model's pattern forbids, and has words of its own for names
  if (service === "s3-control") {
    return (member === "ResourceArn" && kind === "pattern") || (member === "Name" && kind === "length");
  }
  // CloudFormation's own pattern for names and ARNs is not the one that it publishes
  if (service === "cloudformation") return kind === "pattern" && path === "stackName";
  if (service !== "s3") return false;
  if (path.startsWith("accessControlPolicy")) return true;
  if (kind !== "enum") return false;
  if (/\.locationConstraint$|redirectAllRequestsTo\.protocol$|\.redirect\.protocol$/.test(path)) return true;
  const traits = operation.input.member(member)?.traits;
  return Boolean(traits?.httpHeader || traits?.httpQuery);
}

/** Reads an input without checking its constraints. */
export function readUnchecked(
  target: Target,
  head: RequestHead,
  payload: Payload,
  verified: Verified | undefined,
): ReadRequest {
  if (target.problem) throw target.problem;
  const model = target.model as ServiceModel;
  if (target.protocol === "rest-xml") return readS3(target, head, payload, verified);
  const bytes = payload.kind === "whole" ? inflated(head, payload.bytes) : Buffer.alloc(0);
  if (target.protocol === "query" || target.protocol === "ec2") {
    const { operation, input } = readQueryInput(target, model, bytes);
    return { operation, input, streaming: undefined };
  }
  const operation = target.operation as OperationModel;
  if (target.protocol === "json")
    return { operation, input: readJsonInput(operation, bytes), streaming: undefined };
  if (target.protocol === "cbor")
    return { operation, input: readCbor(operation.input, bytes), streaming: undefined };
  const stream = streamsInput(operation) ? bodyOf(bytes) : undefined;
  return { operation, input: readRestInput(target, operation, head, bytes, stream), streaming: undefined };
}

function readS3(
  target: Target,
  head: RequestHead,
  payload: Payload,
  verified: Verified | undefined,
): ReadRequest {
  const operation = target.operation;
  if (!operation) {
    throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      status: 405,
    });
  }
  if (payload.kind === "whole") {
    // Elsewhere (CompleteMultipartUpload) a checksum header is the whole object's, not the body's.
    if (operation.traits.httpChecksum) checkWhole(head, payload.bytes);
    return {
      operation,
      input: readRestInput(target, operation, head, payload.bytes, undefined),
      streaming: undefined,
    };
  }
  const { claim } = target;
  const signing =
    claim && verified?.signingKey
      ? {
          signingKey: verified.signingKey,
          seed: claim.signature,
          date: claim.date,
          scope: `${claim.day}/${claim.region}/${claim.service}/aws4_request`,
        }
      : undefined;
  const streaming = streamingBody(head, payload.source, signing, operation.name);
  const input = readRestInput(target, operation, head, Buffer.alloc(0), streaming.body);
  return { operation, input, streaming };
}

const inflatedLimit = 64 * 2 ** 20;

/** Clients compress large metric requests. */
function inflated(head: RequestHead, bytes: Buffer): Buffer {
  if ((headerOf(head, "content-encoding") ?? "").toLowerCase() !== "gzip") return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: inflatedLimit });
  } catch {
    throw serializationError("The request body could not be decompressed.");
  }
}

/** Writes an operation's output. */
export function writeOutput(
  target: Target,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireResponse {
  switch (target.protocol) {
    case "json":
      return writeJsonOutput(target, operation, output, requestId);
    case "query":
    case "ec2":
      return writeQueryOutput(target, operation, output, requestId);
    case "cbor":
      return { status: 200, headers: cborHeaders(requestId), body: writeCbor(operation.output, output) };
    default:
      return writeRestOutput(target, operation, output, requestId);
  }
}

/** Writes any error: an `AwsError` as it is, an authentication failure in the protocol's code, anything else as InternalFailure. */
export function writeError(target: Target, error: unknown, requestId: string): WireResponse {
  const aws = toAwsError(target, error);
  const model = target.model?.error(aws.code);
  switch (target.protocol) {
    case "json":
      return writeJsonError(target, aws, model, requestId);
    case "query":
    case "ec2":
      return writeQueryError(target, aws, model, requestId);
    case "cbor":
      return writeCborError(target, aws, model, requestId);
    default:
      return writeRestError(target, aws, model, requestId);
  }
}

/** The error as the caller's protocol names it: what the trail records too. */
export function toAwsError(target: Target, error: unknown): AwsError {
  if (isAwsError(error)) return inProtocol(target, error);
  if (error instanceof AuthError) return authenticationError(target, error);
  const [code, message] =
    target.protocol === "rest-xml" || target.protocol === "ec2"
      ? ["InternalError", "We encountered an internal error. Please try again."]
      : [
          "InternalFailure",
          "The request processing has failed because of an unknown error, exception or failure.",
        ];
  return new AwsError(code, message, { status: 500, fault: "server", cause: error });
}

/** Unreadable requests have a code of their own in some protocols. */
function inProtocol(target: Target, error: AwsError): AwsError {
  const map = unreadable[target.protocol];
  const code = map?.[error.code];
  return code
    ? new AwsError(code, error.message, { status: error.status, members: error.members, fault: error.fault })
    : error;
}

const unreadable: Partial<Record<Target["protocol"], Readonly<Record<string, string>>>> = {
  json: { InvalidURI: "SerializationException" },
  cbor: { InvalidURI: "SerializationException" },
  "rest-json": { InvalidURI: "SerializationException" },
  query: { InvalidURI: "MalformedQueryString", SerializationException: "MalformedInput" },
  ec2: { InvalidURI: "MalformedQueryString", SerializationException: "MalformedInput" },
  "rest-xml": { SerializationException: "InvalidRequest", RequestEntityTooLarge: "MaxMessageLengthExceeded" },
};

function cborHeaders(requestId: string): Record<string, string> {
  return {
    "content-type": "application/cbor",
    "smithy-protocol": "rpc-v2-cbor",
    ...requestIdHeaders(false, requestId),
  };
}

function writeCborError(
  target: Target,
  error: AwsError,
  model: ErrorModel | undefined,
  requestId: string,
): WireResponse {
  const headers = cborHeaders(requestId);
  if (target.model?.meta.queryCompatible) {
    headers["x-amzn-query-error"] =
      `${model?.code ?? error.code};${error.fault === "server" ? "Receiver" : "Sender"}`;
  }
  const namespace = model?.shape.namespace ?? target.model?.meta.namespace ?? "com.amazonaws";
  const extra = { __type: `${namespace}#${model?.name ?? error.code}`, message: error.message };
  const body = writeCbor(
    model?.shape ?? unit,
    error.members,
    model?.shape.member("Message") ? { ...extra, Message: error.message } : extra,
  );
  return { status: error.status ?? model?.status ?? (error.fault === "server" ? 500 : 400), headers, body };
}
