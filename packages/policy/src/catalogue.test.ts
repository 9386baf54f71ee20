import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  action,
  actionsOf,
  conditionKey,
  expandActions,
  service,
  services,
  supportsKey,
  supportsRcp,
} from "./index.ts";

describe("the catalogue", () => {
  test("knows services and their actions, in any case", () => {
    expect(services().length).toBeGreaterThan(400);
    expect(actionsOf("sagemaker").length).toBeGreaterThan(400);
    expect(action("SAGEMAKER:createapp")).toMatchObject({
      action: "sagemaker:CreateApp",
      accessLevel: "Write",
      wildcardOnly: false,
    });
    expect(action("sagemaker:ListUserProfiles")?.wildcardOnly).toBe(true);
    expect(action("sagemaker:Nothing")).toBeUndefined();
    expect(action("nothing")).toBeUndefined();
    expect(service("__proto__")).toBeUndefined();
  });

  test("knows resources and condition keys of an action", () => {
    const app = action("sagemaker:CreateApp");
    expect(app?.resources.map(({ type, required }) => [type, required])).toEqual([["app", true]]);
    expect(app?.resources[0]?.arn).toContain(":app/");
    expect(app?.conditionKeys).toContain("sagemaker:InstanceTypes");
    expect(action("sagemaker:AddTags")?.resources.length).toBeGreaterThan(10);
  });

  test("every service decodes", () => {
    for (const prefix of services()) {
      const info = service(prefix);
      expect(info?.prefix).toBe(prefix);
      for (const one of info?.actions.values() ?? []) {
        const whole = one.accessLevel !== undefined && one.conditionKeys.every((key) => key !== undefined);
        if (!whole || !one.resources.every((resource) => resource.arn.startsWith("arn:")))
          expect(one).toBe("whole");
      }
    }
  });

  test("expands patterns", () => {
    expect(expandActions("S3:getobject")).toEqual(["s3:GetObject"]);
    expect(expandActions("s3:Get*")).toContain("s3:GetBucketPolicy");
    expect(expandActions("s3: Get*")).toEqual([]);
    expect(expandActions("nope:*")).toEqual([]);
    expect(expandActions("*").length).toBeGreaterThan(20_000);
  });

  test("knows which services take resource control policies", () => {
    expect([supportsRcp("s3"), supportsRcp("KMS"), supportsRcp("sagemaker"), supportsRcp("nope")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("conditionKey", () => {
  test.each([
    ["AWS:sourcevpc", { name: "aws:SourceVpc", global: true }],
    ["aws:PrincipalTag/team", { type: "String", global: true }],
    ["aws:TagKeys", { type: "ArrayOfString" }],
    ["kms:EncryptionContext:team", { global: false, deprecated: false }],
    ["s3:ExistingObjectTag/x", { global: false }],
    ["sagemaker:VolumeKmsKey", { deprecated: true, replacement: "sagemaker:VolumeKmsKeyArn" }],
    ["sagemaker:HomeEfsFileSystemKmsKey", { deprecated: true, replacement: "sagemaker:VolumeKmsKeyArn" }],
    ["sagemaker:ResourceTag/team", { deprecated: false }],
    ["token.actions.githubusercontent.com:sub", { global: true }],
  ])("%s", (key, expected) => expect(conditionKey(key)).toMatchObject(expected));

  test.each(["aws:Nothing", "aws:PrincipalTag/", "s3:Nothing", "plain", ""])("%j is unknown", (key) => {
    expect(conditionKey(key)).toBeUndefined();
  });

  test("supportsKey looks at action and resource types", () => {
    const [training, transform] = [
      action("sagemaker:CreateTrainingJob"),
      action("sagemaker:CreateTransformJob"),
    ];
    if (training === undefined || transform === undefined) throw new Error("actions are missing");
    expect(supportsKey(training, "sagemaker:VpcSubnets")).toBe(true);
    expect(supportsKey(transform, "sagemaker:VpcSubnets")).toBe(false);
    expect(supportsKey(training, "aws:RequestTag/team")).toBe(true);
    expect(supportsKey(training, "aws:SourceVpce")).toBe(true);
  });
});

test("loading the catalogue costs little time and memory", () => {
  const index = new URL("./catalogue.ts", import.meta.url).href;
  const script = `const m=process.memoryUsage().rss,t=process.cpuUsage();const c=await import(${JSON.stringify(index)});c.action("sagemaker:CreateApp");c.action("s3:GetObject");console.log(JSON.stringify({ms:process.cpuUsage(t).user/1000,mb:(process.memoryUsage().rss-m)/1e6}))`;
  const run = (): { ms: number; mb: number } =>
    JSON.parse(
      execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        cwd: fileURLToPath(new URL("../../..", import.meta.url)),
        encoding: "utf8",
      }),
    );
  const best = [run(), run()].sort((one, other) => one.ms - other.ms)[0] as { ms: number; mb: number };
  // The goal is 50 ms and 30 MB; the time has room for a busy machine and for compiling TypeScript on the way.
  expect(best.ms).toBeLessThan(400);
  expect(best.mb).toBeLessThan(30);
});
