/** Odd and hostile policies and requests: decided quickly and without harm, or refused clearly. */
import type { PolicyDocument } from "@sagekeep/policy";
import { describe, expect, test } from "vitest";
import { authorize, compilePolicy, PolicyShapeError, type Request } from "./index.ts";

const account = "111122223333";
const request: Request = {
  principal: { kind: "user", arn: `arn:aws:iam::${account}:user/ann`, account },
  action: "s3:GetObject",
  resource: { arn: "arn:aws:s3:::b/k", account },
};

function allowed(statement: object, asked: Partial<Request> = {}): boolean {
  const document = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: "*", ...statement },
  };
  const policy = compilePolicy(document as unknown as PolicyDocument, { name: "p", kind: "identity" });
  return authorize({ ...request, ...asked }, { identity: [policy] }).allowed;
}

describe("shapes", () => {
  test.each([
    [null, "$"],
    [{}, "$.Statement[0]"],
    [{ Statement: [{ Effect: "allow", Action: "*" }] }, "$.Statement[0].Effect"],
    [{ Statement: { Effect: "Allow" } }, "$.Statement[0].Action"],
    [{ Statement: { Effect: "Allow", Action: 3 } }, "$.Statement[0].Action"],
    [{ Statement: { Effect: "Allow", Action: "*", Principal: 3 } }, "$.Statement[0].Principal"],
    [{ Statement: { Effect: "Allow", Action: "*", Principal: { AWS: {} } } }, "$.Statement[0].Principal.AWS"],
    [{ Statement: { Effect: "Allow", Action: "*", Condition: [] } }, "$.Statement[0].Condition"],
    [
      { Statement: { Effect: "Allow", Action: "*", Condition: { Bool: { a: {} } } } },
      "$.Statement[0].Condition.Bool.a",
    ],
  ])("%j is refused at %s", (document, path) => {
    let error: unknown;
    try {
      compilePolicy(document as unknown as PolicyDocument, { name: "p", kind: "identity" });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PolicyShapeError);
    expect((error as PolicyShapeError).path).toBe(path);
  });
});

describe("names of object properties", () => {
  test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("the key %s is absent", (key) => {
    expect(allowed({ Condition: { Null: { [key]: "true" } } })).toBe(true);
    expect(allowed({ Resource: `arn:aws:s3:::b/\${${key}}*` })).toBe(false);
    expect(allowed({ Condition: { [key]: { a: "b" } } })).toBe(false);
    expect(allowed({ Resource: `arn:aws:s3:::b/\${aws:PrincipalTag/${key}}*` })).toBe(false);
  });
});

describe("odd requests", () => {
  test.each(["", "s3", ":", "s3:", "s3:Get Object", "a,b:c", ":Get"])(
    "the action %j is covered by nothing but its own kind",
    (action) => {
      expect(() => allowed({}, { action })).not.toThrow();
      expect(allowed({ Action: "s3:GetObject" }, { action })).toBe(false);
    },
  );

  test.each(["", "*", "b", "arn:aws:s3", ":::::", "arn:aws:s3:::"])(
    "the resource %j does not throw",
    (arn) => {
      expect(allowed({ Resource: "arn:aws:s3:::b/*" }, { resource: { arn, account } })).toBe(false);
      expect(allowed({}, { resource: { arn, account } })).toBe(true);
    },
  );

  test("a frozen context and one without prototype are read", () => {
    const context = Object.freeze(Object.assign(Object.create(null), { "AWS:sourceVPC": "v" })) as Record<
      string,
      string
    >;
    expect(allowed({ Condition: { StringEquals: { "aws:SourceVpc": "v" } } }, { context })).toBe(true);
  });
});

describe("time", () => {
  function milliseconds(statement: object, asked: Partial<Request>, times = 20): number {
    const document = {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "*", Resource: "*", ...statement },
    };
    const policy = compilePolicy(document as unknown as PolicyDocument, { name: "p", kind: "identity" });
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 5; run++) {
      const started = performance.now();
      for (let i = 0; i < times; i++) authorize({ ...request, ...asked }, { identity: [policy] });
      best = Math.min(best, performance.now() - started);
    }
    return best;
  }

  test("hostile wildcards take time that grows with the text", () => {
    const resource = (length: number) => ({
      resource: { arn: `arn:aws:s3:::b/${"a".repeat(length)}`, account },
    });
    for (const pattern of [
      "*a*a*a*a*b",
      `${"*a".repeat(100)}*b`,
      `${"*a?".repeat(100)}*b*`,
      "*${aws:username}*a*a*a*b",
    ]) {
      const statement = { Resource: `arn:aws:s3:::b/${pattern}` };
      milliseconds(statement, resource(1000));
      const [short, long] = [
        milliseconds(statement, resource(5000)),
        milliseconds(statement, resource(50_000)),
      ];
      expect(long).toBeLessThan(Math.max(short, 0.05) * 40);
    }
  });

  test("statements about other services cost nothing", () => {
    const decide = (count: number): number => {
      const statements = Array.from({ length: count }, (_, index) => ({
        Effect: "Allow" as const,
        Action: index === 0 ? "s3:GetObject" : `service${index}:Do`,
        Resource: "*",
      }));
      const policy = compilePolicy(
        { Version: "2012-10-17", Statement: statements },
        { name: "p", kind: "identity" },
      );
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 7; run++) {
        const started = performance.now();
        for (let i = 0; i < 20_000; i++) authorize(request, { identity: [policy] });
        best = Math.min(best, performance.now() - started);
      }
      return best;
    };
    decide(1);
    const [one, many] = [decide(1), decide(10_000)];
    expect(many).toBeLessThan(one * 25);
  });

  test("fifty thousand made-up actions do not fill a policy's memory", () => {
    const policy = compilePolicy(
      { Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
      { name: "p", kind: "identity" },
    );
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 50_000; i++) authorize({ ...request, action: `made:Up${i}` }, { identity: [policy] });
    expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(40);
  });
});
