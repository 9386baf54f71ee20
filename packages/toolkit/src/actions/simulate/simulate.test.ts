import { describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { simulate, simulateLine, simulateStream } from "./simulate.ts";

const account = "111122223333";
const allowAll = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

function ask(line: object): Answer {
  const result = simulate(JSON.stringify(line));
  if ("error" in result) throw new Error(JSON.stringify(result));
  return result;
}

const base = {
  principal: { arn: `arn:aws:iam::${account}:user/ann` },
  action: "s3:GetObject",
  resource: { arn: "arn:aws:s3:::b/k", account },
  policies: { identity: [{ name: "all", document: allowAll }] },
};

function only(principal: unknown, condition: object, context: object = {}): string {
  const document = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition: condition },
  };
  return ask({ ...base, principal, context, policies: { resource: { document } } }).decision;
}

describe("simulate", () => {
  test("answers with decision, by, reasons and warnings only", () => {
    const result = ask(base);
    expect(Object.keys(result)).toEqual(["decision", "by", "reasons", "warnings"]);
    expect(result).toMatchObject({ decision: "Allowed", by: "identity", warnings: [] });
    expect(result.reasons).toEqual([
      {
        layer: "identity",
        outcome: "allow",
        statements: [{ policy: "all", index: 0, effect: "Allow", matches: true }],
      },
    ]);
  });

  test("reads tags of resources in every shape, and warns of fields it does not know", () => {
    const document = {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "*",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/a": "5" } },
      },
    };
    const tagged = (tags: unknown) =>
      ask({
        ...base,
        resource: { ...base.resource, tags },
        policies: { identity: [{ name: "t", document }] },
      });
    expect(tagged({ a: 5 }).decision).toBe("Allowed");
    expect(tagged([{ Key: "a", Value: "5" }]).decision).toBe("Allowed");
    expect(tagged({ a: null }).decision).toBe("ImplicitlyDenied");
    expect(ask({ ...base, polcies: {} }).warnings).toEqual([
      "field `polcies` is not one of a question: it is left out",
    ]);
  });

  test("fills the keys that follow from the principal", () => {
    const session = {
      arn: `arn:aws:sts::${account}:assumed-role/studio/ann`,
      tags: { Team: "a" },
      sourceIdentity: "ann",
    };
    const like = (key: string, value: string) => ({ StringEquals: { [key]: value } });
    expect(only(session, like("aws:PrincipalArn", `arn:aws:iam::${account}:role/studio`))).toBe("Allowed");
    expect(only(session, like("aws:PrincipalArn", session.arn))).toBe("ImplicitlyDenied");
    expect(only(session, like("aws:PrincipalTag/team", "a"))).toBe("Allowed");
    expect(only(session, like("aws:SourceIdentity", "ann"))).toBe("Allowed");
    expect(only(session, like("aws:PrincipalType", "AssumedRole"))).toBe("Allowed");
    expect(only(session, like("aws:userid", "AROAX:ann"), { "aws:userid": "AROAX:ann" })).toBe("Allowed");
    expect(only({ arn: account }, like("aws:PrincipalType", "Account"))).toBe("Allowed");
    expect(only({ anonymous: true }, { Null: { "aws:PrincipalArn": "true" } })).toBe("Allowed");
    expect(only({ service: "ec2.amazonaws.com" }, { Bool: { "aws:PrincipalIsAWSService": "true" } })).toBe(
      "Allowed",
    );
    expect(only(session, like("aws:PrincipalAccount", "9"), { "aws:PrincipalAccount": "9" })).toBe("Allowed");
  });

  test("fills the keys every request has", () => {
    const now = new Date("2026-11-23T00:00:00Z");
    const until = (limit: string) => {
      const document = {
        Statement: {
          Effect: "Allow",
          Action: "*",
          Resource: "*",
          Condition: { DateLessThan: { "aws:CurrentTime": limit } },
        },
      };
      return (
        simulate(JSON.stringify({ ...base, policies: { identity: [{ document }] } }), { now }) as Answer
      ).decision;
    };
    expect(until("1893456000")).toBe("Allowed");
    expect(until("2026-11-22T00:00:00Z")).toBe("ImplicitlyDenied");
    expect(only(base.principal, { Bool: { "aws:SecureTransport": "true" } })).toBe("Allowed");
  });

  test("sends what AWS always sends with temporary credentials", () => {
    const session = `arn:aws:sts::${account}:assumed-role/studio/ann`;
    const mfa = { Bool: { "aws:MultiFactorAuthPresent": "false" } };
    expect(only(session, mfa)).toBe("Allowed");
    expect(only(base.principal, mfa)).toBe("ImplicitlyDenied");
    expect(only(session, { StringLike: { "aws:userid": "*:ann" } })).toBe("Allowed");
    expect(only(session, { StringLike: { "aws:userid": "AROAEXAMPLE:*" } })).toBe("ImplicitlyDenied");
  });

  test("takes documents as text, percent-encoded as the IAM API returns them too", () => {
    const text = JSON.stringify(allowAll);
    for (const document of [text, encodeURIComponent(text)]) {
      expect(ask({ ...base, policies: { identity: [{ document }] } }).decision).toBe("Allowed");
    }
  });

  test("takes a role's ARN as a session of it, and uses the role's path", () => {
    const role = `arn:aws:iam::${account}:role/team/studio`;
    expect(only({ arn: role }, { StringEquals: { "aws:PrincipalArn": role } })).toBe("Allowed");
    const session = `arn:aws:sts::${account}:assumed-role/studio/x`;
    const context = { "aws:PrincipalArn": role };
    expect(only(session, { ArnLike: { "aws:PrincipalArn": role } }, context)).toBe("Allowed");
  });

  test("shows what nearly allowed", () => {
    const document = {
      Statement: { Sid: "Own", Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::c/*" },
    };
    const result = ask({ ...base, policies: { identity: [{ name: "p", document }] } });
    expect(result.reasons[0]?.statements).toEqual([
      { policy: "p", sid: "Own", index: 0, effect: "Allow", matches: false, resourceMatches: false },
    ]);
  });

  test("needs every resource of several", () => {
    const document = { Statement: { Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::b/k" } };
    const resources = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/l"].map((arn) => ({ arn, account }));
    expect(
      ask({ ...base, resource: undefined, resources, policies: { identity: [{ document }] } }).decision,
    ).toBe("ImplicitlyDenied");
  });

  const bad: [string, unknown, string][] = [
    ["no JSON", "{", "SIM0101"],
    ["a list", [], "SIM0102"],
    ["null", null, "SIM0102"],
    ["no principal", { ...base, principal: undefined }, "SIM0102"],
    ["a group", { ...base, principal: { arn: `arn:aws:iam::${account}:group/g` } }, "SIM0201"],
    ["a wildcard action", { ...base, action: "s3:*" }, "SIM0202"],
    ["a numeric action", { ...base, action: 3 }, "SIM0202"],
    ["a resource that is no ARN", { ...base, resource: { arn: "bucket" } }, "SIM0203"],
    ["a policy without statement", { ...base, policies: { identity: [{ document: {} }] } }, "SIM0302"],
    ["a policy in JSON that breaks off", { ...base, policies: { identity: [{ document: "{" }] } }, "SIM0302"],
    ["policies that are no object", { ...base, policies: 3 }, "SIM0102"],
    ["a context of objects", { ...base, context: { a: {} } }, "SIM0401"],
  ];
  test.each(bad)("answers %s with an error", (_, line, code) => {
    const result = JSON.parse(simulateLine(typeof line === "string" ? line : JSON.stringify(line)));
    expect(result.error.code).toBe(code);
  });
});

describe("simulateStream", () => {
  async function run(chunks: (string | Uint8Array)[], mostBytes?: number): Promise<string[]> {
    async function* input() {
      yield* chunks;
    }
    const lines: string[] = [];
    for await (const line of simulateStream(input(), mostBytes === undefined ? {} : { mostBytes })) {
      const parsed = JSON.parse(line);
      lines.push(parsed.decision ?? `${parsed.error.code}@${parsed.error.line}`);
    }
    return lines;
  }
  const line = JSON.stringify(base);

  test("goes on after bad lines, numbers them and passes over empty ones", async () => {
    expect(await run([`${line}\r\n\nnope\n`, line])).toEqual(["Allowed", "SIM0101@3", "Allowed"]);
  });

  test("does not keep lines beyond the bound", async () => {
    expect(await run(["x".repeat(9000), "x".repeat(9000), `\n${line}\n`], 10_000)).toEqual([
      "SIM0104@1",
      "Allowed",
    ]);
  });

  test("joins characters cut between chunks, and takes a byte order mark", async () => {
    const named = { ...base, resource: { arn: "arn:aws:s3:::b/ü", account } };
    const bytes = Buffer.from(`\ufeff${JSON.stringify(named)}\n`);
    const cut = bytes.indexOf(0xc3) + 1;
    expect(await run([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(["Allowed"]);
  });
});
