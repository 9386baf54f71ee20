/** Idempotency by client token: the same request again gets the first one's answer, another with it a conflict. */
import { createHash } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { conflict } from "./errors.ts";

interface Remembered {
  hash: string;
  output: string;
  time: number;
}

const DAY = 86_400_000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function once(context: CallContext, input: { clientToken?: string }, make: () => unknown): unknown {
  const { clientToken, ...rest } = input;
  if (!clientToken) return make();
  const table = context.table<Remembered>("vpc-lattice.client-token");
  const key = `${context.operation}/${clientToken}`;
  const hash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  const old = table.get(key);
  if (old && old.time + DAY > context.now) {
    if (old.hash !== hash) {
      throw conflict(
        `The client token ${clientToken} was used with other parameters`,
        "ClientToken",
        clientToken,
      );
    }
    return JSON.parse(old.output, (_, value: unknown) =>
      typeof value === "string" && ISO.test(value) ? new Date(value) : value,
    );
  }
  const output = make();
  for (const [name, one] of table.entries()) if (one.time + DAY <= context.now) table.delete(name);
  table.put(key, { hash, output: JSON.stringify(output), time: context.now });
  return output;
}
