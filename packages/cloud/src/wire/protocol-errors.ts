/**
 * Errors that every service shares, in the code and sentence of the caller's protocol: authentication, unknown and
 * unsupported operations, invalid input.
 * See https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and S3's and EC2's lists of errors.
 */
import type { AuthError, AuthProblem } from "./errors.ts";
import { AwsError } from "./errors.ts";
import type { ProtocolName } from "./model.ts";
import { s3AuthenticationError } from "./s3-auth-errors.ts";
import type { Violation } from "./validate.ts";
import { violationMessage } from "./validate.ts";

export interface Speaker {
  readonly service: string;
  readonly protocol: ProtocolName;
}

type Family = "json" | "rest-json" | "query" | "ec2" | "s3";

function familyOf(protocol: ProtocolName): Family {
  if (protocol === "rest-xml") return "s3";
  if (protocol === "cbor") return "json";
  return protocol;
}

type Entry = readonly [code: string, status: number, message?: string];

const authentication: Readonly<Record<AuthProblem, Readonly<Record<Exclude<Family, "rest-json">, Entry>>>> = {
  "missing-authentication": {
    json: ["MissingAuthenticationTokenException", 400, "Missing Authentication Token"],
    query: ["MissingAuthenticationToken", 403, "Request is missing Authentication Token"],
    ec2: ["MissingAuthenticationToken", 403, "Request is missing Authentication Token"],
    s3: ["AccessDenied", 403],
  },
  "incomplete-signature": {
    json: ["IncompleteSignatureException", 400],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    s3: ["AuthorizationHeaderMalformed", 400],
  },
  "unknown-access-key": {
    json: ["UnrecognizedClientException", 400, "The security token included in the request is invalid."],
    query: ["InvalidClientTokenId", 403, "The security token included in the request is invalid."],
    ec2: ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
    s3: ["InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."],
  },
  "invalid-token": {
    json: ["UnrecognizedClientException", 400, "The security token included in the request is invalid."],
    query: ["InvalidClientTokenId", 403, "The security token included in the request is invalid."],
    ec2: ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
    s3: ["InvalidToken", 400, "The provided token is malformed or otherwise invalid."],
  },
  "expired-token": {
    json: ["ExpiredTokenException", 400, "The security token included in the request is expired"],
    query: ["ExpiredToken", 403, "The security token included in the request is expired"],
    ec2: ["RequestExpired", 400, "Request has expired."],
    s3: ["ExpiredToken", 400, "The provided token has expired."],
  },
  "signature-mismatch": {
    json: ["InvalidSignatureException", 400],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
    s3: [
      "SignatureDoesNotMatch",
      403,
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ],
  },
  "request-expired": {
    json: ["InvalidSignatureException", 400],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["RequestExpired", 400, "Request has expired."],
    s3: [
      "RequestTimeTooSkewed",
      403,
      "The difference between the request time and the current time is too large.",
    ],
  },
  "payload-mismatch": {
    json: ["InvalidSignatureException", 400],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
    s3: ["XAmzContentSHA256Mismatch", 400],
  },
};

/** An authentication failure as the caller's protocol says it. */
export function authenticationError(speaker: Speaker, error: AuthError): AwsError {
  const family = familyOf(speaker.protocol);
  const [code, status, message] = authentication[error.problem][family === "rest-json" ? "json" : family];
  const { detail } = error;
  if (family === "s3") return s3AuthenticationError(error, code, status, message ?? error.message);
  if (family === "query" && error.problem === "request-expired" && detail.presigned === "yes") {
    return new AwsError("SignatureDoesNotMatch", error.message, { status });
  }
  return new AwsError(code, message ?? error.message, {
    status: family === "rest-json" ? 403 : status,
  });
}

/** An operation that the service does not have at all. */
export function unknownOperation(
  speaker: Speaker & { readonly method?: string },
  name: string | undefined,
): AwsError {
  switch (speaker.protocol) {
    case "query":
      return name === undefined
        ? new AwsError("MissingAction", "The request is missing an action or a required parameter.", {
            status: 400,
          })
        : new AwsError(
            "InvalidAction",
            `Could not find operation ${name} for the service ${speaker.service}`,
            { status: 400 },
          );
    case "ec2":
      return name === undefined
        ? new AwsError("MissingAction", "The request is missing an action or operation parameter.", {
            status: 400,
          })
        : new AwsError("InvalidAction", `The action ${name} is not valid for this web service.`, {
            status: 400,
          });
    case "rest-xml":
      return new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
        status: 405,
      });
    case "rest-json":
      return new AwsError(
        "UnknownOperationException",
        "The requested operation is not known by the service.",
        { status: 404 },
      );
    default:
      return new AwsError(
        "UnknownOperationException",
        name
          ? `The operation ${name} is not known by the service ${speaker.service}.`
          : "No operation is named.",
        { status: speaker.protocol === "cbor" ? 404 : 400 },
      );
  }
}

/** An operation that AWS has and this cloud does not. Names it, and is never retried by clients. */
export function notSupported(speaker: Speaker, operation: string): AwsError {
  const message = `The operation ${operation} of ${speaker.service} is not supported by this local cloud.`;
  switch (familyOf(speaker.protocol)) {
    case "s3":
      return new AwsError("NotImplemented", message, { status: 501 });
    case "ec2":
      return new AwsError("UnsupportedOperation", message, { status: 400 });
    case "query":
      return new AwsError("UnsupportedOperation", message, { status: 400 });
    default:
      return new AwsError("UnsupportedOperationException", message, { status: 400 });
  }
}

/** A service that AWS has and this cloud does not. */
export function notSupportedService(protocol: ProtocolName, service: string): AwsError {
  const message = `The service ${service.slice(0, 100)} is not supported by this local cloud.`;
  const code =
    protocol === "rest-xml"
      ? "NotImplemented"
      : protocol === "query" || protocol === "ec2"
        ? "UnsupportedOperation"
        : "UnsupportedOperationException";
  return new AwsError(code, message, { status: protocol === "rest-xml" ? 501 : 400 });
}

/** Codes for invalid input of the services that do not say `ValidationException`. */
const validationCodes: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "InvalidParameterException",
  ecr: "InvalidParameterException",
  organizations: "InvalidInputException",
  "service-catalog": "InvalidParametersException",
  "sagemaker-runtime": "ValidationError",
};

/** The error for an input that breaks the service's model. */
export function validationError(speaker: Speaker, violations: readonly Violation[]): AwsError {
  const first = violations[0] as Violation;
  if (speaker.service === "ec2") return ec2ValidationError(first);
  if (speaker.service === "s3") return s3ValidationError(first);
  if (speaker.service === "ecr" && first.kind !== "required") {
    return new AwsError(
      "InvalidParameterException",
      `Invalid parameter at '${first.path}' failed to satisfy constraint: '${first.constraint.replace(/^Member /, "")}'`,
    );
  }
  if (speaker.service === "organizations") {
    return new AwsError("InvalidInputException", organizationsMessage(first), {
      members: { Reason: organizationsReason(first) },
    });
  }
  if (speaker.service === "iam") return iamValidationError(violations);
  const tooLong = first.kind === "length" && /less than/.test(first.constraint);
  const message =
    speaker.service === "cloudwatch-logs" && tooLong && /^log(Group|Stream)Name$/.test(first.path)
      ? "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
      : violationMessage(violations);
  const query = speaker.protocol === "query" || speaker.service === "cloudwatch";
  const code = query ? "ValidationError" : (validationCodes[speaker.service] ?? "ValidationException");
  return new AwsError(code, message, { status: 400 });
}

/** Order in which IAM was seen to report several violations (a hash map's): others follow as they come. */
const iamOrder = [
  "clientIDList",
  "thumbprintList",
  "url",
  "minimumPasswordLength",
  "passwordReusePrevention",
  "maxPasswordAge",
];
const iamRank = ({ path }: Violation) => (iamOrder.indexOf(path) + 1 || 99) - 1;

/** IAM shows no values, and has sentences of its own for names and paths. */
function iamValidationError(violations: readonly Violation[]): AwsError {
  const first = violations[0] as Violation;
  let message: string;
  if (violations.length === 1 && first.kind === "pattern" && /^(path|newPath)$/.test(first.path)) {
    message = `The specified value for ${first.path} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`;
  } else if (violations.length === 1 && first.kind === "pattern" && /^[a-zA-Z]+Name$/.test(first.path)) {
    message = `The specified value for ${first.path} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
  } else {
    message = violationMessage(
      [...violations]
        .sort((a, b) => iamRank(a) - iamRank(b))
        .map(({ value: _, ...one }) => ({
          ...one,
          value: undefined,
          // keys of tags may not be null, and IAM says so
          constraint:
            one.path === "tagKeys"
              ? one.constraint.replace(/(\[.*)\]$/s, "$1, Member must not be null]")
              : one.constraint,
        })),
    );
  }
  return new AwsError("ValidationError", message, { status: 400 });
}

/** EC2 writes parameters in lower camel case, and bounds in a sentence of its own (recorded: `maxResults`). */
function ec2ValidationError({ kind, member, value, constraint }: Violation): AwsError {
  const parameter = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  const invalid = (message: string) => new AwsError("InvalidParameterValue", message, { status: 400 });
  if (kind === "required")
    return new AwsError("MissingParameter", `The request must contain the parameter ${parameter}`, {
      status: 400,
    });
  const shown = (value ?? "").replace(/^'|'$/g, "");
  if (kind === "range" || kind === "size") {
    const most = /less than or equal to (-?\d+)/.exec(constraint)?.[1];
    const least = /greater than or equal to (-?\d+)/.exec(constraint)?.[1];
    const bound = most === undefined ? `greater than ${least}` : `less than or equal to ${most}`;
    return invalid(`Value ( ${shown} ) for parameter ${parameter} is invalid. Expecting a value ${bound}.`);
  }
  return invalid(
    `Value (${shown}) for parameter ${parameter} is invalid. ${constraint.replace(/^Member must satisfy enum value set: /, "Valid values: ")}`,
  );
}

function s3ValidationError({ kind, member, value, path }: Violation): AwsError {
  if (member === "Bucket" && kind === "length")
    return new AwsError("InvalidBucketName", "The specified bucket is not valid.", { status: 400 });
  if (member === "Key" && kind === "length")
    return new AwsError("KeyTooLongError", "Your key is too long", { status: 400 });
  if (member === "StorageClass")
    return new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
      status: 400,
    });
  if (path.includes(".")) {
    return new AwsError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
      { status: 400 },
    );
  }
  const shown = (value ?? "").replace(/^'|'$/g, "");
  if (kind === "required")
    return new AwsError("InvalidRequest", `Missing required parameter for this request: ${member}`, {
      status: 400,
    });
  if (member === "CopySource") {
    return new AwsError(
      "InvalidArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      { status: 400, members: { ArgumentName: "x-amz-copy-source", ArgumentValue: shown } },
    );
  }
  return new AwsError("InvalidArgument", `Invalid ${member}`, {
    status: 400,
    members: { ArgumentName: member, ArgumentValue: shown },
  });
}

function organizationsReason({ kind, constraint }: Violation): string {
  if (kind === "required") return "INPUT_REQUIRED";
  if (kind === "enum") return "INVALID_ENUM";
  if (kind === "length") return constraint.includes("less") ? "MAX_LENGTH_EXCEEDED" : "MIN_LENGTH_EXCEEDED";
  if (kind === "range") return constraint.includes("less") ? "MAX_VALUE_EXCEEDED" : "MIN_VALUE_EXCEEDED";
  return "INVALID_PATTERN";
}

function organizationsMessage({ kind, member }: Violation): string {
  if (kind === "required") return `You must specify a value for the ${member} parameter.`;
  if (kind === "enum") return "You specified an invalid value.";
  if (kind === "pattern") return "You provided a value that does not match the required pattern.";
  return "You provided a value that does not have the required length.";
}
