import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

const absent = spawnSync("aws", ["--version"]).status !== 0;
if (absent && process.env.CI) throw new Error("the AWS CLI is not installed: CI must have it");
if (absent) console.warn("skipped: the AWS CLI is not installed, so its deploy command cannot be tried");

let cloud: Cloud;
let folder: string;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  folder = mkdtempSync(join(tmpdir(), "sagekeep-cli-"));
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `aws …` against the local cloud: its exit code and both outputs. */
function aws(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_PAGER: "",
  };
  return new Promise((resolve) => {
    execFile("aws", args, { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, out, err });
    });
  });
}
const network = fileURLToPath(new URL("./fixtures/network.yaml", import.meta.url));
const deploy = (...more: string[]) => aws("cloudformation", "deploy", "--stack-name", "net", ...more);

describe.skipIf(absent)("the AWS CLI", () => {
  it("deploys, finds nothing to change, updates, describes, waits and deletes", async () => {
    const first = await deploy("--template-file", network, "--tags", "team=a");
    expect(first, first.err).toMatchObject({
      code: 0,
      out: expect.stringContaining("Successfully created/updated stack - net"),
    });
    const again = await deploy(
      "--template-file",
      network,
      "--no-fail-on-empty-changeset",
      "--tags",
      "team=a",
    );
    expect(again).toMatchObject({
      code: 0,
      out: expect.stringContaining("No changes to deploy. Stack net is up to date"),
    });
    const changed = await deploy(
      "--template-file",
      network,
      "--parameter-overrides",
      "ZoneCount=2",
      "--tags",
      "team=a",
    );
    expect(changed, changed.err).toMatchObject({ code: 0 });
    const described = await aws(
      "cloudformation",
      "describe-stacks",
      "--stack-name",
      "net",
      "--output",
      "text",
      "--query",
      "Stacks[0].[StackStatus,Parameters[?ParameterKey=='ZoneCount'].ParameterValue|[0],Outputs[?OutputKey=='VpcId'].ExportName|[0]]",
    );
    expect(described.out.trim().split("\t")).toEqual(["UPDATE_COMPLETE", "2", "net-VpcId"]);
    const template = await aws(
      "cloudformation",
      "get-template",
      "--stack-name",
      "net",
      "--query",
      "TemplateBody",
      "--output",
      "text",
    );
    expect(template.out).toContain("A VPC over up to three zones");
    expect((await aws("cloudformation", "delete-stack", "--stack-name", "net")).code).toBe(0);
    expect((await aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "net")).code).toBe(
      0,
    );
  });

  it("is told what is wrong with a template, and what failed", async () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, "Resources:\n  A: [\n");
    expect(
      (await aws("cloudformation", "validate-template", "--template-body", `file://${file}`)).err,
    ).toMatch(
      /An error occurred \(ValidationError\) when calling the ValidateTemplate operation: Template format error: YAML not well-formed\. \(line \d+, column \d+\)/,
    );
    writeFileSync(
      file,
      "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: x, AssumeRolePolicyDocument: {}}}}",
    );
    expect(
      (
        await aws(
          "cloudformation",
          "deploy",
          "--stack-name",
          "bad",
          "--template-file",
          file,
          "--capabilities",
          "CAPABILITY_IAM",
        )
      ).err,
    ).toContain(
      "An error occurred (InsufficientCapabilitiesException) when calling the CreateChangeSet operation: Requires capabilities : [CAPABILITY_NAMED_IAM]",
    );
    writeFileSync(
      file,
      "Resources: {S: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}}}",
    );
    const failed = await aws("cloudformation", "deploy", "--stack-name", "bad", "--template-file", file);
    expect(failed).toMatchObject({
      code: 255,
      err: expect.stringContaining("Failed to create/update the stack"),
    });
    const status = await aws(
      "cloudformation",
      "describe-stacks",
      "--stack-name",
      "bad",
      "--query",
      "Stacks[0].StackStatus",
      "--output",
      "text",
    );
    expect(status.out.trim()).toBe("ROLLBACK_COMPLETE");
  }, 90_000);

  it("deploys a large template from S3", async () => {
    const file = join(folder, "large.json");
    const Resources = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [
        `P${index}`,
        { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: `${index}`.padEnd(500, "x") } },
      ]),
    );
    writeFileSync(file, JSON.stringify({ Resources }));
    expect((await aws("s3", "mb", "s3://templates")).code).toBe(0);
    const done = await aws(
      "cloudformation",
      "deploy",
      "--stack-name",
      "large",
      "--template-file",
      file,
      "--s3-bucket",
      "templates",
    );
    expect(done, done.err).toMatchObject({ code: 0 });
    const count = await aws(
      "cloudformation",
      "list-stack-resources",
      "--stack-name",
      "large",
      "--query",
      "length(StackResourceSummaries)",
    );
    expect(count.out.trim()).toBe("120");
  }, 90_000);
});
