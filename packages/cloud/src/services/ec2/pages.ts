/** Pages of a Describe: an opaque token that holds the place of the next one. */
import { AwsError } from "../../wire/errors.ts";
import { combination, invalidValue } from "./errors.ts";

export interface PageInput {
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

export interface PageLimits {
  /** @default 5 */
  least?: number;
  /** @default 1000 */
  most?: number;
  /** Ids that were asked for; they exclude MaxResults. */
  ids?: readonly string[] | undefined;
  idsName?: string;
}

/** The page of `all` that the request asks for. */
export function page<T>(
  all: readonly T[],
  input: PageInput,
  limits: PageLimits = {},
): { items: T[]; next?: string } {
  const { least = 5, most = 1000, ids, idsName = "ids" } = limits;
  const size = input.MaxResults;
  if (size !== undefined) {
    if (ids?.length) {
      throw combination(`The parameter ${idsName} cannot be used with the parameter maxResults`);
    }
    if (size < least || size > most) {
      const bound = size < least ? `greater than ${least}` : `less than or equal to ${most}`;
      throw invalidValue(
        `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${bound}.`,
      );
    }
  }
  const start = input.NextToken ? place(input.NextToken) : 0;
  const end = start + (size ?? most);
  const items = all.slice(start, end);
  return end < all.length ? { items, next: token(end) } : { items };
}

const token = (offset: number) => Buffer.from(JSON.stringify({ v: 1, o: offset })).toString("base64");

function place(text: string): number {
  try {
    const { v, o } = JSON.parse(Buffer.from(text, "base64").toString()) as { v: unknown; o: unknown };
    if (v === 1 && Number.isSafeInteger(o) && (o as number) >= 0) return o as number;
  } catch {
    // falls through to the error
  }
  throw new AwsError("InvalidPaginationToken", "The specified pagination token is not valid or is expired.");
}
