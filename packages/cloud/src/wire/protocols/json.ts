/** awsJson 1.0 and 1.1, see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import { requestIdHeaders, type WireResponse } from "../answer.ts";
import type { AwsError } from "../errors.ts";
import type { Target } from "../identify.ts";
import { membersOf, parseJson, readJsonStructure, writeJsonStructure } from "../json.ts";
import type { ErrorModel, OperationModel } from "../model.ts";
import { unit } from "../shape.ts";

export function readJsonInput(operation: OperationModel, bytes: Uint8Array): Record<string, unknown> {
  return readJsonStructure(operation.input, parseJson(bytes));
}

export function writeJsonOutput(
  target: Target,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireResponse {
  const headers = jsonHeaders(target, requestId);
  if (!operation.hasOutput) return { status: 200, headers, body: "" };
  return { status: 200, headers, body: writeJsonStructure(operation.output, output) };
}

export function writeJsonError(
  target: Target,
  error: AwsError,
  model: ErrorModel | undefined,
  requestId: string,
): WireResponse {
  const headers = jsonHeaders(target, requestId);
  const name = model?.name ?? error.code;
  headers["x-amzn-errortype"] = name;
  if (target.model?.meta.queryCompatible) {
    headers["x-amzn-query-error"] =
      `${model?.code ?? error.code};${error.fault === "server" ? "Receiver" : "Sender"}`;
  }
  const type = target.jsonVersion === "1.0" && model ? `${model.shape.namespace}#${name}` : name;
  return { status: statusOf(target, error, model), headers, body: errorBody(error, model, type) };
}

/**
 * What is the client's fault is answered with 400, whatever status the model has for the exception: so KMS's
 * `NotFoundException` was recorded. CloudWatch keeps the statuses of the query protocol that it came from.
 */
function statusOf(target: Target, error: AwsError, model: ErrorModel | undefined): number {
  if (error.status !== undefined) return error.status;
  if (model && (model.status >= 500 || target.model?.meta.queryCompatible)) return model.status;
  return error.fault === "server" ? 500 : 400;
}

/** `{"__type", "message", …members}`; a modeled `Message` keeps its case, and `message` is there for all. */
export function errorBody(error: AwsError, model: ErrorModel | undefined, type: string | undefined): string {
  const shape = model?.shape ?? unit;
  const capital = shape.member("Message") ? `,"Message":${JSON.stringify(error.message)}` : "";
  const rest = membersOf(shape, error.members, undefined, (name) => name.toLowerCase() === "message");
  const start = type === undefined ? "" : `"__type":${JSON.stringify(type)},`;
  return `{${start}"message":${JSON.stringify(error.message)}${capital}${rest ? `,${rest}` : ""}}`;
}

function jsonHeaders(target: Target, requestId: string): Record<string, string> {
  return {
    "content-type": `application/x-amz-json-${target.jsonVersion}`,
    ...requestIdHeaders(false, requestId),
  };
}
