/** The AWS CLI and boto3, where they are installed, against IAM, STS, CloudTrail, Organizations and Identity Center. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

const run = promisify(execFile);
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const cli = has("aws", "--version");
const boto3 = has("python3", "-c", "import boto3");

let cloud: Cloud;
let folder: string;
let env: NodeJS.ProcessEnv;
const start = async () => {
  cloud = await startCloud({ listen: true, port: 0, state: join(folder, "state") });
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
  };
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sagekeep-identity-"));
  await start();
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const aws = async (...args: string[]) => {
  const { stdout } = await run("aws", [...args, "--output", "json"], { env, cwd: folder });
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
};

describe.skipIf(!cli)("the AWS CLI (skipped where `aws` is not installed)", () => {
  it("makes a user and a role, assumes it, is denied, and finds the denial in the trail", async () => {
    await aws("iam", "create-user", "--user-name", "ann");
    const attach = ["--user-name", "ann", "--policy-arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"];
    await aws("iam", "attach-user-policy", ...attach);
    const { AccessKey } = await aws("iam", "create-access-key", "--user-name", "ann");
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${cloud.account}:user/ann` },
          Action: "sts:AssumeRole",
        },
      ],
    });
    const made = await aws("iam", "create-role", "--role-name", "ro", "--assume-role-policy-document", trust);
    expect(made.Role.AssumeRolePolicyDocument.Statement[0].Action).toBe("sts:AssumeRole");
    const root = env;
    env = {
      ...env,
      AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey,
    };
    const role = ["--role-arn", made.Role.Arn, "--role-session-name", "cli"];
    const { Credentials } = await aws("sts", "assume-role", ...role);
    // credentials outlive the process that gave them out
    await cloud.close();
    await start();
    env = {
      ...env,
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials.SessionToken,
    };
    const who = await aws("sts", "get-caller-identity");
    expect(who.Arn).toBe(`arn:aws:sts::${cloud.account}:assumed-role/ro/cli`);
    await expect(aws("iam", "list-users")).rejects.toThrow(
      /AccessDenied.*not authorized to perform: iam:ListUsers.*no identity-based policy allows/s,
    );
    env = { ...root, AWS_ENDPOINT_URL: cloud.endpoint };
    const lookup = ["--lookup-attributes", "AttributeKey=Username,AttributeValue=cli"];
    const { Events } = await aws("cloudtrail", "lookup-events", ...lookup);
    expect(Events[0]).toMatchObject({ EventName: "ListUsers", AccessKeyId: Credentials.AccessKeyId });
  }, 120_000);
});

const SCRIPT = `
import boto3, json
from botocore.exceptions import ClientError
def code(call, **arguments):
    try:
        call(**arguments)
        return "none"
    except ClientError as error:
        return error.response["Error"]["Code"]
iam, org = boto3.client("iam"), boto3.client("organizations")
sso, ids, trail = boto3.client("sso-admin"), boto3.client("identitystore"), boto3.client("cloudtrail")
allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
policy = iam.create_policy(PolicyName="p", PolicyDocument=allow)["Policy"]
out = {"document": iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]["Document"]}
out["managed"] = sum(len(page["Policies"]) for page in iam.get_paginator("list_policies").paginate(Scope="AWS"))
out["simulated"] = iam.simulate_custom_policy(PolicyInputList=[allow], ActionNames=["s3:GetObject", "s3:PutObject"])
out["simulated"] = [one["EvalDecision"] for one in out["simulated"]["EvaluationResults"]]
out["codes"] = [
    code(iam.get_role, RoleName="nobody"),
    code(iam.create_policy, PolicyName="p", PolicyDocument=allow),
    code(iam.create_policy, PolicyName="q", PolicyDocument="{}"),
    code(org.describe_organization),
    code(trail.get_trail_status, Name="none"),
    code(sso.describe_instance, InstanceArn="arn:aws:sso:::instance/ssoins-0123456789abcdef"),
]
org.create_organization(FeatureSet="ALL")
root = org.list_roots()["Roots"][0]["Id"]
unit = org.create_organizational_unit(ParentId=root, Name="u")["OrganizationalUnit"]["Id"]
out["parents"] = [one["Type"] for one in org.list_parents(ChildId=unit)["Parents"]]
instance = sso.create_instance(Name="i")["InstanceArn"]
store = sso.list_instances()["Instances"][0]["IdentityStoreId"]
ids.create_user(IdentityStoreId=store, UserName="zed", DisplayName="Zed Q", Name={"GivenName": "B", "FamilyName": "O"})
out["users"] = [one["UserName"] for one in ids.list_users(IdentityStoreId=store)["Users"]]
report = iam.generate_credential_report()["State"]
out["report"] = [report, iam.get_credential_report()["Content"].decode().split(",")[0]]
hidden = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}])
out["hidden"] = ["Zed Q" in one["CloudTrailEvent"] for one in hidden["Events"] if one["EventSource"].startswith("identitystore")]
print(json.dumps(out))
`;

describe.skipIf(!boto3)("boto3 (skipped where it is not installed)", () => {
  it("reads every answer and error", async () => {
    const { stdout } = await run("python3", ["-c", SCRIPT], { env, cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }] },
      managed: 1594,
      simulated: ["allowed", "implicitDeny"],
      codes: [
        "NoSuchEntity",
        "EntityAlreadyExists",
        "MalformedPolicyDocument",
        "AWSOrganizationsNotInUseException",
        "TrailNotFoundException",
        "ResourceNotFoundException",
      ],
      parents: ["ROOT"],
      users: ["zed"],
      report: ["STARTED", "user"],
      hidden: [false],
    });
  }, 120_000);
});
