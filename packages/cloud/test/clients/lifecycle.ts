/**
 * A service's life as a table: calls in order, with what they must answer. The same table is played by the JS SDK, by
 * boto3 and by the AWS CLI, so that each real client sends and reads every service.
 */

export interface Call {
  /** API operation, `CreateKey`. */
  readonly call: string;
  /** Its input. `${name}` stands for what an earlier call kept; `{ $bytes: "…" }` for bytes. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Name → path in the answer, `KeyMetadata.KeyId` or `Items.0.Id`. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Path → value. `"*"` for any value, `null` for none. */
  readonly expect?: Readonly<Record<string, unknown>>;
  /** Error code that it must fail with. */
  readonly fails?: string;
  /** Asks again until `expect` holds, for a few seconds: what AWS does in the background. */
  readonly waits?: true;
}

export interface Lifecycle {
  /** As the SDK's packages say it, `cloudwatch-logs`. */
  readonly service: string;
  /** boto3's and the AWS CLI's name, where it is another. */
  readonly python?: string;
  readonly calls: readonly Call[];
}

/** What lies at a path of an answer. */
export function at(answer: unknown, path: string): unknown {
  let found = answer;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

/** An input with what was kept filled in. */
export function fill(value: unknown, kept: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === "string") {
    const whole = /^\$\{(\w+)\}$/.exec(value);
    if (whole) return kept[whole[1] as string];
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => String(kept[name]));
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, kept));
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, kept)]));
  return value;
}

/** Says what an answer lacks. */
export function lacks(answer: unknown, call: Call, kept: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(call.expect ?? {}).flatMap(([path, value]) => {
    const wanted = fill(value, kept);
    const got = at(answer, path);
    const ok =
      wanted === "*"
        ? got !== undefined && got !== null
        : wanted === null
          ? got === undefined || got === null
          : JSON.stringify(got) === JSON.stringify(wanted);
    return ok ? [] : [`${path} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  });
}
