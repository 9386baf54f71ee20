/** Byte ranges and part numbers of a read. */
import { AwsError } from "../../wire/errors.ts";
import { invalidArgument, invalidRequest } from "./errors.ts";
import type { ObjectVersion } from "./state.ts";

/** Bytes to give out; `partial` answers 206. */
export interface Span {
  start: number;
  length: number;
  partial: boolean;
}

/** @throws InvalidRange. A header that is not a byte range is ignored, as RFC 9110 says. */
export function spanOf(
  found: Readonly<ObjectVersion>,
  range: string | undefined,
  partNumber: number | undefined,
): Span {
  const whole = { start: 0, length: found.size, partial: false };
  if (partNumber !== undefined) {
    if (range !== undefined)
      throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
    return partSpan(found, partNumber);
  }
  const match = /^bytes=(\d*)-(\d*)$/.exec(range?.replaceAll(" ", "") ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return whole;
  const { size } = found;
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), size);
    if (length === 0) throw unsatisfiable(range as string, size);
    return { start: size - length, length, partial: true };
  }
  const start = Number(match[1]);
  const end = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== "" && Number(match[2]) < start) return whole;
  if (start >= size) throw unsatisfiable(range as string, size);
  return { start, length: end - start + 1, partial: true };
}

function partSpan(found: Readonly<ObjectVersion>, number: number): Span {
  if (number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      String(number),
    );
  }
  const parts = found.parts ?? [{ number: 1, size: found.size }];
  const at = parts.findIndex((_, index) => index === number - 1);
  if (at < 0) {
    throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      status: 416,
      members: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  const start = parts.slice(0, at).reduce((sum, part) => sum + part.size, 0);
  return { start, length: (parts[at] as { size: number }).size, partial: true };
}

const unsatisfiable = (range: string, size: number) =>
  new AwsError("InvalidRange", "The requested range is not satisfiable", {
    status: 416,
    members: { RangeRequested: range, ActualObjectSize: String(size) },
  });
