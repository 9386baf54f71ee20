/** IAM statements as plain data, with the reason for each `*` beside them. */

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
  /** Why the statement needs `*`; printed in the template's metadata, not in the policy. */
  readonly reason?: string;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Omit<Statement, "reason">[];
}

/** The document IAM reads. Single values are written without a list, which counts against the size quota. */
export function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements.map(bare) };
}

function bare({ reason: _, ...statement }: Statement): Omit<Statement, "reason"> {
  const single = (values: readonly string[]) => (values.length === 1 ? values[0]! : [...values]);
  const { Sid, Effect, Action, Resource, ...rest } = statement;
  // A statement of the platform file may say NotAction or NotResource instead.
  return {
    Sid,
    Effect,
    ...(Action.length > 0 ? { Action: single(Action) } : {}),
    ...(Resource.length > 0 ? { Resource: single(Resource) } : {}),
    ...rest,
  } as never;
}

/** Sid → reason of the statements that need one. */
export function reasons(statements: readonly Statement[]): Record<string, string> {
  return Object.fromEntries(
    statements.flatMap((one) => (one.reason === undefined ? [] : [[one.Sid, one.reason]])),
  );
}

/** True when the statement's resources include a bare `*`. */
export function isUnbounded(statement: Statement): boolean {
  return statement.Resource.includes("*");
}

/** Joins condition blocks. Operators that occur twice are merged; a key that occurs twice is a mistake. */
export function both(...conditions: (Condition | undefined)[]): Condition {
  const joined: Record<string, Record<string, string | readonly string[]>> = {};
  for (const condition of conditions)
    for (const [operator, keys] of Object.entries(condition ?? {}))
      for (const [key, value] of Object.entries(keys)) {
        const into = joined[operator] ?? {};
        joined[operator] = into;
        if (Object.hasOwn(into, key)) throw new Error(`condition ${operator} ${key} is given twice`);
        into[key] = value;
      }
  return joined;
}
