/**
 * Idempotency by ClientToken: the same request again gets the first one's answer, another request with the same token
 * an error. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
import { createHash, randomUUID } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

interface Remembered {
  hash: string;
  output: string;
  time: number;
}

const DAY = 86_400_000;
const MANY = 2000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The caller's token, or one that AWS makes and answers with. */
export const tokenOf = (input: { ClientToken?: string | undefined }): string =>
  input.ClientToken ?? randomUUID();

export function once(
  context: CallContext,
  input: { ClientToken?: string | undefined },
  make: () => unknown,
): unknown {
  const { ClientToken, ...rest } = input;
  if (!ClientToken) return make();
  const table = context.table<Remembered>("ec2.client-token");
  const key = `${context.operation}/${ClientToken}`;
  const hash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  const old = table.get(key);
  if (old && old.time + DAY > context.now) {
    if (old.hash !== hash) {
      throw new AwsError(
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
      );
    }
    return JSON.parse(old.output, (_, value: unknown) =>
      typeof value === "string" && ISO.test(value) ? new Date(value) : value,
    );
  }
  const output = make();
  if (table.count() > MANY) {
    for (const [name, one] of table.entries()) if (one.time + DAY <= context.now) table.delete(name);
  }
  table.put(key, { hash, output: JSON.stringify(output), time: context.now });
  return output;
}
