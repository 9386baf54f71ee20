/**
 * Traps of published SageMaker policies. Each test fails if our policies fall into the trap: some look for the
 * pattern in every example's templates, some make the request that the trap lets through.
 */

import { authorize, compilePolicy } from "@sagekeep/engine";
import type { PolicyDocument } from "@sagekeep/policy";
import { beforeAll, describe, expect, test } from "vitest";
import { isTaggable, pathOf, resourceTypes } from "../src/catalogue.ts";
import { compiledExamples } from "./examples.ts";
import { type Ask, SyntheticAccount } from "./synthetic-account.ts";

interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const R = "arn:aws:sagemaker:us-east-1:111122223333";
const SCIENTIST = "bank-marketing-team-a-data-scientist";
const MLOPS = "bank-marketing-team-b-mlops";

/** Every statement of every policy document anywhere in the templates, with where it stands. */
const statements: { where: string; type: string; statement: Statement }[] = [];
let account: SyntheticAccount;
let guardrails: PolicyDocument[] = [];

beforeAll(async () => {
  const examples = await compiledExamples();
  for (const { out } of examples.values())
    for (const stack of out.stacks)
      for (const [id, resource] of Object.entries(stack.template.Resources))
        for (const value of Object.values(resource.Properties ?? {}))
          for (const statement of list((value as { Statement?: Statement | Statement[] } | null)?.Statement))
            statements.push({
              where: `${stack.name}/${id} ${statement.Sid ?? ""}`,
              type: resource.Type,
              statement,
            });
  const { platform, out } = examples.get("bank-marketing")!;
  account = new SyntheticAccount(platform, out);
  guardrails = examples
    .get("two-domains")!
    .out.stacks.filter((stack) => stack.target === "management")
    .flatMap((stack) =>
      Object.values(stack.template.Resources).map((one) => one.Properties?.Content as PolicyDocument),
    );
});

const where = (fits: (statement: Statement, type: string) => boolean) =>
  statements.filter((one) => fits(one.statement, one.type)).map((one) => one.where);
const allowed = (ask: Ask) => account.decide(ask).allowed;
const exported = (name: string) => account.exports[`bank-marketing:${name}`]!;

test("the templates hold statements to look at", () => expect(statements.length).toBeGreaterThan(300));

describe("1: keys of one block are ANDed", () => {
  const create = (context: Record<string, string | string[]>) => {
    const everything: PolicyDocument = {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "*", Resource: "*" },
    };
    const full = compilePolicy(everything, { name: "all", kind: "identity" });
    return authorize(
      {
        principal: { kind: "user", arn: "arn:aws:iam::111122223333:user/admin", account: "111122223333" },
        action: "sagemaker:CreateDomain",
        resource: { arn: `${R}:domain/d-1` },
        context,
      },
      {
        identity: [full],
        scps: [
          {
            level: "root",
            policies: [
              compilePolicy(everything, { name: "FullAWSAccess", kind: "scp" }),
              ...guardrails.map((one, index) => compilePolicy(one, { name: `g${index}`, kind: "scp" })),
            ],
          },
        ],
      },
    ).allowed;
  };
  const good = {
    "sagemaker:AppNetworkAccessType": "VpcOnly",
    "sagemaker:VpcSubnets": ["subnet-1"],
    "sagemaker:VpcSecurityGroupIds": ["sg-1"],
    "sagemaker:VolumeKmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k",
    "aws:RequestedRegion": "eu-west-1",
  };

  test("a private domain passes the guardrails", () => expect(create(good)).toBe(true));
  test("a public domain does not, subnets or not", () => {
    expect(create({ ...good, "sagemaker:AppNetworkAccessType": "PublicInternetOnly" })).toBe(false);
  });
  test("nor one that does not say", () => {
    const { "sagemaker:AppNetworkAccessType": _, ...silent } = good;
    expect(create(silent)).toBe(false);
  });
  test("no denial asks for two missing keys at once", () => {
    const both = where((one) => {
      const missing = Object.entries(one.Condition?.Null ?? {}).filter(
        ([, value]) => String(value) === "true",
      );
      return one.Effect === "Deny" && missing.length > 1;
    });
    expect(both).toEqual([]);
  });
});

test("2: no Allow on what a service key is not", () => {
  const negated = where(
    (one) =>
      one.Effect === "Allow" &&
      Object.entries(one.Condition ?? {}).some(
        ([operator, keys]) =>
          /Not/.test(operator) &&
          operator !== "Null" &&
          Object.keys(keys).some((key) => key.startsWith("sagemaker:")),
      ),
  );
  expect(negated).toEqual([]);
});

test("3: no Allow rests on ForAllValues, which an empty set fulfils", () => {
  expect(
    where(
      (one) =>
        one.Effect === "Allow" &&
        Object.keys(one.Condition ?? {}).some((operator) => operator.startsWith("ForAllValues")),
    ),
  ).toEqual([]);
});

test("4: jobs whose actions know no subnets can be started", () => {
  const transform: Ask = {
    as: MLOPS,
    action: "sagemaker:CreateTransformJob",
    resource: `${R}:transform-job/x`,
    requestTags: { team: "team-b" },
    context: {
      "sagemaker:InstanceTypes": ["ml.m5.large"],
      "sagemaker:VolumeKmsKeyArn": exported("keys:jobs"),
    },
  };
  expect(allowed(transform)).toBe(true);
  const schedule: Ask = {
    as: MLOPS,
    action: "sagemaker:CreateMonitoringSchedule",
    resource: `${R}:monitoring-schedule/x`,
    requestTags: { team: "team-b" },
  };
  // By the name of a definition, which was controlled when it was made; inline it must say everything itself.
  expect(allowed(schedule)).toBe(true);
  expect(allowed({ ...schedule, context: { "sagemaker:InstanceTypes": ["ml.m5.large"] } })).toBe(false);
});

test("5: PassRole names roles, and says to whom", () => {
  const loose = where(
    (one) =>
      one.Effect === "Allow" &&
      list(one.Action).some((action) => /^iam:(PassRole|\*)$|^\*$/.test(action)) &&
      (JSON.stringify(one.Resource).includes("*") ||
        one.Condition?.StringEquals?.["iam:PassedToService"] === undefined),
  );
  expect(loose).toEqual([]);
  const pass = (role: string) =>
    allowed({
      as: SCIENTIST,
      action: "iam:PassRole",
      resource: `arn:aws:iam::111122223333:role/${role}`,
      context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    });
  expect([...account.roles.keys()].filter(pass).sort()).toEqual(
    ["hosting", "processing", "training", "tuning"].map((kind) => `bank-marketing-team-a-${kind}-job`),
  );
});

test("6: nobody opens another profile", () => {
  const open = (as: string, profile: string, user?: string) =>
    allowed({
      as,
      action: "sagemaker:CreatePresignedDomainUrl",
      resource: `${R}:user-profile/${exported("domain:bank:Id")}/${profile}`,
      resourceTags: { platform: "bank-marketing", team: "team-a" },
      ...(user === undefined ? {} : { sessionTags: { user } }),
    });
  for (const role of account.roles.keys()) {
    expect(open(role, "user1-data-scientist"), role).toBe(false);
    expect(open(role, "user1-data-scientist", "user2-mlops"), role).toBe(false);
  }
  expect(open("bank-marketing-sign-in", "user1-data-scientist", "user1-data-scientist")).toBe(true);
});

describe("7: tags of another team's resources stay", () => {
  const kinds = resourceTypes().filter(isTaggable);
  test.each(kinds)("%s", (kind) => {
    const resource = `${R}:${pathOf(kind).replaceAll("*", "x")}`;
    for (const as of [SCIENTIST, MLOPS]) {
      const other = as === SCIENTIST ? "team-b" : "team-a";
      const own = as === SCIENTIST ? "team-a" : "team-b";
      const base = { as, resource, resourceTags: { team: other } };
      expect(allowed({ ...base, action: "sagemaker:AddTags", requestTags: { team: own } })).toBe(false);
      expect(allowed({ ...base, action: "sagemaker:AddTags", requestTags: { note: "x" } })).toBe(false);
      expect(allowed({ ...base, action: "sagemaker:DeleteTags", context: { "aws:TagKeys": ["team"] } })).toBe(
        false,
      );
      // An untagged resource is not taken over either.
      expect(allowed({ as, resource, action: "sagemaker:AddTags", requestTags: { team: own } })).toBe(false);
      expect(
        allowed({
          as,
          resource,
          resourceTags: { team: own },
          action: "sagemaker:AddTags",
          requestTags: { platform: "other" },
        }),
      ).toBe(false);
    }
  });
});

test("8: no policy uses a deprecated key", () => {
  const deprecated =
    /"sagemaker:(VolumeKmsKey|OutputKmsKey|HomeEfsFileSystemKmsKey|DomainSharingOutputKmsKey|FeatureGroup\w+KmsKey)"/;
  expect(where((one) => deprecated.test(JSON.stringify(one.Condition ?? {})))).toEqual([]);
});

test("9: no address condition is about everywhere", () => {
  expect(where((one) => /0\.0\.0\.0\/0|::\/0/.test(JSON.stringify(one.Condition ?? {})))).toEqual([]);
});

describe("10: an endpoint policy is a control", () => {
  test("each one limits who, and what", () => {
    const open = where(
      (one, type) =>
        type === "AWS::EC2::VPCEndpoint" &&
        one.Effect === "Allow" &&
        (list(one.Action).includes("*") ||
          (one.Condition === undefined && JSON.stringify(one.Resource).includes('"*"'))),
    );
    expect(open).toEqual([]);
    expect(statements.filter((one) => one.type === "AWS::EC2::VPCEndpoint").length).toBeGreaterThan(20);
  });

  test("gateway endpoints name their principals by condition", () => {
    expect(where((one, type) => type === "AWS::EC2::VPCEndpoint" && one.Principal !== "*")).toEqual([]);
  });
});
