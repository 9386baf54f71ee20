/** Pages of a list: the token is the place where the next page begins, sealed as base64. */
import { validationError } from "./errors.ts";

export function page<T>(
  all: readonly T[],
  token: string | undefined,
  size: number,
): { items: T[]; NextToken: string | undefined } {
  const from = token === undefined ? 0 : position(token);
  const items = all.slice(from, from + size);
  const next = from + size;
  return {
    items,
    NextToken: next < all.length ? Buffer.from(`page:${next}`).toString("base64url") : undefined,
  };
}

function position(token: string): number {
  const [, number] = /^page:(\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (number === undefined) throw validationError("Invalid NextToken");
  return Number(number);
}
