import { afterEach, beforeEach, expect, it } from "vitest";
import { type Fixture, ROLE, startFixture, TRUST } from "../cloud.fixture.ts";

let fixture: Fixture;
let DomainId: string;
beforeEach(async () => {
  fixture = await startFixture();
  ({ DomainId } = await fixture.sagemaker("CreateDomain", {
    DomainName: "bank",
    AuthMode: "IAM",
    DefaultUserSettings: { ExecutionRole: ROLE, SecurityGroups: fixture.vpc.SecurityGroupIds },
    VpcId: fixture.vpc.VpcId,
    SubnetIds: fixture.vpc.SubnetIds,
    AppNetworkAccessType: "VpcOnly",
  }));
  await fixture.settle();
});
afterEach(() => fixture.close());

async function startApp(user: string, settings: object = {}): Promise<void> {
  await fixture.sagemaker("CreateUserProfile", { DomainId, UserProfileName: user, UserSettings: settings });
  await fixture.settle();
  const SpaceName = `${user}-lab`;
  await fixture.sagemaker("CreateSpace", {
    DomainId,
    SpaceName,
    OwnershipSettings: { OwnerUserProfileName: user },
    SpaceSharingSettings: { SharingType: "Private" },
  });
  await fixture.settle();
  await fixture.sagemaker("CreateApp", { DomainId, SpaceName, AppType: "JupyterLab", AppName: "default" });
  await fixture.settle();
}
const logs = (operation: string, input: object) => fixture.cloud.call("cloudwatch-logs", operation, input);

it("is written with the execution role, and names domain, space, type and app", async () => {
  await startApp("user1");
  const { events } = await logs("GetLogEvents", {
    logGroupName: "/aws/sagemaker/studio",
    logStreamName: `${DomainId}/user1-lab/JupyterLab/default`,
  });
  expect(events.map((one: { message: string }) => one.message)).toEqual([
    "JupyterLab is starting on ml.t3.medium",
  ]);
});

it("is lost when the role may not write it, and nothing else is", async () => {
  await fixture.cloud.call("iam", "CreateRole", { RoleName: "mute", AssumeRolePolicyDocument: TRUST });
  await startApp("user2", { ExecutionRole: ROLE.replace("execution", "mute") });
  const { logGroups } = await logs("DescribeLogGroups", { logGroupNamePrefix: "/aws/sagemaker/studio" });
  expect(logGroups).toEqual([]);
  const app = { DomainId, SpaceName: "user2-lab", AppType: "JupyterLab", AppName: "default" };
  expect((await fixture.sagemaker("DescribeApp", app)).Status).toBe("InService");
});
