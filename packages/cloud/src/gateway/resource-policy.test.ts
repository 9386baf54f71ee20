import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";

let cloud: Cloud;
let FileSystemId: string;
beforeAll(async () => {
  cloud = await startCloud({ account: "111122223333" });
  ({ FileSystemId } = await cloud.call("efs", "CreateFileSystem", { CreationToken: "t" }));
});
afterAll(() => cloud.close());

const put = (Statement: unknown) => {
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  return cloud.call("efs", "PutFileSystemPolicy", { FileSystemId, Policy }).then(
    () => "taken",
    (error) => `${error.code}: ${error.message}`,
  );
};
const good = { Effect: "Allow", Principal: { AWS: "*" }, Action: "elasticfilesystem:ClientMount" };

it.each([
  ["no statements", [], "it has no statements"],
  ["nobody", [{ ...good, Principal: undefined }], "a statement has no Principal"],
  ["nothing to do", [{ ...good, Action: [] }], "a statement has no Action"],
  ["another service's action", [{ ...good, Action: "s3:GetObject" }], "s3:GetObject is not an action of"],
  [
    "a user who does not exist",
    [{ ...good, Principal: { AWS: "arn:aws:iam::111122223333:user/nobody" } }],
    "the principal arn:aws:iam::111122223333:user/nobody does not exist",
  ],
])("a resource policy with %s is refused", async (_what, Statement, problem) => {
  expect(await put(Statement)).toContain(`InvalidPolicyException: Policy is invalid: ${problem}`);
});

it("others are taken, and Logs demands a resource", async () => {
  expect(await put(good)).toBe("taken");
  expect(await put([{ ...good, Principal: { AWS: "arn:aws:iam::999988887777:user/a" } }])).toBe("taken");
  const statement = { Effect: "Allow", Principal: { Service: "es.amazonaws.com" }, Action: "logs:Put*" };
  await expect(
    cloud.call("cloudwatch-logs", "PutResourcePolicy", {
      policyName: "p",
      policyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statement }),
    }),
  ).rejects.toMatchObject({
    code: "InvalidParameterException",
    message: "The policy document is not valid: a statement has no Resource",
  });
});
