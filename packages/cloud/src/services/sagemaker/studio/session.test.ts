import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { internetPath } from "../../../network/path.ts";
import { ACCOUNT, type Fixture, REGION, ROLE, startFixture } from "../cloud.fixture.ts";
import { openStudioSession } from "./session.ts";

let fixture: Fixture;
let DomainId: string;
const HOME = internetPath("203.0.113.10", true);

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
  await fixture.sagemaker("CreateUserProfile", { DomainId, UserProfileName: "user1" });
  await fixture.settle();
});
afterEach(() => fixture.close());

async function token(more: object = {}): Promise<string> {
  const { AuthorizedUrl } = await fixture.sagemaker("CreatePresignedDomainUrl", {
    DomainId,
    UserProfileName: "user1",
    ...more,
  });
  return new URL(AuthorizedUrl).searchParams.get("token") as string;
}
const open = (secret: string, path = HOME) => openStudioSession(secret, path, fixture.cloud.runtime);

describe("a presigned URL", () => {
  it("opens once, under the execution role, from an interface in the VPC", async () => {
    const secret = await token();
    const session = await open(secret);
    expect(session).toMatchObject({
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/execution/SageMaker`,
      domainId: DomainId,
      userProfileName: "user1",
      position: { kind: "vpc", vpcId: fixture.vpc.VpcId },
    });
    const { position } = session;
    if (position.kind !== "vpc") throw new Error("not in the VPC");
    expect(fixture.vpc.SubnetIds).toContain(position.subnetId);
    expect(position.securityGroupIds).toContain(fixture.vpc.SecurityGroupIds[0]);
    await expect(open(secret)).rejects.toThrow(/already been used/);
    // the same user comes back to the same interface
    expect((await open(await token())).position).toEqual(position);
  });

  it("expires, and is bound to the place it was asked from", async () => {
    const secret = await token({ ExpiresInSeconds: 5 });
    await expect(open(secret, internetPath("198.51.100.7", true))).rejects.toThrow(/network/);
    await fixture.cloud.runtime.clock.advance(6000);
    await expect(open(secret)).rejects.toThrow(/expired/);
    await expect(open("no such token")).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  it("carries the profile's name as source identity only when the domain says so", async () => {
    expect((await open(await token())).sourceIdentity).toBeUndefined();
    await fixture.sagemaker("UpdateDomain", {
      DomainId,
      DomainSettingsForUpdate: { ExecutionRoleIdentityConfig: "USER_PROFILE_NAME" },
    });
    expect((await open(await token())).sourceIdentity).toBe("user1");
  });

  it("fails when the role does not trust SageMaker with the source identity", async () => {
    await fixture.sagemaker("UpdateDomain", {
      DomainId,
      DomainSettingsForUpdate: { ExecutionRoleIdentityConfig: "USER_PROFILE_NAME" },
    });
    const trust = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    };
    await fixture.cloud.call("iam", "UpdateAssumeRolePolicy", {
      RoleName: "execution",
      PolicyDocument: JSON.stringify(trust),
    });
    await expect(open(await token())).rejects.toThrow(/sts:SetSourceIdentity/);
  });

  it("gives credentials that know domain and profile: what they create is tagged", async () => {
    const { credentials } = await open(await token());
    const { directory, within } = {
      directory: fixture.cloud.runtime.directory,
      within: fixture.cloud.runtime.within(ACCOUNT, REGION),
    };
    const found = directory.credential(credentials.AccessKeyId, credentials.SessionToken, within);
    if (found.status !== "active") throw new Error(found.status);
    await fixture.cloud.call(
      "sagemaker",
      "CreateExperiment",
      { ExperimentName: "e1", Tags: [{ Key: "team", Value: "a" }] },
      { caller: found.caller },
    );
    const { Tags } = await fixture.sagemaker("ListTags", {
      ResourceArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:experiment/e1`,
    });
    expect(Tags).toEqual([
      { Key: "team", Value: "a" },
      { Key: "sagemaker:domain-arn", Value: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:domain/${DomainId}` },
      {
        Key: "sagemaker:user-profile-arn",
        Value: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:user-profile/${DomainId}/user1`,
      },
    ]);
    const { CreatedBy } = await fixture.sagemaker("DescribeExperiment", { ExperimentName: "e1" });
    expect(CreatedBy).toMatchObject({ DomainId, UserProfileName: "user1" });
  });
});

describe("a domain in a VPC", () => {
  it("leaves its security groups behind, unless its deletion says otherwise", async () => {
    const managed = async () => {
      const { SecurityGroups } = await fixture.cloud.call("ec2", "DescribeSecurityGroups", {
        Filters: [{ Name: "tag-key", Values: ["ManagedByAmazonSageMakerResource"] }],
      });
      return (SecurityGroups as { GroupName: string }[]).map(({ GroupName }) => GroupName).sort();
    };
    expect(await managed()).toEqual([
      `security-group-for-inbound-nfs-${DomainId}`,
      `security-group-for-outbound-nfs-${DomainId}`,
    ]);
    await fixture.sagemaker("DeleteUserProfile", { DomainId, UserProfileName: "user1" });
    await fixture.settle();
    await fixture.sagemaker("DeleteDomain", { DomainId, RetentionPolicy: { HomeEfsFileSystem: "Retain" } });
    await fixture.settle();
    expect(await managed()).toHaveLength(2);
  });

  it("takes them along with the file system on RetentionPolicy Delete", async () => {
    await open(await token());
    await fixture.sagemaker("DeleteUserProfile", { DomainId, UserProfileName: "user1" });
    await fixture.settle();
    await fixture.sagemaker("DeleteDomain", { DomainId, RetentionPolicy: { HomeEfsFileSystem: "Delete" } });
    await fixture.settle();
    const { SecurityGroups } = await fixture.cloud.call("ec2", "DescribeSecurityGroups", {
      Filters: [{ Name: "tag-key", Values: ["ManagedByAmazonSageMakerResource"] }],
    });
    expect(SecurityGroups).toEqual([]);
    const { NetworkInterfaces } = await fixture.cloud.call("ec2", "DescribeNetworkInterfaces", {});
    expect(NetworkInterfaces).toEqual([]);
  });

  it("is refused for subnets that are not there", async () => {
    const wrong = {
      DomainName: "other",
      AuthMode: "IAM",
      DefaultUserSettings: { ExecutionRole: ROLE },
      VpcId: fixture.vpc.VpcId,
      SubnetIds: ["subnet-0123456789abcdef0"],
    };
    await expect(fixture.sagemaker("CreateDomain", wrong)).rejects.toMatchObject({
      code: "ValidationException",
    });
    expect((await fixture.sagemaker("ListDomains")).Domains).toHaveLength(1);
  });
});

describe("idle shutdown", () => {
  it("deletes an app whose user was not seen, and starts over when they are", async () => {
    const idle = {
      JupyterLabAppSettings: {
        AppLifecycleManagement: {
          IdleSettings: { LifecycleManagement: "ENABLED", IdleTimeoutInMinutes: 60 },
        },
      },
    };
    await fixture.sagemaker("UpdateUserProfile", { DomainId, UserProfileName: "user1", UserSettings: idle });
    await fixture.settle();
    const app = { DomainId, UserProfileName: "user1", AppType: "JupyterLab", AppName: "default" };
    await fixture.sagemaker("CreateApp", app);
    const minutes = (count: number) => fixture.cloud.runtime.clock.advance(count * 60_000);
    await minutes(50);
    await open(await token());
    await minutes(50);
    expect((await fixture.sagemaker("DescribeApp", app)).Status).toBe("InService");
    await minutes(11);
    expect((await fixture.sagemaker("DescribeApp", app)).Status).toBe("Deleted");
  });
});
