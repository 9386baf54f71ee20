/** Pages of a list: `MaxResults` (100 by default) and opaque tokens. */
import { AwsError } from "../../wire/errors.ts";

/** @throws ValidationException for a token we did not give */
export function page<T>(
  all: readonly T[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { items: T[]; next: { NextToken?: string } } {
  let start = 0;
  if (input.NextToken !== undefined) {
    const plain = Buffer.from(input.NextToken, "base64").toString();
    if (!/^s\|\d+$/.test(plain)) throw new AwsError("ValidationException", "The NextToken is not valid.");
    start = Number(plain.slice(2));
  }
  const end = start + (input.MaxResults ?? 100);
  return {
    items: all.slice(start, end),
    next: end < all.length ? { NextToken: Buffer.from(`s|${end}`).toString("base64") } : {},
  };
}
