/**
 * The one error class of the local cloud: an AWS error code, AWS's sentence, and nothing of the wire.
 *
 * Handlers throw it; the protocol writers give it the form, status and headers of the caller's protocol, taken from
 * the error's own schema where the service models it (`httpError`, `awsQueryError`).
 */

export interface AwsErrorOptions {
  /** HTTP status. @default the modeled one, else 400 for a client fault and 500 for a server fault */
  readonly status?: number;
  /** Further members of the modeled error shape, by their names there (`{ resourceId: "…" }`). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Whose fault it is. @default "client" */
  readonly fault?: "client" | "server";
  /** What led to it, for logs only. */
  readonly cause?: unknown;
}

/**
 * An error as AWS answers it.
 *
 * `code` is the name of the modeled error shape (`NoSuchEntityException`), or the code on the wire where the service
 * models none (`InvalidVpcID.NotFound`, `ValidationError`). The writers accept both.
 *
 * @example throw new AwsError("NoSuchEntityException", `The role with name ${name} cannot be found.`);
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly fault: "client" | "server";

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.status = options.status;
    this.members = options.members ?? {};
    this.fault = options.fault ?? "client";
  }
}

/** True for an `AwsError`, also one of another copy of this module (a bundle's chunk, a test's second import). */
export function isAwsError(error: unknown): error is AwsError {
  return (
    error instanceof AwsError ||
    (error instanceof Error &&
      typeof (error as { code?: unknown }).code === "string" &&
      "members" in error &&
      "fault" in error)
  );
}

/** Why a request did not authenticate; each protocol has its own code and sentence for it. */
export type AuthProblem =
  /** No credentials where some are needed. */
  | "missing-authentication"
  /** An `Authorization` header, or presigned query, that lacks parts or cannot be read. */
  | "incomplete-signature"
  /** The access key is not known, or not active. */
  | "unknown-access-key"
  /** A temporary key's session token is missing, or is not the one given out with it. */
  | "invalid-token"
  /** Temporary credentials past their end. */
  | "expired-token"
  /** The signature is not the one we compute. */
  | "signature-mismatch"
  /** The signature's date is too far from now, or its presigned lifetime is over. */
  | "request-expired"
  /** The body is not the one that was signed. */
  | "payload-mismatch";

/** An authentication failure, before a protocol has given it a code. */
export class AuthError extends Error {
  readonly problem: AuthProblem;
  /** What the protocol's sentence needs: dates, strings that were signed. */
  readonly detail: Readonly<Record<string, string>>;

  constructor(problem: AuthProblem, message: string, detail: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "AuthError";
    this.problem = problem;
    this.detail = detail;
  }
}
