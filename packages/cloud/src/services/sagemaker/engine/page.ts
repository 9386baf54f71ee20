/** Pages of a sorted list: the token says after which item the next page starts, so that nothing is told twice. */
import { validation } from "../errors.ts";

export type Position = [value: string | number, key: string];

export function tokenOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** @throws ValidationException for what no call has handed out */
export function positionOf(token: unknown): Position | undefined {
  if (token === undefined) return undefined;
  try {
    const got = JSON.parse(Buffer.from(String(token), "base64url").toString()) as unknown;
    if (Array.isArray(got) && got.length === 2 && typeof got[1] === "string") return got as Position;
  } catch {
    // told below
  }
  throw validation("Invalid pagination token.");
}

/** Items from `all` after the token's, at most `most`, and the next token. */
export function pageOf<T>(
  all: readonly T[],
  token: unknown,
  most: unknown,
  fallback: number,
): { items: T[]; next?: string } {
  const position = positionOf(token);
  const start = position ? Number(position[0]) : 0;
  const count = typeof most === "number" ? most : fallback;
  const items = all.slice(start, start + count);
  const end = start + items.length;
  return end < all.length ? { items, next: tokenOf([end, ""]) } : { items };
}
