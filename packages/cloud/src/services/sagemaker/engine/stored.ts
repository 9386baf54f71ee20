/** Inputs as JSON can hold them: dates and bytes get a marker, and come back as they were. */

/** A copy that JSON keeps whole. */
export function encode(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(encode);
  const copy: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) if (one !== undefined) copy[name] = encode(one);
  return copy;
}

/** The value that `encode` was given. Parts without dates or bytes are shared, not copied. */
export function decode(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.some(isStructured) ? value.map(decode) : value;
  const marked = value as { $date?: number; $bytes?: string };
  if (marked.$date !== undefined) return new Date(marked.$date);
  if (marked.$bytes !== undefined) return Buffer.from(marked.$bytes, "base64");
  const copy: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) copy[name] = decode(one);
  return copy;
}

const isStructured = (value: unknown) => typeof value === "object" && value !== null;
