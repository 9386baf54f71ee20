import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import { describe, expect, test } from "vitest";
import {
  type CompiledPolicy,
  compilePolicy,
  denialReason,
  explain,
  type PolicySet,
  type Request,
} from "./index.ts";

const account = "111122223333";
const request: Request = {
  principal: { kind: "user", arn: `arn:aws:iam::${account}:user/ann`, account },
  action: "s3:GetObject",
  resource: { arn: "arn:aws:s3:::b/k", account },
};
const everything = { Effect: "Allow", Action: "*", Resource: "*" };

function policy(kind: PolicyKind, ...statements: object[]): CompiledPolicy {
  return compilePolicy({ Version: "2012-10-17", Statement: statements } as unknown as PolicyDocument, {
    name: `my-${kind}`,
    kind,
  });
}

const deny = (kind: PolicyKind): CompiledPolicy =>
  policy(kind, {
    ...everything,
    Effect: "Deny",
    ...(["bucket", "endpoint", "rcp"].includes(kind) && { Principal: "*" }),
  });
const identity = [policy("identity", everything)];
const none = policy("identity", { ...everything, Action: "ec2:*" });
const level = (...policies: CompiledPolicy[]) => [{ level: "root", policies }];

describe("denialReason speaks as AWS does", () => {
  const cases: [string, PolicySet, string][] = [
    ["identity", {}, "because no identity-based policy allows the s3:GetObject action"],
    ["identity deny", { identity: [deny("identity")] }, "with an explicit deny in an identity-based policy"],
    ["scp", { identity, scps: level() }, "because no service control policy allows the s3:GetObject action"],
    ["scp deny", { identity, scps: level(deny("scp")) }, "with an explicit deny in a service control policy"],
    [
      "rcp deny",
      { identity, rcps: level(deny("rcp")) },
      "with an explicit deny in a resource control policy",
    ],
    [
      "boundary",
      { identity, boundary: [none] },
      "because no permissions boundary allows the s3:GetObject action",
    ],
    [
      "boundary deny",
      { identity, boundary: [deny("boundary")] },
      "with an explicit deny in a permissions boundary",
    ],
    ["session", { identity, session: [none] }, "because no session policy allows the s3:GetObject action"],
    ["session deny", { identity, session: [deny("session")] }, "with an explicit deny in a session policy"],
    [
      "endpoint",
      { identity, endpoint: [policy("endpoint")] },
      "because no VPC endpoint policy allows the s3:GetObject action",
    ],
    [
      "endpoint deny",
      { identity, endpoint: [deny("endpoint")] },
      "with an explicit deny in a VPC endpoint policy",
    ],
    [
      "bucket deny",
      { identity, resource: deny("bucket") },
      "with an explicit deny in a resource-based policy",
    ],
  ];
  test.each(cases)("%s", (_, policies, reason) =>
    expect(explain(request, policies).denialReason).toBe(reason),
  );

  test("a trust policy has its own name, an allowed request no reason", () => {
    expect(denialReason({ outcome: "ImplicitlyDenied", by: "resource" }, "sts:AssumeRole")).toBe(
      "because no role trust policy allows the sts:AssumeRole action",
    );
    expect(explain(request, { identity }).denialReason).toBeUndefined();
  });
});

describe("explain", () => {
  test("gives every layer its outcome, absent ones too", () => {
    const { layers } = explain(request, { identity, boundary: [none] });
    expect(Object.fromEntries(layers.map((layer) => [layer.layer, layer.outcome]))).toEqual({
      rcp: "notApplicable",
      scp: "notApplicable",
      resource: "notApplicable",
      identity: "allow",
      boundary: "implicitDeny",
      session: "notApplicable",
      endpoint: "notApplicable",
    });
  });

  test("says what would have allowed, and which part did not fit", () => {
    const near = policy("identity", {
      Sid: "Near",
      ...everything,
      Condition: { StringEquals: { "aws:SourceVpc": ["v1", "v2"] } },
    });
    const { wouldAllow } = explain({ ...request, context: { "aws:SourceVpc": "v3" } }, { identity: [near] });
    expect(wouldAllow).toEqual([
      {
        policy: "my-identity",
        policyId: undefined,
        sid: "Near",
        index: 0,
        effect: "Allow",
        resourceMatches: true,
        principalMatches: true,
        conditions: [
          {
            operator: "StringEquals",
            key: "aws:SourceVpc",
            policyValues: ["v1", "v2"],
            requestValues: "v3",
            holds: false,
          },
        ],
      },
    ]);
  });

  test("tells whom a resource policy grants to", () => {
    const grants = (who: string) =>
      explain(request, {
        resource: policy("bucket", { ...everything, Principal: { AWS: who } }),
      }).layers.find((layer) => layer.layer === "resource")?.grantsTo;
    expect([grants(account), grants(`arn:aws:iam::${account}:user/ann`), grants("*")]).toEqual([
      "account",
      "principal",
      "principal",
    ]);
  });

  test("names levels of the organisation", () => {
    const scps = [...level(...identity), { level: "ou-1", policies: [deny("scp")] }];
    const { layers, blockedBy } = explain(request, { identity, scps });
    expect(
      layers.filter((layer) => layer.layer === "scp").map((layer) => [layer.level, layer.outcome]),
    ).toEqual([
      ["root", "allow"],
      ["ou-1", "explicitDeny"],
    ]);
    expect(blockedBy).toMatchObject({ policy: "my-scp", index: 0 });
  });
});
