/** SageMaker through the AWS CLI, over the wire: what the workshop's reader types, with exit codes and messages. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../src/cloud.ts";

const absent = spawnSync("aws", ["--version"]).status !== 0;
if (absent && process.env.CI) throw new Error("the AWS CLI is not installed: CI must have it");
if (absent) console.warn("skipped: the AWS CLI is not installed");

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/studio`;
const trust = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
};
const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

let cloud: Cloud;
let folder: string;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0, sageMaker: { transition: 20, jobDuration: 100 } });
  await cloud.call("iam", "CreateRole", {
    RoleName: "studio",
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  await cloud.call("iam", "PutRolePolicy", {
    RoleName: "studio",
    PolicyName: "all",
    PolicyDocument: JSON.stringify(all),
  });
  folder = mkdtempSync(join(tmpdir(), "sagekeep-cli-"));
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a line of `aws …`; words are parted by spaces, so what holds spaces comes as `more`. */
function aws(line: string, ...more: string[]): Promise<{ code: number; out: string; err: string }> {
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
    execFile("aws", [...line.split(" "), ...more], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, out, err });
    });
  });
}

/** The output of a line that must succeed. */
async function text(line: string, ...more: string[]): Promise<string> {
  const { code, out, err } = await aws(line, ...more);
  expect(`${code} ${err}`, line).toBe("0 ");
  return out.trim();
}

/** Asks until the answer is the wanted one. */
async function until(wanted: string | RegExp, line: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { out, err } = await aws(line);
    const said = out.trim() || err;
    if (typeof wanted === "string" ? said === wanted : wanted.test(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${line} did not come to ${wanted}`);
}

describe.skipIf(absent)("the AWS CLI", () => {
  it("sets up a domain, opens it, and takes it away", { timeout: 180_000 }, async () => {
    const { VpcId: vpc } = (await cloud.call("ec2", "CreateVpc", { CidrBlock: "192.168.0.0/16" })).Vpc;
    const { SubnetId: subnet } = (
      await cloud.call("ec2", "CreateSubnet", { VpcId: vpc, CidrBlock: "192.168.0.0/20" })
    ).Subnet;
    const arn = await text(
      `sagemaker create-domain --domain-name lab --auth-mode IAM --default-user-settings ExecutionRole=${role} ` +
        `--subnet-ids ${subnet} --vpc-id ${vpc} --app-network-access-type VpcOnly --query DomainArn --output text`,
    );
    const id = arn.split("/")[1] as string;
    expect(id).toMatch(/^d-[a-z0-9]{12}$/);
    const domain = `sagemaker describe-domain --domain-id ${id} --query Status --output text`;
    await until("InService", domain);
    await text(`sagemaker create-user-profile --domain-id ${id} --user-profile-name ann`);
    const profile = `--domain-id ${id} --user-profile-name ann`;
    await until("InService", `sagemaker describe-user-profile ${profile} --query Status --output text`);
    expect(
      await text(`sagemaker create-presigned-domain-url ${profile} --query AuthorizedUrl --output text`),
    ).toMatch(/^https?:\/\/\S+token=\S+$/);

    const again = await aws(`sagemaker create-user-profile ${profile}`);
    expect(again.code).not.toBe(0);
    expect(again.err).toMatch(
      /An error occurred \(ResourceInUse\) when calling the CreateUserProfile operation: /,
    );
    const nobody = await aws(`sagemaker describe-user-profile --domain-id ${id} --user-profile-name bob`);
    expect(nobody.code).not.toBe(0);
    expect(nobody.err).toMatch(/\(ResourceNotFound\) when calling the DescribeUserProfile operation: /);
    const used = await aws(`sagemaker delete-domain --domain-id ${id}`);
    expect(used.err).toMatch(/\(ResourceInUse\) when calling the DeleteDomain operation: /);

    await text(`sagemaker delete-user-profile ${profile}`);
    await until(/ResourceNotFound/, `sagemaker describe-user-profile ${profile}`);
    await text(`sagemaker delete-domain --domain-id ${id} --retention-policy HomeEfsFileSystem=Delete`);
    await until(/ResourceNotFound/, domain);
  });

  it("runs a job, waits for it, tags and lists it page by page", { timeout: 180_000 }, async () => {
    const job = JSON.stringify({
      RoleArn: role,
      AppSpecification: { ImageUri: `${account}.dkr.ecr.us-east-1.amazonaws.com/prepare:1` },
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
      },
    });
    for (const name of ["one", "two", "three"]) {
      await text(`sagemaker create-processing-job --processing-job-name ${name} --cli-input-json`, job);
    }
    expect(
      await text(
        "sagemaker list-processing-jobs --sort-by Name --sort-order Ascending --page-size 2 --output text --query",
        "ProcessingJobSummaries[].ProcessingJobName",
      ),
    ).toBe("one\tthree\ntwo");
    expect(
      await text(
        "sagemaker list-processing-jobs --name-contains t --max-items 1 --output json --query",
        "length(ProcessingJobSummaries)",
      ),
    ).toBe("1");
    await text("sagemaker wait processing-job-completed-or-stopped --processing-job-name one");
    const one = `arn:aws:sagemaker:us-east-1:${account}:processing-job/one`;
    await text(`sagemaker add-tags --resource-arn ${one} --tags Key=team,Value=a`);
    expect(await text(`sagemaker list-tags --resource-arn ${one} --query Tags[].Value --output text`)).toBe(
      "a",
    );
    const none = await aws("sagemaker describe-processing-job --processing-job-name none");
    expect(none.err).toMatch(
      /\(ValidationException\) when calling the DescribeProcessingJob operation: Could not find requested job with name: none/,
    );
  });
});
