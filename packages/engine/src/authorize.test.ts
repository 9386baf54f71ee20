import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import { describe, expect, test } from "vitest";
import {
  authorize,
  type CompiledPolicy,
  compilePolicy,
  explain,
  type Principal,
  type Request,
} from "./index.ts";

const account = "111122223333";
const session: Principal = {
  kind: "session",
  arn: `arn:aws:sts::${account}:assumed-role/studio/alice`,
  roleArn: `arn:aws:iam::${account}:role/studio`,
  account,
  tags: { team: "a" },
};

function policy(kind: PolicyKind, ...statements: object[]): CompiledPolicy {
  const document = { Version: "2012-10-17", Statement: statements } as unknown as PolicyDocument;
  return compilePolicy(document, { name: kind, kind });
}

function get(key: string, principal: Principal = session): Request {
  return { principal, action: "s3:GetObject", resource: { arn: `arn:aws:s3:::b/${key}`, account } };
}

const all = policy("identity", { Effect: "Allow", Action: "*", Resource: "*" });

describe("authorize", () => {
  test("denies by default", () => {
    expect(authorize(get("k"), {})).toMatchObject({ outcome: "ImplicitlyDenied", by: "identity" });
  });

  test("allows what an identity policy allows", () => {
    expect(authorize(get("k"), { identity: [all] })).toMatchObject({ outcome: "Allowed", by: "identity" });
  });

  test("lets any explicit deny win", () => {
    const deny = policy("endpoint", { Effect: "Deny", Principal: "*", Action: "s3:Get*", Resource: "*" });
    expect(authorize(get("k"), { identity: [all], endpoint: [deny] }).by).toBe("endpoint");
  });

  test("resolves variables in resources, and denies without a value", () => {
    const own = policy("identity", {
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
    });
    expect(authorize(get("a/1"), { identity: [own] }).allowed).toBe(true);
    expect(authorize(get("b/1"), { identity: [own] }).allowed).toBe(false);
    expect(authorize(get("a/1", { ...session, tags: {} }), { identity: [own] }).allowed).toBe(false);
  });

  test("limits a grant to the role by the session policy, one to the session not", () => {
    const narrow = policy("session", { Effect: "Allow", Action: "ec2:*", Resource: "*" });
    const bucket = (arn: string) =>
      policy("bucket", {
        Effect: "Allow",
        Principal: { AWS: arn },
        Action: "s3:*",
        Resource: "arn:aws:s3:::b/*",
      });
    expect(authorize(get("k"), { session: [narrow], resource: bucket(session.roleArn) }).by).toBe("session");
    expect(authorize(get("k"), { session: [narrow], resource: bucket(session.arn) }).allowed).toBe(true);
  });

  test("needs both accounts' policies across accounts", () => {
    const bucket = policy("bucket", { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" });
    const request = { ...get("k"), resource: { arn: "arn:aws:s3:::b/k", account: "444455556666" } };
    expect(authorize(request, { resource: bucket }).by).toBe("identity");
    expect(authorize(request, { identity: [all] }).by).toBe("resource");
    expect(authorize(request, { identity: [all], resource: bucket }).allowed).toBe(true);
  });
});

describe("explain", () => {
  test("names statement, condition and both sides' values", () => {
    const deny = policy("bucket", {
      Sid: "OnlyFromOurEndpoint",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
    });
    const explanation = explain(get("k"), { identity: [all], resource: deny });
    expect(explanation.outcome).toBe("ExplicitlyDenied");
    expect(explanation.blockedBy).toMatchObject({
      sid: "OnlyFromOurEndpoint",
      conditions: [
        { key: "aws:SourceVpce", policyValues: ["vpce-1"], requestValues: undefined, holds: true },
      ],
    });
    expect(explanation.otherwiseAllowedBy).toMatchObject([{ policy: "identity", index: 0 }]);
    expect(explanation.denialReason).toBe("with an explicit deny in a resource-based policy");
  });
});
