/** restXml and restJson1, see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html and aws-restjson1-protocol.html */
import { hostIdOf, requestIdHeaders, type WireResponse } from "../answer.ts";
import { hasDocument, isBound, payloadOf, readBindings, writeBindings } from "../bindings.ts";
import { AwsError } from "../errors.ts";
import type { Target } from "../identify.ts";
import {
  parseJson,
  readJson,
  readJsonStructure,
  serializationError,
  writeJson,
  writeJsonStructure,
} from "../json.ts";
import type { ErrorModel, OperationModel } from "../model.ts";
import type { RequestHead } from "../request.ts";
import { headerOf } from "../request.ts";
import { hoistedHeaders } from "../s3.ts";
import type { Shape, StructureShape, Use } from "../shape.ts";
import { unit } from "../shape.ts";
import { readTimestamp } from "../timestamps.ts";
import type { InputBody, OutputBody } from "../types.ts";
import { escapeXml, readXmlStructure, writeXmlMembers, writeXmlStructure } from "../xml.ts";
import { declaration, elements, xmlns } from "../xml-document.ts";
import { parseXml, XmlSyntaxError } from "../xml-parser.ts";
import { errorBody } from "./json.ts";

const isUnbound = (use: Use): boolean => isBound(use) || Boolean(use.traits.httpPayload);

/** True when the operation's input is a stream. */
export function streamsInput(operation: OperationModel | undefined): boolean {
  const payload = operation ? payloadOf(operation.input) : undefined;
  return payload?.shape.type === "blob" && payload.shape.streaming === true;
}

/** Reads an input: bindings from the head, the rest from the body. */
export function readRestInput(
  target: Target,
  operation: OperationModel,
  head: RequestHead,
  bytes: Uint8Array,
  stream: InputBody | undefined,
): Record<string, unknown> {
  const xml = target.protocol === "rest-xml";
  const presigned = xml && target.claim && target.claim.kind !== "header" ? hoistedHeaders(target.query) : {};
  let full: RequestHead =
    Object.keys(presigned).length > 0 ? { ...head, headers: { ...presigned, ...head.headers } } : head;
  // S3 keeps and gives back whatever the header says, a date or not
  const expires = target.s3 && operation.input.member("Expires") ? headerOf(full, "expires") : undefined;
  if (expires !== undefined && readTimestamp(expires) === undefined) {
    const { expires: _, ...headers } = full.headers;
    full = { ...full, headers };
  }
  const input = readBindings(operation.input, full, {
    labels: target.labels,
    query: target.query,
    wrongType: (where, text, shape) =>
      xml
        ? invalidArgument(where, text, shape)
        : serializationError(`Value '${text.slice(0, 200)}' at '${where}' is not of the expected type`),
  });
  if (target.s3?.bucket !== undefined && operation.input.member("Bucket")) input.Bucket = target.s3.bucket;
  if (target.s3?.key !== undefined && operation.input.member("Key")) input.Key = target.s3.key;
  if (expires !== undefined) input.ExpiresString = expires;
  if (stream && operation.input.member("ContentEncoding")) {
    // `aws-chunked` is about the transfer, not about the object.
    const encodings = (headerOf(head, "content-encoding") ?? "").split(",").map((one) => one.trim());
    const kept = encodings.filter((one) => one !== "" && one.toLowerCase() !== "aws-chunked").join(",");
    if (kept) input.ContentEncoding = kept;
    else delete input.ContentEncoding;
    if (stream.length !== undefined) input.ContentLength = stream.length;
  }
  const payload = payloadOf(operation.input);
  if (payload) {
    if (payload.shape.type === "blob" && payload.shape.streaming && stream) input[payload.name] = stream;
    else if (payload.shape.type === "blob") input[payload.name] = new Uint8Array(bytes);
    else if (bytes.length > 0) input[payload.name] = readPayload(payload, bytes, xml);
    else if (payload.required && payload.shape.type === "string") input[payload.name] = "";
    else if (payload.required && xml) {
      throw new AwsError("MissingRequestBodyError", "Request Body is empty", { status: 400 });
    }
  } else if (hasDocument(operation.input) && bytes.length > 0) {
    Object.assign(
      input,
      xml
        ? fromXml(operation.input, bytes, isUnbound)
        : readJsonStructure(operation.input, parseJson(bytes), isUnbound),
    );
  }
  return input;
}

/** S3's words for a query parameter or header that is not what it should be. */
function invalidArgument(where: string, text: string, shape: Shape): AwsError {
  const message =
    where === "partNumber"
      ? "Part number must be an integer between 1 and 10000, inclusive"
      : shape.type === "number"
        ? `Provided ${where} not an integer or within integer range`
        : `Provided ${where} is not valid`;
  return new AwsError("InvalidArgument", message, {
    status: 400,
    members: { ArgumentName: where, ArgumentValue: text },
  });
}

/** What the document of a payload is called. */
const rootName = (use: Use, shape: StructureShape): string =>
  (use.traits.xmlName ?? shape.traits.xmlName ?? shape.name) as string;

function readPayload(use: Use, bytes: Uint8Array, xml: boolean): unknown {
  if (use.shape.type === "string") return Buffer.from(bytes).toString("utf8");
  if (xml && use.shape.type === "structure")
    return fromXml(use.shape, bytes, undefined, rootName(use, use.shape));
  return readJson(use.shape, parseJson(bytes));
}

function fromXml(
  shape: StructureShape,
  bytes: Uint8Array,
  skip?: (use: Use) => boolean,
  root?: string,
): Record<string, unknown> {
  try {
    const document = parseXml(Buffer.from(bytes).toString("utf8"));
    if (root !== undefined && document.name !== root) throw new XmlSyntaxError(`the root is not ${root}`);
    return readXmlStructure(shape, document, skip);
  } catch (error) {
    if (!(error instanceof XmlSyntaxError)) throw error;
    throw new AwsError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
      { status: 400 },
    );
  }
}

export function writeRestOutput(
  target: Target,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireResponse {
  const xml = target.protocol === "rest-xml";
  const given = (output ?? {}) as Record<string, unknown>;
  const shape = operation.output;
  const bound = writeBindings(shape, given);
  const headers = Object.assign(requestIdHeaders(xml, requestId), bound.headers);
  const status = bound.status ?? operation.http?.[2] ?? 200;
  const payload = payloadOf(shape);
  let body: OutputBody = "";
  if (payload) {
    const value = given[payload.name];
    if (value !== undefined && value !== null) {
      body =
        payload.shape.type === "structure" ||
        payload.shape.type === "list" ||
        payload.shape.type === "map" ||
        payload.shape.type === "document"
          ? writeDocument(target, payload, value)
          : (value as OutputBody);
      if (payload.shape.type === "structure")
        headers["content-type"] ??= xml ? "application/xml" : "application/json";
      else headers["content-type"] ??= payload.shape.type === "blob" ? "binary/octet-stream" : "text/plain";
    }
  } else if (hasDocument(shape)) {
    headers["content-type"] ??= xml ? "application/xml" : "application/json";
    body = xml ? xmlBody(target, operation, given) : writeJsonStructure(shape, given, isUnbound);
  }
  return { status, headers, body };
}

function writeDocument(target: Target, use: Use, value: unknown): string {
  if (target.protocol !== "rest-xml" || use.shape.type !== "structure") return writeJson(use.shape, value);
  const name = rootName(use, use.shape);
  return (
    declaration +
    writeXmlStructure(name, use.shape, value, use.traits.xmlNamespace ? "" : xmlns(target.model?.meta))
  );
}

function xmlBody(target: Target, operation: OperationModel, output: Record<string, unknown>): string {
  const namespace = xmlns(target.model?.meta);
  if (operation.name === "GetBucketLocation" && target.service === "s3") {
    // The one operation whose member is the root element itself (s3UnwrappedXmlOutput).
    return `${declaration}<LocationConstraint${namespace}>${escapeXml(String(output.LocationConstraint ?? ""))}</LocationConstraint>`;
  }
  const name = (operation.output.traits.xmlName as string | undefined) ?? operation.output.name;
  return `${declaration}<${name}${namespace}>${writeXmlMembers(operation.output, output, isUnbound)}</${name}>`;
}

export function writeRestError(
  target: Target,
  error: AwsError,
  model: ErrorModel | undefined,
  requestId: string,
): WireResponse {
  const status = error.status ?? model?.status ?? (error.fault === "server" ? 500 : 400);
  const name = model?.name ?? error.code;
  const isMessage = (use: Use): boolean => use.name.toLowerCase() === "message";
  const bound = writeBindings(model?.shape ?? unit, error.members).headers;
  if (target.protocol === "rest-json") {
    const headers = {
      "content-type": "application/json",
      "x-amzn-errortype": name,
      ...requestIdHeaders(false, requestId),
      ...bound,
    };
    return { status, headers, body: errorBody(error, model, undefined) };
  }
  const headers = { "content-type": "application/xml", ...requestIdHeaders(true, requestId), ...bound };
  if (status === 304) {
    const { "content-type": _, ...others } = headers;
    return { status, headers: others, body: "" };
  }
  if (target.method === "HEAD") return { status, headers, body: "" };
  const shape = model?.shape ?? unit;
  const modeled = writeXmlMembers(shape, error.members, (use) => isMessage(use) || isBound(use));
  const others = elements(
    Object.fromEntries(Object.entries(error.members).filter(([key]) => !shape.member(key))),
  );
  const inner = `<Code>${escapeXml(model?.code ?? error.code)}</Code><Message>${escapeXml(error.message)}</Message>${modeled}${others}`;
  const ids = `<RequestId>${escapeXml(requestId)}</RequestId><HostId>${hostIdOf(requestId)}</HostId>`;
  const body =
    target.service !== "s3"
      ? `<ErrorResponse${xmlns(target.model?.meta)}><Error>${inner}</Error>${ids}</ErrorResponse>`
      : `<Error>${inner}${ids}</Error>`;
  return { status, headers, body: declaration + body };
}
