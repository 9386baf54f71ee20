/** A request to attempt, with places for what other stacks export. */

export interface Attempt {
  /** SDK client name in lower case with hyphens: `sagemaker`, `s3`, `ssm`. */
  readonly service: string;
  /** API operation, `DescribeDomain`. */
  readonly operation: string;
  /** Its input. Texts may hold `{{export:NAME}}` for a value another stack exports: see `fillAttempt`. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Text that stands for what another stack exports, until `fillAttempt`. */
export function placeholder(name: string): string {
  return `{{export:${name}}}`;
}

/**
 * An attempt with its placeholders filled in.
 * @param exports export name → value, as `ListExports` or the stacks' outputs give them
 * @throws when an export is missing
 */
export function fillAttempt(attempt: Attempt, exports: Readonly<Record<string, string>>): Attempt {
  return { ...attempt, input: fill(attempt.input, exports) as Record<string, unknown> };
}

function fill(value: unknown, exports: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string")
    return value.replace(/\{\{export:([^}]+)\}\}/g, (_, name: string) => {
      const found = Object.hasOwn(exports, name) ? exports[name] : undefined;
      if (found === undefined) throw new Error(`no stack exports \`${name}\``);
      return found;
    });
  if (Array.isArray(value)) return value.map((one) => fill(one, exports));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, exports)]));
  return value;
}
