/** The reference platform's templates: order, limits, and that they deploy by themselves. */

import { readFileSync } from "node:fs";
import { parsePlatform } from "@sagekeep/spec";
import { beforeAll, describe, expect, test } from "vitest";
import { accessExpectations, fillAttempt, type Synthesized, synthesize } from "./index.ts";

const platform = parsePlatform(
  readFileSync(new URL("../../../examples/bank-marketing/platform.yaml", import.meta.url), "utf8"),
);
let out: Synthesized;
beforeAll(async () => {
  out = await synthesize(platform);
});

describe("stacks", () => {
  test("need no bootstrap, no assets, no parameters", () => {
    for (const stack of out.stacks) {
      expect(stack.template.Parameters, stack.name).toBeUndefined();
      expect(stack.template.Rules, stack.name).toBeUndefined();
      expect(stack.body).not.toMatch(/BootstrapVersion|AWS::CDK::Metadata|cdk-hnb659fds|Token\[/);
    }
  });

  test("fit an inline template body and CloudFormation's limits", () => {
    for (const stack of out.stacks) {
      expect(Buffer.byteLength(stack.body), stack.name).toBeLessThanOrEqual(51_200);
      expect(Object.keys(stack.template.Resources).length, stack.name).toBeLessThanOrEqual(500);
    }
  });

  test("come in an order in which every import is exported before", () => {
    const exported = new Set<string>();
    for (const stack of out.stacks) {
      const imports = [...stack.body.matchAll(/\{"Fn::ImportValue":"([^"]+)"\}/g)].map((match) => match[1]!);
      for (const name of imports) expect(exported.has(name), `${stack.name} imports ${name}`).toBe(true);
      for (const output of Object.values(stack.template.Outputs ?? {}))
        exported.add(String(output.Export?.Name));
      const done = out.stacks.slice(0, out.stacks.indexOf(stack)).map((one) => one.name);
      for (const name of stack.dependsOn) expect(done).toContain(name);
    }
  });
});

describe("expectations", () => {
  const expectations = accessExpectations(platform);

  test("name about a dozen operations a user", () => {
    for (const user of platform.users)
      expect(expectations.filter((one) => one.user === user.name).length).toBeGreaterThanOrEqual(12);
  });

  test("tell the owner of data from others", () => {
    const listed = expectations
      .filter((one) => one.action === "s3:ListBucket")
      .map((one) => [one.user, one.expect]);
    expect(listed).toEqual([
      ["user1-data-scientist", "allowed"],
      ["user2-mlops", "denied"],
    ]);
  });

  test("are filled in from the exports of the stacks", () => {
    const exports = Object.fromEntries(
      out.stacks.flatMap((stack) =>
        Object.values(stack.template.Outputs ?? {}).map((one) => [String(one.Export?.Name), "x"]),
      ),
    );
    for (const one of expectations)
      expect(JSON.stringify(fillAttempt(one.request, exports))).not.toContain("{{");
    expect(() =>
      fillAttempt(expectations.find((one) => one.action === "sagemaker:DescribeDomain")!.request, {}),
    ).toThrow("no stack exports `bank-marketing:domain:bank:Id`");
  });
});
