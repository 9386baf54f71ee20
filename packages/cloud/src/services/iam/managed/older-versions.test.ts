import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());
const iam = (operation: string, input: object) => cloud.call("iam", operation, input);
const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const actions = (document: string) => JSON.parse(decodeURIComponent(document)).Statement[0].Action;

it("AWS's policies have their older versions, newest first", async () => {
  const { Versions } = await iam("ListPolicyVersions", { PolicyArn });
  expect(Versions).toEqual([
    { VersionId: "v2", IsDefaultVersion: true, CreateDate: new Date("2021-09-27T20:16:37Z") },
    { VersionId: "v1", IsDefaultVersion: false, CreateDate: new Date("2015-02-06T18:40:58Z") },
  ]);
  const { PolicyVersion } = await iam("GetPolicyVersion", { PolicyArn, VersionId: "v1" });
  expect(actions(PolicyVersion.Document)).toBe("s3:*");
  await expect(iam("GetPolicyVersion", { PolicyArn, VersionId: "v9" })).rejects.toMatchObject({
    message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
  });
});

it("policies were updated with their default version; dates that nobody knows are left out", async () => {
  const administrator = "arn:aws:iam::aws:policy/job-function/SystemAdministrator";
  const { Policy } = await iam("GetPolicy", { PolicyArn: administrator });
  expect(Policy.UpdateDate.getTime()).toBeGreaterThan(Date.parse("2023-01-01"));
  const { PolicyVersion } = await iam("GetPolicyVersion", { PolicyArn: administrator, VersionId: "v8" });
  expect(PolicyVersion).not.toHaveProperty("CreateDate");
  expect(PolicyVersion.IsDefaultVersion).toBe(false);
});

it("a policy in use is shown with all of them", async () => {
  await iam("CreateUser", { UserName: "ada" });
  await iam("AttachUserPolicy", { UserName: "ada", PolicyArn });
  const { Policies } = await iam("GetAccountAuthorizationDetails", { Filter: ["AWSManagedPolicy"] });
  expect(Policies).toHaveLength(1);
  const shown = Policies[0].PolicyVersionList.map((one: { VersionId: string; Document: string }) => [
    one.VersionId,
    actions(one.Document),
  ]);
  expect(shown).toEqual([
    ["v2", ["s3:*", "s3-object-lambda:*"]],
    ["v1", "s3:*"],
  ]);
});
