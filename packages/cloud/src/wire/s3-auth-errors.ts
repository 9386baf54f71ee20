/**
 * Authentication failures in the words of S3, which has its own for every part of a signature that is wrong.
 * The sentences are those that S3 was seen to answer with (OpenStack Swift's and MinIO's tests name them too).
 */
import type { AuthError } from "./errors.ts";
import { AwsError } from "./errors.ts";

const expected = 'expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';

/** @param code code, status and sentence for the kind of problem, where no part of the signature is to blame */
export function s3AuthenticationError(
  error: AuthError,
  code: string,
  status: number,
  message: string,
): AwsError {
  const { detail, problem } = error;
  if (problem === "missing-authentication")
    return new AwsError("AccessDenied", detail.said ?? "Access Denied", { status });
  const flawed = detail.query === "yes" ? flawOfQuery(error) : flawOfHeader(error);
  if (flawed) return flawed;
  const members: Record<string, string> = {};
  const copy = (name: string, from: string): void => {
    const value = detail[from];
    if (value) members[name] = value;
  };
  const copyBytes = (name: string, from: string): void => {
    const value = detail[from];
    if (value) members[name] = bytesOf(value);
  };
  if (problem === "request-expired" && detail.presigned === "yes") {
    copy("X-Amz-Expires", "lifetime");
    copy("Expires", "expires");
    copy("ServerTime", "serverTime");
    return new AwsError("AccessDenied", error.message, { status: 403, members });
  }
  if (problem === "invalid-token" || problem === "expired-token") copy("Token-0", "token");
  else copy("AWSAccessKeyId", "accessKeyId");
  copy("StringToSign", "stringToSign");
  copy("SignatureProvided", "signature");
  copyBytes("StringToSignBytes", "stringToSign");
  copy("CanonicalRequest", "canonicalRequest");
  copyBytes("CanonicalRequestBytes", "canonicalRequest");
  copy("RequestTime", "requestTime");
  copy("ServerTime", "serverTime");
  copy("MaxAllowedSkewMilliseconds", "slack");
  return new AwsError(code, message, { status, members });
}

/** A text as S3 shows its bytes: `47 45 54 0a`. */
export function bytesOf(text: string): string {
  return Buffer.from(text)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
}

function flawOfHeader({ message, detail }: AuthError): AwsError | undefined {
  const malformed = (text: string, members: Record<string, string> = {}): AwsError =>
    new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${text}`, {
      status: 400,
      members,
    });
  switch (detail.flaw) {
    case "type":
      return new AwsError(
        "InvalidArgument",
        detail.given?.startsWith("AWS ") ? message : "Unsupported Authorization Type",
        { status: 400, members: { ArgumentName: "Authorization", ArgumentValue: detail.given ?? "" } },
      );
    case "twice":
      return new AwsError(
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        { status: 400, members: { ArgumentName: "Authorization", ArgumentValue: detail.given ?? "" } },
      );
    case "unsigned":
      return new AwsError("AccessDenied", message, {
        status: 403,
        members: { HeadersNotSigned: detail.given ?? "" },
      });
    case "no-date":
      return new AwsError("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header", {
        status: 403,
      });
    case "components":
      return malformed(
        "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
      );
    case "credential":
      return malformed(`the Credential is mal-formed; ${expected}`);
    case "no-key":
      return malformed("a non-empty Access Key (AKID) must be provided in the credential.");
    case "region":
      return malformed(message, { Region: detail.expected ?? "" });
    case "terminal":
      return malformed(`incorrect terminal "${detail.given}". This endpoint uses "aws4_request".`);
    case "day":
      return malformed(
        `Invalid credential date "${detail.given}". This date is not the same as X-Amz-Date: "${detail.expected}".`,
      );
    default:
      return undefined;
  }
}

function flawOfQuery({ message, detail }: AuthError): AwsError {
  const wrong = (text: string, members: Record<string, string> = {}): AwsError =>
    new AwsError("AuthorizationQueryParametersError", text, { status: 400, members });
  const credential = "Error parsing the X-Amz-Credential parameter;";
  switch (detail.flaw) {
    case "components":
      return wrong(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    case "algorithm":
      return wrong('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
    case "credential":
      return wrong(`${credential} the Credential is mal-formed; ${expected}`);
    case "no-key":
      return wrong(`${credential} a non-empty Access Key (AKID) must be provided in the credential.`);
    case "region":
      return wrong(`${credential} ${message}`, { Region: detail.expected ?? "" });
    case "terminal":
      return wrong(`${credential} incorrect terminal "${detail.given}". This endpoint uses "aws4_request".`);
    case "day":
      return wrong(
        `Invalid credential date "${detail.given}". This date is not the same as X-Amz-Date: "${detail.expected}".`,
      );
    default:
      return wrong(message);
  }
}
