/** Really attempts one operation and says how it ended: allowed, denied, no path, or another failure. */
import type { Clients, OperationName, ServiceKey } from "../../aws/clients.ts";

export interface Operation {
  service: ServiceKey;
  operation: string;
  input: object;
}

export type Attempt =
  | { outcome: "allowed" }
  | { outcome: "denied"; code: string; message: string; requestId?: string }
  | { outcome: "timed-out"; message: string }
  /** The answer says nothing of access: the request was wrong, or the service broke. */
  | { outcome: "failed"; code: string; message: string };

const denials = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "Client.UnauthorizedOperation",
  "AuthorizationError",
  "Forbidden",
  "403",
]);
const timeouts =
  /TimeoutError|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|socket hang up|timed? ?out/i;

/**
 * Errors that come after authorization: the resource is not there, the state forbids it. AWS decides access first,
 * so such an answer means the caller was allowed.
 */
const afterAuthorization =
  /NotFound|NoSuch|DoesNotExist|InvalidParameter|ValidationException|ValidationError|ResourceInUse|ConflictException|AlreadyExists|DryRunOperation|LimitExceeded|InvalidRequest|MalformedPolicy|EntityAlreadyExists|BucketAlreadyOwnedByYou/;

/** @param expectExisting whether a not-found answer is a failure: what is asked for should exist */
export async function attempt(
  clients: Clients,
  { service, operation, input }: Operation,
  expectExisting = false,
): Promise<Attempt> {
  try {
    const output = (await clients.call(
      service,
      operation as OperationName<typeof service>,
      input as never,
    )) as { Body?: { destroy?: () => void } };
    output.Body?.destroy?.();
    return { outcome: "allowed" };
  } catch (error) {
    return outcomeOf(error, expectExisting);
  }
}

/** How an error says an attempt ended; a refusal of this tool's own (`exit: "denied"`) counts as one of AWS's. */
export function outcomeOf(error: unknown, expectExisting = true): Attempt {
  const {
    name,
    code: own,
    message,
    $metadata,
    exit,
  } = error as Error & {
    code?: string;
    exit?: string;
    $metadata?: { requestId?: string; httpStatusCode?: number };
  };
  const code = exit === undefined ? name : (own ?? name);
  if (denials.has(code) || exit === "denied" || /is not authorized to perform/.test(message)) {
    return {
      outcome: "denied",
      code,
      message,
      ...($metadata?.requestId && { requestId: $metadata.requestId }),
    };
  }
  // a HEAD has no body to name its error: only the status is left
  if ($metadata?.httpStatusCode === 403)
    return {
      outcome: "denied",
      code,
      message,
      ...($metadata.requestId && { requestId: $metadata.requestId }),
    };
  if (!$metadata?.httpStatusCode && (timeouts.test(code) || timeouts.test(message)))
    return { outcome: "timed-out", message };
  if (!expectExisting && afterAuthorization.test(code)) return { outcome: "allowed" };
  return { outcome: "failed", code, message };
}
