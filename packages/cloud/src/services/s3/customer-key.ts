/**
 * SSE-C: keys that callers bring with each request and that are not kept.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { accessDenied, invalidArgument, invalidRequest } from "./errors.ts";
import type { Sealing } from "./state.ts";

export interface CustomerKeyHeaders {
  SSECustomerAlgorithm?: string | undefined;
  SSECustomerKey?: string | undefined;
  SSECustomerKeyMD5?: string | undefined;
}

type CustomerSealing = Extract<Sealing, { kind: "customer" }>;

/** Whether a request has any of the headers. */
export const namesCustomerKey = (headers: CustomerKeyHeaders): boolean =>
  headers.SSECustomerAlgorithm !== undefined ||
  headers.SSECustomerKey !== undefined ||
  headers.SSECustomerKeyMD5 !== undefined;

/** How content under this key is kept: what proves the key, not the key. */
export function sealedBy(key: Buffer): CustomerSealing {
  const salt = randomBytes(16).toString("base64");
  const keyMd5 = createHash("md5").update(key).digest("base64");
  return { kind: "customer", keyMd5, salt: `${salt}:${fingerprint(key, salt)}` };
}

function isKeyOf(sealing: CustomerSealing, key: Buffer): boolean {
  const [salt = "", expected = ""] = sealing.salt.split(":");
  return timingSafeEqual(Buffer.from(fingerprint(key, salt)), Buffer.from(expected));
}

function fingerprint(key: Buffer, salt: string): string {
  return createHmac("sha256", salt).update(key).digest("base64");
}

const ARGUMENT = "x-amz-server-side-encryption";

/** The key as it came, not judged yet; `undefined` where there is none. */
function givenKey(headers: CustomerKeyHeaders): { key: Buffer; md5: string } | undefined {
  if (!namesCustomerKey(headers)) return undefined;
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: text, SSECustomerKeyMD5: md5 } = headers;
  const prefix = "Requests specifying Server Side Encryption with Customer provided keys must provide";
  if (algorithm === undefined)
    throw invalidArgument(`${prefix} a valid encryption algorithm.`, ARGUMENT, "null");
  if (algorithm !== "AES256") {
    throw new AwsError(
      "InvalidEncryptionAlgorithmError",
      "The Encryption request you specified is not valid. Supported value: AES256.",
      { status: 400, members: { ArgumentName: ARGUMENT, ArgumentValue: algorithm } },
    );
  }
  if (text === undefined) throw invalidArgument(`${prefix} an appropriate secret key.`, ARGUMENT, "null");
  if (md5 === undefined) {
    throw invalidArgument(`${prefix} the client calculated MD5 of the secret key.`, ARGUMENT, "null");
  }
  return { key: Buffer.from(text, "base64"), md5 };
}

/** The key of the headers, checked for its length and against its MD5. @throws InvalidArgument */
export function customerKey(headers: CustomerKeyHeaders): Buffer | undefined {
  const given = givenKey(headers);
  if (!given) return undefined;
  const { key, md5 } = given;
  if (key.length !== 32) {
    throw invalidArgument("The secret key was invalid for the specified algorithm.", ARGUMENT, "null");
  }
  if (createHash("md5").update(key).digest("base64") !== md5) {
    throw invalidArgument(
      "The calculated MD5 hash of the key did not match the hash that was provided.",
      ARGUMENT,
      "null",
    );
  }
  return key;
}

/** Names of this machine: what is sent there by plain HTTP does not leave it. */
const own = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|([a-z0-9_.-]+\.)?(localhost|127\.0\.0\.1))(:\d+)?$/i;

/**
 * A key that somebody could have read on its way is not taken, as S3 does. At this cloud's own address, where many
 * clients speak plain HTTP, there is no such way; at AWS's host names there is. @throws InvalidRequest
 */
export function refusePlainly(headers: CustomerKeyHeaders, { path, http }: CallContext): void {
  if (!http || path.secure || own.test(http.host)) return;
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = headers;
  if ((SSECustomerAlgorithm ?? SSECustomerKey ?? SSECustomerKeyMD5) === undefined) return;
  throw invalidRequest(
    "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.",
  );
}

/**
 * A read must bring the key exactly when the object needs one, and the object's own.
 * @throws InvalidRequest, AccessDenied
 */
export function checkCustomerKey(sealing: Sealing, headers: CustomerKeyHeaders): void {
  const given = givenKey(headers);
  if (sealing.kind !== "customer") {
    if (given) throw invalidRequest("The encryption parameters are not applicable to this object.");
    return;
  }
  if (!given) {
    throw invalidRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    );
  }
  if (!isKeyOf(sealing, given.key)) {
    throw accessDenied(
      "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
    );
  }
  customerKey(headers);
}

/** A part must come with the key its upload was started with. @throws InvalidRequest */
export function checkPartKey(sealing: Sealing, headers: CustomerKeyHeaders): void {
  const key = customerKey(headers);
  if ((sealing.kind === "customer") !== (key !== undefined)) {
    throw invalidRequest(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    );
  }
  if (sealing.kind === "customer" && key && !isKeyOf(sealing, key)) {
    throw invalidRequest("The provided encryption parameters did not match the ones used originally.");
  }
}

/** The headers of the source of a copy, under their usual names. */
export function copySourceKey(input: {
  CopySourceSSECustomerAlgorithm?: string | undefined;
  CopySourceSSECustomerKey?: string | undefined;
  CopySourceSSECustomerKeyMD5?: string | undefined;
}): CustomerKeyHeaders {
  return {
    SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    SSECustomerKey: input.CopySourceSSECustomerKey,
    SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
  };
}
