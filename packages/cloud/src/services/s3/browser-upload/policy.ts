/**
 * The policy of a browser upload: what the form may say, how large the file may be, until when.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { AwsError } from "../../../wire/errors.ts";
import { accessDenied } from "../errors.ts";

type Condition = { kind: "eq" | "starts-with"; field: string; value: string; said: unknown };

export interface UploadPolicy {
  conditions: Condition[];
  size?: { least: number; most: number };
}

const invalid = (message: string) =>
  new AwsError("InvalidPolicyDocument", `Invalid Policy: ${message}`, { status: 400 });

/** @throws InvalidPolicyDocument, AccessDenied when it has expired */
export function parseUploadPolicy(text: string, now: number): UploadPolicy {
  let document: { expiration?: unknown; conditions?: unknown };
  try {
    document = JSON.parse(Buffer.from(text, "base64").toString()) as typeof document;
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof document !== "object" || document === null) throw invalid("Invalid JSON.");
  if (typeof document.expiration !== "string") throw invalid("Policy missing expiration.");
  if (!Array.isArray(document.conditions)) throw invalid("Policy missing conditions.");
  const expires = Date.parse(document.expiration);
  if (Number.isNaN(expires)) throw invalid(`Invalid 'expiration' value: '${document.expiration}'`);
  if (expires <= now) throw accessDenied("Invalid according to Policy: Policy expired.");
  const policy: UploadPolicy = { conditions: [] };
  for (const one of document.conditions as unknown[]) add(policy, one);
  return policy;
}

function add(policy: UploadPolicy, said: unknown): void {
  if (Array.isArray(said)) {
    const [kind, field, value] = said as unknown[];
    const name = String(kind).toLowerCase();
    if (name === "content-length-range") {
      const [least, most] = [Number(field ?? Number.NaN), Number(value ?? Number.NaN)];
      if (!Number.isInteger(least) || !Number.isInteger(most) || least < 0 || most < 0) {
        throw invalid(`Invalid Condition: ${JSON.stringify(said)}`);
      }
      policy.size = { least, most };
      return;
    }
    if ((name !== "eq" && name !== "starts-with") || typeof field !== "string" || !field.startsWith("$")) {
      throw invalid(`Invalid Condition: ${JSON.stringify(said)}`);
    }
    policy.conditions.push({ kind: name, field: field.slice(1).toLowerCase(), value: String(value), said });
    return;
  }
  if (typeof said !== "object" || said === null) throw invalid("Invalid Condition.");
  if (Object.keys(said).length !== 1) {
    throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  }
  for (const [field, value] of Object.entries(said)) {
    const eq = ["eq", `$${field}`, String(value)];
    policy.conditions.push({ kind: "eq", field: field.toLowerCase(), value: String(value), said: eq });
  }
}

/** Fields that need no condition. */
const FREE = new Set(["x-amz-signature", "signature", "policy", "file", "awsaccesskeyid"]);

/** @throws AccessDenied naming the condition that failed, or the fields without one */
export function checkFields(policy: UploadPolicy, fields: ReadonlyMap<string, string>): void {
  for (const { kind, field, value, said } of policy.conditions) {
    const actual = fields.get(field) ?? "";
    const holds = kind === "eq" ? actual === value : startsWith(field, actual, value);
    if (!holds) {
      throw accessDenied(
        `Invalid according to Policy: Policy Condition failed: ${JSON.stringify(said).replaceAll('","', '", "')}`,
      );
    }
  }
  const named = new Set(policy.conditions.map((one) => one.field));
  const extra = [...fields.keys()].filter(
    (field) => !named.has(field) && !FREE.has(field) && !field.startsWith("x-ignore-"),
  );
  if (extra.length > 0)
    throw accessDenied(`Invalid according to Policy: Extra input fields: ${extra.join(",")}`);
}

/** A content type may be a list: each of it must hold. */
function startsWith(field: string, actual: string, prefix: string): boolean {
  if (field !== "content-type") return actual.startsWith(prefix);
  return actual.split(",").every((one) => one.trim().startsWith(prefix));
}

/** Lets a file through as long as it fits. @throws EntityTooLarge, EntityTooSmall */
export async function* measured(
  file: AsyncIterable<Buffer>,
  size: UploadPolicy["size"],
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of file) {
    total += chunk.length;
    if (size && total > size.most) {
      throw new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
        status: 400,
        members: { ProposedSize: String(total), MaxSizeAllowed: String(size.most) },
      });
    }
    yield chunk;
  }
  if (size && total < size.least) {
    throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      status: 400,
      members: { ProposedSize: String(total), MinSizeAllowed: String(size.least) },
    });
  }
}
