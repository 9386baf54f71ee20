/** Versions of a model package group are judged by the group's tags. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCOUNT, type Fixture, startFixture, TRUST } from "../cloud.fixture.ts";

let fixture: Fixture;
const RoleName = "member";
const caller = {
  principal: {
    kind: "session" as const,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/s`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
    account: ACCOUNT,
  },
  account: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/s`,
  userId: "",
};

beforeAll(async () => {
  fixture = await startFixture();
  const { Role } = await fixture.cloud.call("iam", "CreateRole", {
    RoleName,
    AssumeRolePolicyDocument: TRUST,
  });
  caller.userId = `${Role.RoleId}:s`;
  await fixture.cloud.call("iam", "PutRolePolicy", {
    RoleName,
    PolicyName: "own",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage"],
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/team": "a" } },
        },
      ],
    }),
  });
  for (const team of ["a", "b"])
    await fixture.sagemaker("CreateModelPackageGroup", {
      ModelPackageGroupName: `of-${team}`,
      Tags: [{ Key: "team", Value: team }],
    });
});
afterAll(() => fixture.close());

const register = (group: string, options?: object) =>
  fixture.cloud.call("sagemaker", "CreateModelPackage", { ModelPackageGroupName: group }, options);

it("making and reading a version asks for the tags of its group", async () => {
  const { ModelPackageArn } = await register("of-a", { caller });
  const describe = (ModelPackageName: string) =>
    fixture.cloud.call("sagemaker", "DescribeModelPackage", { ModelPackageName }, { caller });
  expect((await describe(ModelPackageArn)).ModelPackageVersion).toBe(1);
  await expect(register("of-b", { caller })).rejects.toMatchObject({ code: "AccessDeniedException" });
  const other = await register("of-b");
  await expect(describe(other.ModelPackageArn)).rejects.toMatchObject({ code: "AccessDeniedException" });
});

it("a group that is made again counts its versions from 1", async () => {
  const group = { ModelPackageGroupName: "again" };
  for (let round = 0; round < 2; round++) {
    await fixture.sagemaker("CreateModelPackageGroup", group);
    const { ModelPackageArn } = await register("again");
    expect(ModelPackageArn).toMatch(/\/again\/1$/);
    await fixture.sagemaker("DeleteModelPackage", { ModelPackageName: ModelPackageArn });
    await fixture.sagemaker("DeleteModelPackageGroup", group);
  }
});
