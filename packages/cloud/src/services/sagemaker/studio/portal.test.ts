import { afterEach, beforeEach, expect, it } from "vitest";
import { internetPath } from "../../../network/path.ts";
import { ACCOUNT, type Fixture, REGION, ROLE, startFixture } from "../cloud.fixture.ts";
import { signOn } from "./portal.ts";
import { openStudioSession } from "./session.ts";

let fixture: Fixture;
let DomainId: string;
let ApplicationArn: string;
let IdentityStoreId: string;
const center = (operation: string, input: object = {}) => fixture.cloud.call("sso-admin", operation, input);
const store = (operation: string, input: object) =>
  fixture.cloud.call("identitystore", operation, { IdentityStoreId, ...input });
const user = async (UserName: string): Promise<string> =>
  (await store("CreateUser", { UserName, DisplayName: UserName, Name: { GivenName: "a", FamilyName: "b" } }))
    .UserId;
const enter = async (userName: string) => {
  const url = await signOn(
    { domainId: DomainId, userName, account: ACCOUNT, region: REGION },
    fixture.cloud.runtime,
  );
  const token = new URL(url).searchParams.get("token") ?? "";
  return openStudioSession(token, internetPath("203.0.113.10", true), fixture.cloud.runtime);
};

beforeEach(async () => {
  fixture = await startFixture();
  await center("CreateInstance");
  ({ IdentityStoreId } = (await center("ListInstances")).Instances[0]);
  ({ DomainId } = await fixture.sagemaker("CreateDomain", {
    DomainName: "sso",
    AuthMode: "SSO",
    DefaultUserSettings: { ExecutionRole: ROLE, SecurityGroups: fixture.vpc.SecurityGroupIds },
    VpcId: fixture.vpc.VpcId,
    SubnetIds: fixture.vpc.SubnetIds,
    AppNetworkAccessType: "VpcOnly",
  }));
  await fixture.settle();
  const domain = await fixture.sagemaker("DescribeDomain", { DomainId });
  ApplicationArn = domain.SingleSignOnApplicationArn;
});
afterEach(() => fixture.close());

it("lets in a user with a profile, until it is taken away", async () => {
  await user("ana");
  await expect(enter("ana")).rejects.toMatchObject({ code: "AccessDeniedException" });
  await expect(enter("nobody")).rejects.toMatchObject({ code: "AccessDeniedException" });
  await fixture.sagemaker("CreateUserProfile", {
    DomainId,
    UserProfileName: "profile-of-ana",
    SingleSignOnUserIdentifier: "UserName",
    SingleSignOnUserValue: "ana",
  });
  await fixture.settle();
  expect(await enter("ana")).toMatchObject({ userProfileName: "profile-of-ana", domainId: DomainId });
  await fixture.sagemaker("DeleteUserProfile", { DomainId, UserProfileName: "profile-of-ana" });
  await fixture.settle();
  await expect(enter("ana")).rejects.toMatchObject({ code: "AccessDeniedException" });
});

it("lets in the members of an assigned group, with a profile of their own from the first time on", async () => {
  const UserId = await user("ben@example.com");
  const { GroupId } = await store("CreateGroup", { DisplayName: "science" });
  const { MembershipId } = await store("CreateGroupMembership", { GroupId, MemberId: { UserId } });
  await center("CreateApplicationAssignment", {
    ApplicationArn,
    PrincipalType: "GROUP",
    PrincipalId: GroupId,
  });
  expect(await enter("ben@example.com")).toMatchObject({ userProfileName: "ben-example-com" });
  expect(await enter("ben@example.com")).toMatchObject({ userProfileName: "ben-example-com" });
  // leaving the group is enough, also for a URL that is out already
  const url = await signOn(
    { domainId: DomainId, userName: "ben@example.com", account: ACCOUNT, region: REGION },
    fixture.cloud.runtime,
  );
  await store("DeleteGroupMembership", { MembershipId });
  const late = new URL(url).searchParams.get("token") ?? "";
  await expect(
    openStudioSession(late, internetPath("203.0.113.10", true), fixture.cloud.runtime),
  ).rejects.toMatchObject({ code: "AccessDeniedException" });
  await expect(enter("ben@example.com")).rejects.toMatchObject({ code: "AccessDeniedException" });
});
