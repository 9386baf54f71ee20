/** The templates of lab 3 are what CloudFormation takes: AWS's own schemas, and the local cloud's reader. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { startCloud } from "@sagekeep/cloud";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { budgetTemplate } from "./budget.ts";
import { correctiveTemplate, guardCode } from "./corrective.ts";
import { detectiveTemplate } from "./detective.ts";
import { watchTemplate } from "./watch.ts";

const templates = { budgetTemplate, correctiveTemplate, detectiveTemplate, watchTemplate };
let folder: string;
let engine: InstanceType<typeof CelEngine>;
let cloud: Awaited<ReturnType<typeof startCloud>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sagekeep-lab3-"));
  engine = new CelEngine();
  cloud = await startCloud();
});
afterAll(async () => {
  engine?.free();
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(Object.entries(templates))("%s", (name, body) => {
  it("breaks no schema", () => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, body);
    const { diagnostics } = engine.validateStandard(new TemplateFile(file));
    const wrong = diagnostics.filter(({ severity }) => !/INFO|WARN/.test(`${severity}`));
    expect(wrong.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it("is read by CloudFormation, and small enough to be sent inline", async () => {
    expect(Buffer.byteLength(body)).toBeLessThan(51_200);
    const answer = await cloud.call("cloudformation", "ValidateTemplate", { TemplateBody: body });
    expect(answer.Description).toMatch(/^Sagekeep lab 3/);
  });
});

it("keeps the inline function below Lambda's limit", () => {
  expect(guardCode.length).toBeLessThan(4096);
});
