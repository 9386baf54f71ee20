/** How a failed call reads in a stack's events: the form of CloudFormation's resource handlers. */
import { randomUUID } from "node:crypto";
import { type AwsError, isAwsError } from "../../wire/errors.ts";
import { PropertyProblem } from "../shape.ts";

/** A failure whose message already is the reason to show. */
export class ResourceFailure extends Error {}
/** A failure that a handler finds itself, as CloudFormation tells it. */
export function handlerFailure(message: string, code: string): ResourceFailure {
  return new ResourceFailure(
    `Resource handler returned message: "${message}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`,
  );
}
/** The operation was cancelled while this resource was under way. */
export class Cancelled extends Error {}

const CODES: readonly [RegExp, string][] = [
  [/AccessDenied|Unauthorized|AuthFailure|NotAuthorized/i, "AccessDenied"],
  [/AlreadyExists|AlreadyOwned|EntityAlreadyExists|\.Duplicate|DuplicateName/i, "AlreadyExists"],
  [/NotFound|NoSuch|ResourceNotFound/i, "NotFound"],
  [/LimitExceeded|QuotaExceeded/i, "ServiceLimitExceeded"],
  [/Throttl|TooManyRequests|SlowDown/i, "Throttling"],
  [/Conflict|InUse|DependencyViolation|DeleteConflict/i, "ResourceConflict"],
  [/Internal|ServiceUnavailable/i, "ServiceInternalError"],
];

/** The `ResourceStatusReason` of a failed step. */
export function failureReason(error: unknown, service?: string): string {
  if (error instanceof PropertyProblem || error instanceof ResourceFailure || error instanceof Cancelled) {
    return error.message;
  }
  if (!isAwsError(error)) {
    return `Resource handler returned message: "${error instanceof Error ? error.message : String(error)}" (RequestToken: ${randomUUID()}, HandlerErrorCode: InternalFailure)`;
  }
  // not from a service's call, or from a nested stack's: the template's own problem
  if (service === undefined || service === "cloudformation") return error.message;
  const code = handlerErrorCode(error);
  const status = error.status ?? (code === "AccessDenied" ? 403 : code === "AlreadyExists" ? 409 : 400);
  const origin = `Service: ${titled(service)}, Status Code: ${status}, Request ID: ${randomUUID()}`;
  return `Resource handler returned message: "${error.message} (${origin}) (SDK Attempt Count: 1)" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`;
}

function handlerErrorCode(error: AwsError): string {
  const text = /already exists/i.test(error.message) ? "AlreadyExists" : error.code;
  return CODES.find(([pattern]) => pattern.test(text))?.[1] ?? "InvalidRequest";
}

const TITLES: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "CloudWatchLogs",
  sagemaker: "SageMaker",
};

/** Names of the SDK's clients as AWS prints them: `Ec2`, `Iam`, `CloudWatchLogs`. */
function titled(service: string): string {
  return (
    TITLES[service] ??
    service
      .split("-")
      .map((one) => one.charAt(0).toUpperCase() + one.slice(1))
      .join("")
  );
}

/** Whether an error says that a resource does not exist; to CloudFormation a key that waits for its end does not. */
export function isGone(error: unknown): boolean {
  return (
    isAwsError(error) &&
    (/NotFound|NoSuch|NonExist|does not exist/i.test(`${error.code} ${error.message}`) ||
      (error.code === "KMSInvalidStateException" && error.message.endsWith("is pending deletion.")))
  );
}
