/** awsQuery and ec2Query, see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html */
import { requestIdHeaders, type WireResponse } from "../answer.ts";
import { AuthError, AwsError } from "../errors.ts";
import { awsQueryNaming, ec2Naming, parseForm, readForm } from "../form.ts";
import type { Target } from "../identify.ts";
import { writeJsonStructure } from "../json.ts";
import type { ErrorModel, OperationModel, ServiceModel } from "../model.ts";
import { unknownOperation } from "../protocol-errors.ts";
import { unit } from "../shape.ts";
import { escapeXml, writeXmlMembers } from "../xml.ts";
import { declaration, xmlns } from "../xml-document.ts";

/** The operation and the input of a form: body and query string together. */
export function readQueryInput(
  target: Target,
  model: ServiceModel,
  bytes: Uint8Array,
): { operation: OperationModel; input: Record<string, unknown> } {
  const pairs = [
    ...target.query,
    ...parseForm(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")),
  ];
  if (pairs.length > 20_000)
    throw new AwsError("MalformedQueryString", "The query string has too many parameters.", { status: 400 });
  let name: string | undefined;
  let version: string | undefined;
  for (const [key, text] of pairs) {
    if (key === "Action") name ??= text;
    else if (key === "Version") version ??= text;
    // the older way of asking for it, which boto 2 relies on
    else if (key === "ContentType" && text === "JSON" && target.protocol === "query") target.asJson = true;
  }
  const operation = name === undefined ? undefined : model.operation(name);
  // a request without a version means the current one
  const wrongVersion = version !== undefined && version !== model.meta.version;
  if (!target.claim && wrongVersion && operation === undefined) {
    // the service of an unsigned form is a guess: all that is certain is that nobody signed it
    throw new AuthError("missing-authentication", "Request is missing Authentication Token");
  }
  if (!operation || (target.protocol === "query" && wrongVersion)) {
    if (name !== undefined && target.protocol === "query") {
      throw new AwsError(
        "InvalidAction",
        `Could not find operation ${name} for version ${version ?? model.meta.version}`,
        { status: 400 },
      );
    }
    throw unknownOperation(target, name);
  }
  return {
    operation,
    input: readForm(operation.input, pairs, target.protocol === "ec2" ? ec2Naming : awsQueryNaming),
  };
}

export function writeQueryOutput(
  target: Target,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireResponse {
  const meta = target.model?.meta;
  const { name } = operation;
  const members = operation.hasOutput ? writeXmlMembers(operation.output, output) : "";
  const headers = { "content-type": "text/xml;charset=UTF-8", ...requestIdHeaders(false, requestId) };
  const id = escapeXml(requestId);
  if (target.protocol === "ec2") {
    const inner = operation.hasOutput ? members : "<return>true</return>";
    return {
      status: 200,
      headers,
      body: `${declaration}<${name}Response${xmlns(meta)}><requestId>${id}</requestId>${inner}</${name}Response>`,
    };
  }
  if (target.asJson) {
    const result = operation.hasOutput
      ? `"${name}Result":${writeJsonStructure(operation.output, output)},`
      : "";
    const metadata = `"ResponseMetadata":${JSON.stringify({ RequestId: requestId })}`;
    return { status: 200, headers: asJson(headers), body: `{"${name}Response":{${result}${metadata}}}` };
  }
  const result = operation.hasOutput ? `<${name}Result>${members}</${name}Result>` : "";
  const metadata = `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`;
  return {
    status: 200,
    headers,
    body: `<${name}Response${xmlns(meta)}>${result}${metadata}</${name}Response>\n`,
  };
}

/** The older services answer in JSON when asked: tools that pass on signed GetCallerIdentity requests read it. */
function asJson(headers: Record<string, string>): Record<string, string> {
  return { ...headers, "content-type": "application/json" };
}

export function writeQueryError(
  target: Target,
  error: AwsError,
  model: ErrorModel | undefined,
  requestId: string,
): WireResponse {
  const headers = { "content-type": "text/xml;charset=UTF-8", ...requestIdHeaders(false, requestId) };
  const code = escapeXml(model?.code ?? error.code);
  // errors of IAM's credential report come without one
  const message = error.message === "" ? "" : `<Message>${escapeXml(error.message)}</Message>`;
  const status = error.status ?? model?.queryStatus ?? (error.fault === "server" ? 500 : 400);
  const id = escapeXml(requestId);
  if (target.protocol === "ec2") {
    const body = `${declaration}<Response><Errors><Error><Code>${code}</Code>${message}</Error></Errors><RequestID>${id}</RequestID></Response>`;
    return { status, headers, body };
  }
  if (target.asJson) {
    const Type = error.fault === "server" ? "Receiver" : "Sender";
    const told = { Code: model?.code ?? error.code, Message: error.message, Type };
    return { status, headers: asJson(headers), body: JSON.stringify({ Error: told, RequestId: requestId }) };
  }
  const type = `<Type>${error.fault === "server" ? "Receiver" : "Sender"}</Type>`;
  const members = writeXmlMembers(
    model?.shape ?? unit,
    error.members,
    (use) => use.name.toLowerCase() === "message",
  );
  const body = `<ErrorResponse${xmlns(target.model?.meta)}><Error>${type}<Code>${code}</Code>${message}${members}</Error><RequestId>${id}</RequestId></ErrorResponse>\n`;
  return { status, headers, body };
}
