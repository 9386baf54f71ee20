/** Templates against other people's rules: cdk-nag, AWS's own validator, cfn-lint. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { App, Stack } from "aws-cdk-lib/core";
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks } from "cdk-nag";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildStacks } from "../src/cdk.ts";
import type { Synthesized } from "../src/index.ts";
import { compiledExamples, exampleNames, examplePlatform } from "./examples.ts";

const seen = new Set<string>();

/** Whether a template has a resource type or property that none before had: the others repeat. */
function addsSomething(template: Synthesized["stacks"][number]["template"]): boolean {
  const before = seen.size;
  for (const resource of Object.values(template.Resources))
    for (const name of Object.keys(resource.Properties ?? {})) seen.add(`${resource.Type} ${name}`);
  return seen.size > before;
}

const PACKS = [AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks];

function findings(app: App): string[] {
  return PACKS.flatMap((Pack) =>
    new Pack(app)
      .validateScope(app)
      .violations.flatMap((one) =>
        one.violatingResources.map((resource) => `${one.ruleName} ${resource.constructPath}`),
      ),
  );
}

describe("cdk-nag", () => {
  test("finds a bucket without anything", () => {
    const app = new App();
    new CfnBucket(new Stack(app, "bare"), "Bucket");
    expect(findings(app)).toContain("AwsSolutions-S1 bare/Bucket");
  });

  test.each(exampleNames())("%s is clean, or its findings are accepted with a reason", (name) => {
    const app = new App();
    buildStacks(app, examplePlatform(name));
    expect(findings(app)).toEqual([]);
  });
});

describe("templates", () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-rules-"));
  const files: string[] = [];
  beforeAll(async () => {
    for (const { out } of (await compiledExamples()).values())
      for (const stack of out.stacks) {
        if (!addsSomething(stack.template)) continue;
        const file = join(folder, `${stack.name}.json`);
        writeFileSync(file, stack.body);
        files.push(file);
      }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("pass AWS's own validator", { timeout: 120_000 }, () => {
    const engine = new CelEngine();
    try {
      const serious = files.flatMap((file) =>
        engine
          .validateStandard(new TemplateFile(file))
          .diagnostics.filter((one) => one.severity !== "INFO" && one.severity !== "DEBUG")
          // A zone is named only where the platform file names it.
          .filter((one) => one.ruleId !== "W3010")
          .map((one) => `${file}: ${one.ruleId} ${one.message}`),
      );
      expect(serious).toEqual([]);
    } finally {
      engine.free();
    }
  });

  test("pass cfn-lint, where it is installed", { timeout: 180_000 }, (context) => {
    const present = spawnSync("cfn-lint", ["--version"], { encoding: "utf8" });
    if (present.status !== 0) context.skip("cfn-lint is not installed");
    // W3010: zones the file names. W3037: its list of IAM actions is older than ours, which policy-lint checks.
    const run = spawnSync(
      "cfn-lint",
      ["--ignore-checks", "W3010", "W3037", "--format", "parseable", "--", ...files],
      {
        encoding: "utf8",
      },
    );
    expect(run.stdout.slice(0, 2_000)).toBe("");
    expect(run.status).toBe(0);
  });
});
