/** Pages of KMS listings: a marker is the key of the last entry. */
import { AwsError } from "../../wire/errors.ts";

export interface Page<T> {
  items: readonly T[];
  Truncated: boolean;
  NextMarker?: string;
}

/** @throws InvalidMarkerException */
export function page<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
  { Limit = 100, Marker }: { Limit?: number | undefined; Marker?: string | undefined },
): Page<T> {
  const after = Marker === undefined ? undefined : decode(Marker);
  const start = after === undefined ? 0 : all.findIndex((one) => keyOf(one) > after);
  const rest = start < 0 ? [] : all.slice(start);
  const items = rest.slice(0, Limit);
  const last = items.at(-1);
  const more = items.length < rest.length && last !== undefined;
  return {
    items,
    Truncated: more,
    ...(more && { NextMarker: Buffer.from(`m:${keyOf(last)}`).toString("base64") }),
  };
}

function decode(marker: string): string {
  const text = Buffer.from(marker, "base64").toString();
  if (!text.startsWith("m:")) throw new AwsError("InvalidMarkerException", "Invalid marker");
  return text.slice(2);
}
