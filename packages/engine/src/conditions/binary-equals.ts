/** `BinaryEquals`: base64 on both sides, compared byte for byte. */
import type { Matcher } from "./matcher.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** The bytes as hexadecimal text, or `undefined` when the text is not base64. */
export function decodeBase64(text: string): string | undefined {
  return base64.test(text) ? Buffer.from(text, "base64").toString("hex") : undefined;
}

export class BinaryEquals implements Matcher {
  readonly #accepted: ReadonlySet<string | undefined>;

  constructor(values: readonly string[]) {
    this.#accepted = new Set(values.map(decodeBase64));
  }

  matches(value: string): boolean {
    const read = decodeBase64(value);
    return read !== undefined && this.#accepted.has(read);
  }
}
