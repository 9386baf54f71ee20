import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checksOf } from "./authorization/rules.ts";
import { type Fixture, ROLE, startFixture } from "./cloud.fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.close());

const sagemaker = (operation: string, input: object = {}) => fixture.sagemaker(operation, input);
const settle = () => fixture.settle();

async function newDomain(more: object = {}): Promise<string> {
  const { DomainId } = await sagemaker("CreateDomain", {
    DomainName: "bank",
    AuthMode: "IAM",
    DefaultUserSettings: { ExecutionRole: ROLE },
    VpcId: fixture.vpc.VpcId,
    SubnetIds: fixture.vpc.SubnetIds,
    ...more,
  });
  await settle();
  return DomainId;
}

describe("Studio", () => {
  it("takes a domain from Pending to InService, and refuses to delete one that is used", async () => {
    const { DomainId, DomainArn, Url } = await sagemaker("CreateDomain", {
      DomainName: "bank",
      AuthMode: "IAM",
      DefaultUserSettings: { ExecutionRole: ROLE },
      VpcId: fixture.vpc.VpcId,
      SubnetIds: fixture.vpc.SubnetIds,
      Tags: [{ Key: "team", Value: "a" }],
    });
    expect(DomainId).toMatch(/^d-[a-z0-9]{12}$/);
    expect(DomainArn).toBe(`arn:aws:sagemaker:us-east-1:111122223333:domain/${DomainId}`);
    expect(Url).toBe(`https://${DomainId}.studio.us-east-1.sagemaker.aws`);
    expect((await sagemaker("DescribeDomain", { DomainId })).Status).toBe("Pending");
    await settle();
    const domain = await sagemaker("DescribeDomain", { DomainId });
    expect(domain).toMatchObject({
      Status: "InService",
      DomainName: "bank",
      AppNetworkAccessType: "PublicInternetOnly",
    });
    expect(domain.CreationTime).toBeInstanceOf(Date);
    expect((await sagemaker("ListTags", { ResourceArn: DomainArn })).Tags).toEqual([
      { Key: "team", Value: "a" },
    ]);

    await sagemaker("CreateUserProfile", { DomainId, UserProfileName: "user1" });
    await expect(sagemaker("DeleteDomain", { DomainId })).rejects.toMatchObject({ code: "ResourceInUse" });
    await settle();
    await sagemaker("DeleteUserProfile", { DomainId, UserProfileName: "user1" });
    await settle();
    await expect(
      sagemaker("DescribeUserProfile", { DomainId, UserProfileName: "user1" }),
    ).rejects.toMatchObject({
      code: "ResourceNotFound",
    });
    await sagemaker("DeleteDomain", { DomainId });
    expect((await sagemaker("DescribeDomain", { DomainId })).Status).toBe("Deleting");
    await settle();
    await expect(sagemaker("DescribeDomain", { DomainId })).rejects.toMatchObject({
      code: "ResourceNotFound",
    });
  });

  it("refuses a change of source identity while apps run", async () => {
    const DomainId = await newDomain();
    await sagemaker("CreateUserProfile", { DomainId, UserProfileName: "user1" });
    await settle();
    const app = { DomainId, UserProfileName: "user1", AppType: "JupyterLab", AppName: "default" };
    const { AppArn } = await sagemaker("CreateApp", app);
    expect(AppArn).toMatch(/:app\/d-\w+\/user1\/jupyterlab\/default$/);
    const change = {
      DomainId,
      DomainSettingsForUpdate: { ExecutionRoleIdentityConfig: "USER_PROFILE_NAME" },
    };
    await expect(sagemaker("UpdateDomain", change)).rejects.toThrow(/InService or Pending/);
    await settle();
    await expect(
      sagemaker("DeleteUserProfile", { DomainId, UserProfileName: "user1" }),
    ).rejects.toMatchObject({
      code: "ResourceInUse",
    });
    await sagemaker("DeleteApp", app);
    await settle();
    expect((await sagemaker("DescribeApp", app)).Status).toBe("Deleted");
    await sagemaker("UpdateDomain", change);
    const { DomainSettings } = await sagemaker("DescribeDomain", { DomainId });
    expect(DomainSettings).toEqual({ ExecutionRoleIdentityConfig: "USER_PROFILE_NAME" });
  });

  it("gives a presigned URL only for a profile that is there", async () => {
    const DomainId = await newDomain();
    await expect(
      sagemaker("CreatePresignedDomainUrl", { DomainId, UserProfileName: "nobody" }),
    ).rejects.toMatchObject({ code: "ResourceNotFound" });
    await sagemaker("CreateUserProfile", { DomainId, UserProfileName: "user1" });
    await settle();
    const { AuthorizedUrl } = await sagemaker("CreatePresignedDomainUrl", {
      DomainId,
      UserProfileName: "user1",
    });
    expect(AuthorizedUrl).toMatch(
      new RegExp(`^https://${DomainId}\\.studio\\.us-east-1\\.sagemaker\\.aws/auth\\?token=.{60}`),
    );
  });
});

describe("processing jobs", () => {
  const job = (name: string) => ({
    ProcessingJobName: name,
    RoleArn: ROLE,
    AppSpecification: { ImageUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1" },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: "ml.m5.large",
        VolumeSizeInGB: 5,
        VolumeKmsKeyId: "abc",
      },
    },
    NetworkConfig: {
      VpcConfig: { Subnets: fixture.vpc.SubnetIds, SecurityGroupIds: fixture.vpc.SecurityGroupIds },
    },
    Tags: [{ Key: "team", Value: "team-a" }],
  });

  it("are unique by name without regard to case", async () => {
    const { ProcessingJobArn } = await sagemaker("CreateProcessingJob", job("My-Job"));
    expect(ProcessingJobArn).toBe("arn:aws:sagemaker:us-east-1:111122223333:processing-job/my-job");
    await expect(sagemaker("CreateProcessingJob", job("my-job"))).rejects.toMatchObject({
      code: "ResourceInUse",
    });
    const { ProcessingJobSummaries } = await sagemaker("ListProcessingJobs", {
      NameContains: "my-",
      StatusEquals: "InProgress",
    });
    expect(ProcessingJobSummaries).toHaveLength(1);
  });

  it("need their own action, AddTags and PassRole, with every condition key", () => {
    const context = fixture.cloud.runtime.within("111122223333", "us-east-1");
    const [own, tags, pass] = checksOf("CreateProcessingJob", job("j"), context);
    expect(own).toEqual({
      action: "sagemaker:CreateProcessingJob",
      resource: "arn:aws:sagemaker:us-east-1:111122223333:processing-job/j",
      context: {
        "aws:TagKeys": ["team"],
        "aws:RequestTag/team": "team-a",
        "sagemaker:InstanceTypes": ["ml.m5.large"],
        "sagemaker:InterContainerTrafficEncryption": "false",
        "sagemaker:NetworkIsolation": "false",
        "sagemaker:VolumeKmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/abc",
        "sagemaker:VolumeKmsKey": "arn:aws:kms:us-east-1:111122223333:key/abc",
        "sagemaker:VpcSecurityGroupIds": fixture.vpc.SecurityGroupIds,
        "sagemaker:VpcSubnets": fixture.vpc.SubnetIds,
      },
    });
    expect(tags?.context?.["sagemaker:TaggingAction"]).toBe("CreateProcessingJob");
    expect(pass).toMatchObject({
      action: "iam:PassRole",
      resource: ROLE,
      context: { "iam:PassedToService": "sagemaker.amazonaws.com" },
    });
  });
});
