/** Pages of Systems Manager's lists. */
import { AwsError } from "../../wire/errors.ts";

export function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next?: string } {
  let start = 0;
  if (token) {
    start = Number(Buffer.from(token, "base64url").toString().replace(/^at:/, ""));
    if (!Number.isSafeInteger(start) || start < 0) {
      throw new AwsError("InvalidNextToken", "The specified token is not valid.");
    }
  }
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`at:${end}`).toString("base64url") } : { items };
}
