/** Pages of Secrets Manager's lists. */
import { AwsError } from "../../wire/errors.ts";

export function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next?: string } {
  const said = token === undefined ? "at:0" : Buffer.from(token, "base64").toString();
  const start = /^at:\d{1,9}$/.test(said) ? Number(said.slice(3)) : Number.NaN;
  if (Number.isNaN(start)) throw new AwsError("InvalidNextTokenException", "The NextToken value is invalid.");
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`at:${end}`).toString("base64") } : { items };
}
