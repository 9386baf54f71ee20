/** Identity Center and its identity store, through the in-process cloud. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { service as store } from "../identitystore/service.ts";
import { service as center } from "./service.ts";

const ACCOUNT = "111122223333";
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: ACCOUNT });
});
afterAll(() => cloud.close());
const sso = (operation: string, input: object = {}) => cloud.call("sso-admin", operation, input);
const ids = (operation: string, input: object = {}) => cloud.call("identitystore", operation, input);
const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: { code: string }) => error.code,
  );

describe("identity center", () => {
  let InstanceArn: string;
  let IdentityStoreId: string;
  let UserId: string;
  let GroupId: string;

  it("has a rule for every operation", () => {
    for (const service of [store, center]) {
      expect(Object.keys(service.operations).filter((name) => !service.authorization[name])).toEqual([]);
    }
  });

  it("has one instance with an identity store", async () => {
    expect((await sso("ListInstances")).Instances).toEqual([]);
    InstanceArn = (await sso("CreateInstance", { Name: "org" })).InstanceArn;
    expect(InstanceArn).toMatch(/^arn:aws:sso:::instance\/ssoins-[0-9a-f]{16}$/);
    expect(await failure(sso("CreateInstance"))).toBe("ConflictException");
    IdentityStoreId = (await sso("ListInstances")).Instances[0].IdentityStoreId;
    expect(IdentityStoreId).toMatch(/^d-[0-9a-f]{10}$/);
  });

  it("keeps users, groups and memberships", async () => {
    const given = {
      IdentityStoreId,
      UserName: "alice",
      DisplayName: "Alice A",
      Name: { GivenName: "Alice", FamilyName: "A" },
      Emails: [{ Value: "alice@example.com", Primary: true }],
    };
    UserId = (await ids("CreateUser", given)).UserId;
    expect(await failure(ids("CreateUser", { ...given, UserName: "ALICE" }))).toBe("ConflictException");
    expect(await ids("DescribeUser", { IdentityStoreId, UserId })).toMatchObject({
      UserName: "alice",
      UserId,
    });
    const by = (AttributePath: string, AttributeValue: string) =>
      ids("GetUserId", {
        IdentityStoreId,
        AlternateIdentifier: { UniqueAttribute: { AttributePath, AttributeValue } },
      });
    expect((await by("userName", "alice")).UserId).toBe(UserId);
    expect((await by("emails.value", "alice@example.com")).UserId).toBe(UserId);
    expect(await failure(by("userName", "bob"))).toBe("ResourceNotFoundException");
    await ids("UpdateUser", {
      IdentityStoreId,
      UserId,
      Operations: [{ AttributePath: "name.familyName", AttributeValue: "B" }],
    });
    expect((await ids("DescribeUser", { IdentityStoreId, UserId })).Name.FamilyName).toBe("B");
    GroupId = (await ids("CreateGroup", { IdentityStoreId, DisplayName: "science" })).GroupId;
    await ids("CreateGroupMembership", { IdentityStoreId, GroupId, MemberId: { UserId } });
    expect(
      await failure(ids("CreateGroupMembership", { IdentityStoreId, GroupId, MemberId: { UserId } })),
    ).toBe("ConflictException");
    const { Results } = await ids("IsMemberInGroups", {
      IdentityStoreId,
      MemberId: { UserId },
      GroupIds: [GroupId],
    });
    expect(Results[0].MembershipExists).toBe(true);
    expect((await ids("ListGroupMemberships", { IdentityStoreId, GroupId })).GroupMemberships).toHaveLength(
      1,
    );
    expect(await failure(ids("ListUsers", { IdentityStoreId: "d-0000000000" }))).toBe(
      "ResourceNotFoundException",
    );
  });

  it("makes a role of a permission set where somebody is assigned to it", async () => {
    const { PermissionSet } = await sso("CreatePermissionSet", {
      InstanceArn,
      Name: "Science",
      SessionDuration: "PT8H",
    });
    const { PermissionSetArn } = PermissionSet;
    const ManagedPolicyArn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess";
    await sso("AttachManagedPolicyToPermissionSet", { InstanceArn, PermissionSetArn, ManagedPolicyArn });
    const assignment = {
      InstanceArn,
      PermissionSetArn,
      TargetId: ACCOUNT,
      TargetType: "AWS_ACCOUNT",
      PrincipalType: "GROUP",
      PrincipalId: GroupId,
    };
    expect(await failure(sso("CreateAccountAssignment", { ...assignment, PrincipalId: UserId }))).toBe(
      "ResourceNotFoundException",
    );
    const { AccountAssignmentCreationStatus } = await sso("CreateAccountAssignment", assignment);
    const done = await sso("DescribeAccountAssignmentCreationStatus", {
      InstanceArn,
      AccountAssignmentCreationRequestId: AccountAssignmentCreationStatus.RequestId,
    });
    expect(done.AccountAssignmentCreationStatus.Status).toBe("SUCCEEDED");
    const roles = async () =>
      (await cloud.call("iam", "ListRoles", { PathPrefix: "/aws-reserved/sso.amazonaws.com/" })).Roles;
    const [role] = await roles();
    expect(role.RoleName).toMatch(/^AWSReservedSSO_Science_[0-9a-f]{16}$/);
    expect(role.MaxSessionDuration).toBe(8 * 3600);
    const attached = await cloud.call("iam", "ListAttachedRolePolicies", { RoleName: role.RoleName });
    expect(attached.AttachedPolicies[0].PolicyArn).toBe(ManagedPolicyArn);
    expect(await failure(sso("DeletePermissionSet", { InstanceArn, PermissionSetArn }))).toBe(
      "ConflictException",
    );
    await sso("DeleteAccountAssignment", assignment);
    expect(await roles()).toEqual([]);
    await sso("DeletePermissionSet", { InstanceArn, PermissionSetArn });
  });

  it("assigns users to applications", async () => {
    const { ApplicationArn } = await sso("CreateApplication", {
      InstanceArn,
      Name: "domain",
      ApplicationProviderArn: "arn:aws:sso::aws:applicationProvider/sagemaker",
      Tags: [{ Key: "Team", Value: "a" }],
    });
    const assignment = { ApplicationArn, PrincipalType: "USER", PrincipalId: UserId };
    await sso("CreateApplicationAssignment", assignment);
    expect(await failure(sso("CreateApplicationAssignment", assignment))).toBe("ConflictException");
    expect((await sso("ListApplicationAssignments", { ApplicationArn })).ApplicationAssignments).toEqual([
      assignment,
    ]);
    expect((await sso("ListTagsForResource", { ResourceArn: ApplicationArn })).Tags).toEqual([
      { Key: "Team", Value: "a" },
    ]);
    await sso("DeleteApplicationAssignment", assignment);
    await sso("DeleteApplication", { ApplicationArn });
    expect(await failure(sso("DescribeApplication", { ApplicationArn }))).toBe("ResourceNotFoundException");
  });
});
