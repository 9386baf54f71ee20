import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

/** The statements that the console writes for a key's users. */
it("lets key users list and revoke grants through AWS services only", async () => {
  const account = cloud.account;
  await cloud.call("iam", "CreateRole", {
    RoleName: "User",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" }],
    }),
  });
  const roleArn = `arn:aws:iam::${account}:role/User`;
  const statement = (AWS: string, Action: string | string[], Condition?: object) => ({
    Effect: "Allow",
    Principal: { AWS },
    Action,
    Resource: "*",
    ...(Condition && { Condition }),
  });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement(`arn:aws:iam::${account}:root`, "kms:*"),
      statement(roleArn, ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], {
        Bool: { "kms:GrantIsForAWSResource": "true" },
      }),
      statement(roleArn, "kms:DescribeKey", {
        StringEquals: { "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT" },
      }),
    ],
  });
  const { KeyId } = (await cloud.call("kms", "CreateKey", { Policy })).KeyMetadata;
  const arn = `arn:aws:sts::${account}:assumed-role/User/s`;
  const direct = {
    principal: { kind: "session", arn, roleArn, account },
    account,
    arn,
    userId: "AROAX:s",
  } as const;
  const as = (operation: string, input: object, via?: string) =>
    cloud.call("kms", operation, input, { caller: { ...direct, ...(via && { calledVia: [via] }) } });
  await as("DescribeKey", { KeyId });
  const { GrantId } = await cloud.call("kms", "CreateGrant", {
    KeyId,
    GranteePrincipal: roleArn,
    Operations: ["Decrypt"],
  });
  for (const [operation, input] of [
    ["ListGrants", { KeyId }],
    ["RevokeGrant", { KeyId, GrantId }],
  ] as const) {
    await expect(as(operation, input)).rejects.toMatchObject({ code: "AccessDeniedException" });
    await as(operation, input, "elasticfilesystem.amazonaws.com");
  }
});
