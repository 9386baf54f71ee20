/**
 * Checksums of objects: which one a request wants, its computation while the body streams, its check.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import type { CallContext } from "../../context.ts";
import { checksum as running } from "../../wire/checksums.ts";
import { AwsError } from "../../wire/errors.ts";
import { combineCrc } from "./combine-crc.ts";
import { invalidRequest } from "./errors.ts";
import type { Checksum, ChecksumName } from "./state.ts";

export const CHECKSUMS: readonly ChecksumName[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];
const BYTES: Record<ChecksumName, number> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

export interface ChecksumHeaders {
  ChecksumAlgorithm?: string | undefined;
  ChecksumCRC32?: string | undefined;
  ChecksumCRC32C?: string | undefined;
  ChecksumCRC64NVME?: string | undefined;
  ChecksumSHA1?: string | undefined;
  ChecksumSHA256?: string | undefined;
}

/** The output members of a checksum. */
export function checksumFields(
  checksum: Checksum | undefined,
): ChecksumHeaders & { ChecksumType?: Checksum["type"] } {
  if (!checksum) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

const HEADER_NAMES = new Set([...CHECKSUMS.map((name) => name.toLowerCase()), "algorithm", "mode", "type"]);

/** A checksum that cannot be checked is not passed over. @throws InvalidRequest */
function checkHeaderNames({ http }: CallContext): void {
  const prefix = "x-amz-checksum-";
  for (const name of Object.keys(http?.headers ?? {})) {
    if (name.startsWith(prefix) && !HEADER_NAMES.has(name.slice(prefix.length))) {
      throw invalidRequest("The algorithm type you specified in x-amz-checksum- header is invalid.");
    }
  }
}

/** What the request says of its checksum: the algorithm and, where it came in a header, the value. */
export function requestedChecksum(
  input: ChecksumHeaders,
  context: CallContext,
): { algorithm: ChecksumName; value?: string } | undefined {
  checkHeaderNames(context);
  const given = CHECKSUMS.filter((name) => input[`Checksum${name}`] !== undefined);
  if (given.length > 1) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const trailer = context.http?.headers["x-amz-trailer"]
    ?.replace(/[\s,]+$/, "")
    .trim()
    .toLowerCase();
  const trailing =
    trailer === undefined
      ? undefined
      : CHECKSUMS.find((name) => trailer === `x-amz-checksum-${name.toLowerCase()}`);
  const wanted = input.ChecksumAlgorithm ?? context.http?.headers["x-amz-sdk-checksum-algorithm"];
  const algorithm = given[0] ?? trailing ?? wanted?.toUpperCase();
  const named = context.http?.headers["x-amz-sdk-checksum-algorithm"];
  if (named !== undefined && named.toUpperCase() !== algorithm) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  if (algorithm === undefined) return undefined;
  if (!CHECKSUMS.includes(algorithm as ChecksumName)) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  const name = algorithm as ChecksumName;
  const value = input[`Checksum${name}`];
  if (
    value === undefined &&
    trailing === undefined &&
    context.http?.headers["x-amz-sdk-checksum-algorithm"]
  ) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (value !== undefined && Buffer.from(value, "base64").length !== BYTES[name]) {
    throw invalidRequest(`Value for x-amz-checksum-${name.toLowerCase()} header is invalid.`);
  }
  return value === undefined ? { algorithm: name } : { algorithm: name, value };
}

/** @throws BadDigest when the computed checksum is not the one the client sent */
export function checkDigest(algorithm: ChecksumName, expected: string | undefined, actual: string): void {
  if (expected !== undefined && expected !== actual) {
    throw new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`, {
      status: 400,
    });
  }
}

/** A decoded `Content-MD5` in hex. @throws InvalidDigest */
export function contentMd5(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== value.trim()) {
    throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", {
      status: 400,
      members: { Content_MD5: value },
    });
  }
  return bytes.toString("hex");
}

/**
 * @param of S3 says the expected digest of an object in hex, that of a part in base64
 * @throws BadDigest
 */
export function checkMd5(
  expectedHex: string | undefined,
  actualHex: string,
  of: "object" | "part" = "object",
): void {
  if (expectedHex === undefined || expectedHex === actualHex) return;
  throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", {
    status: 400,
    members: {
      ExpectedDigest: of === "part" ? Buffer.from(expectedHex, "hex").toString("base64") : expectedHex,
      CalculatedDigest: Buffer.from(actualHex, "hex").toString("base64"),
    },
  });
}

/** The checksum of a multipart object from those of its parts. */
export function combineParts(
  algorithm: ChecksumName,
  type: Checksum["type"],
  parts: readonly { value: string; size: number }[],
): string {
  const values = parts.map((part) => Buffer.from(part.value, "base64"));
  if (type === "COMPOSITE") {
    const all = running(algorithm);
    for (const value of values) all.update(value);
    return `${all.digest()}-${parts.length}`;
  }
  if (algorithm === "SHA1" || algorithm === "SHA256") throw new TypeError(`${algorithm} cannot be combined`);
  let whole = values[0] as Buffer;
  for (const [at, { size }] of parts.entries()) {
    if (at > 0) whole = combineCrc(algorithm, whole, values[at] as Buffer, size);
  }
  return whole.toString("base64");
}
