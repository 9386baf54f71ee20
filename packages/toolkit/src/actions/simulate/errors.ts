/** A line of `sagekeep simulate` that cannot be answered. */
export class SimulateError extends Error {
  readonly code: string;
  readonly help: string | undefined;

  constructor(code: string, message: string, help?: string) {
    super(message);
    this.name = "SimulateError";
    this.code = code;
    this.help = help;
  }
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = String(value);
  return `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
}

/** @throws SimulateError unless the value is an object */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SimulateError("SIM0102", `${what}: got ${describe(value)}, expected an object`);
  }
  return value as Record<string, unknown>;
}

/** @throws SimulateError unless the value is a text, or absent */
export function optionalText(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value).padStart(12, "0");
  if (typeof value !== "string")
    throw new SimulateError("SIM0103", `${what}: got ${describe(value)}, expected a text`);
  return value;
}
