import type { Lifecycle } from "../lifecycle.ts";

/** The first lets the second begin: users live in the store of an instance. */
export const ssoAdmin: Lifecycle = {
  service: "sso-admin",
  calls: [
    { call: "ListInstances", expect: { "Instances.0": null } },
    { call: "CreateInstance", with: { Name: "centre" }, keep: { instance: "InstanceArn" } },
    {
      call: "DescribeInstance",
      with: { InstanceArn: "${instance}" },
      expect: { Status: "ACTIVE" },
      waits: true,
    },
    { call: "DescribeInstance", with: { InstanceArn: "${instance}" }, keep: { store: "IdentityStoreId" } },
  ],
};

export const identitystore: Lifecycle = {
  service: "identitystore",
  calls: [
    {
      call: "CreateGroup",
      with: { IdentityStoreId: "${store}", DisplayName: "team a" },
      keep: { group: "GroupId" },
    },
    {
      call: "CreateUser",
      with: {
        IdentityStoreId: "${store}",
        UserName: "ana",
        DisplayName: "Ana",
        Name: { GivenName: "Ana", FamilyName: "B" },
        Emails: [{ Value: "ana@example.com", Primary: true }],
      },
      keep: { user: "UserId" },
    },
    {
      call: "CreateGroupMembership",
      with: { IdentityStoreId: "${store}", GroupId: "${group}", MemberId: { UserId: "${user}" } },
    },
    {
      call: "ListGroupMembershipsForMember",
      with: { IdentityStoreId: "${store}", MemberId: { UserId: "${user}" } },
      expect: { "GroupMemberships.0.GroupId": "${group}" },
    },
    { call: "DeleteUser", with: { IdentityStoreId: "${store}", UserId: "${user}" } },
    {
      call: "DescribeUser",
      with: { IdentityStoreId: "${store}", UserId: "${user}" },
      fails: "ResourceNotFoundException",
    },
  ],
};
