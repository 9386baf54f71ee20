/** An organisation whose policies really bind its accounts, through the in-process cloud. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import type { Caller } from "../../identity/caller.ts";
import { identityDirectory } from "../iam/directory.ts";
import { service } from "./service.ts";

const MANAGEMENT = "111122223333";
let cloud: Cloud;
let administrator: Caller;
beforeAll(async () => {
  cloud = await startCloud({ account: MANAGEMENT });
  await cloud.call("iam", "CreateUser", { UserName: "admin" });
  await cloud.call("iam", "AttachUserPolicy", {
    UserName: "admin",
    PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
  });
  administrator = callerOf((await cloud.call("iam", "CreateAccessKey", { UserName: "admin" })).AccessKey);
});
afterAll(() => cloud.close());
const organizations = (operation: string, input: object = {}, caller = administrator) =>
  cloud.call("organizations", operation, input, { caller });
const callerOf = (key: { AccessKeyId: string; SessionToken?: string }): Caller => {
  const context = cloud.runtime.within(MANAGEMENT, "us-east-1");
  const found = identityDirectory.credential(key.AccessKeyId, key.SessionToken, context);
  if (found.status !== "active") throw new Error(found.status);
  return found.caller;
};
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("organizations", () => {
  let root: string;
  let unit: string;
  let account: string;
  let member: Caller;

  it("has a rule for every operation", () => {
    expect(Object.keys(service.operations).filter((name) => !service.authorization[name])).toEqual([]);
  });

  it("does not exist until it is made, and once only", async () => {
    expect(await failure(organizations("DescribeOrganization"))).toBe(
      "AWSOrganizationsNotInUseException: Your account is not a member of an organization.",
    );
    const { Organization } = await organizations("CreateOrganization", { FeatureSet: "ALL" });
    expect(Organization.Id).toMatch(/^o-[a-z0-9]{10}$/);
    expect(Organization.MasterAccountId).toBe(MANAGEMENT);
    expect(await failure(organizations("CreateOrganization"))).toMatch(/^AlreadyInOrganizationException/);
    const { Roots } = await organizations("ListRoots");
    root = Roots[0].Id;
    expect(Roots[0].PolicyTypes).toEqual([]);
  });

  it("makes usable accounts", async () => {
    unit = (await organizations("CreateOrganizationalUnit", { ParentId: root, Name: "ml" }))
      .OrganizationalUnit.Id;
    expect(await failure(organizations("CreateOrganizationalUnit", { ParentId: root, Name: "ml" }))).toMatch(
      /^DuplicateOrganizationalUnitException/,
    );
    const { CreateAccountStatus } = await organizations("CreateAccount", {
      AccountName: "sandbox",
      Email: "sandbox@example.com",
    });
    expect(CreateAccountStatus.State).toBe("IN_PROGRESS");
    const done = await organizations("DescribeCreateAccountStatus", {
      CreateAccountRequestId: CreateAccountStatus.Id,
    });
    expect(done.CreateAccountStatus.State).toBe("SUCCEEDED");
    account = done.CreateAccountStatus.AccountId;
    await organizations("MoveAccount", {
      AccountId: account,
      SourceParentId: root,
      DestinationParentId: unit,
    });
    const { Credentials } = await cloud.call(
      "sts",
      "AssumeRole",
      { RoleArn: `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`, RoleSessionName: "admin" },
      { caller: administrator },
    );
    member = callerOf(Credentials);
    await cloud.call("iam", "CreateUser", { UserName: "theirs" }, { caller: member });
    // both accounts see the role being assumed
    const assumed = async (at: string) =>
      JSON.parse(
        (
          await cloud.call(
            "cloudtrail",
            "LookupEvents",
            { LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "AssumeRole" }] },
            { account: at },
          )
        ).Events[0].CloudTrailEvent,
      );
    const [here, there] = [await assumed(MANAGEMENT), await assumed(account)];
    expect(there.sharedEventID).toBe(here.sharedEventID);
    expect(here.userIdentity.userName).toBe("admin");
    expect(there.userIdentity).toEqual({
      type: "AWSAccount",
      principalId: here.userIdentity.principalId,
      accountId: MANAGEMENT,
    });
    expect(await failure(organizations("ListAccounts", {}, member))).toMatch(/^AccessDeniedException/);
    const { Organization } = await organizations("DescribeOrganization", {}, member);
    expect(Organization.MasterAccountId).toBe(MANAGEMENT);
  });

  it("SCPs bind members and not the management account", async () => {
    await organizations("EnablePolicyType", { RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" });
    await cloud.call("iam", "ListUsers", {}, { caller: member });
    const Content = policy({ Effect: "Deny", Action: "iam:CreateUser", Resource: "*" });
    const created = await organizations("CreatePolicy", {
      Name: "no-users",
      Description: "",
      Content,
      Type: "SERVICE_CONTROL_POLICY",
    });
    const PolicyId = created.Policy.PolicySummary.Id;
    await organizations("AttachPolicy", { PolicyId, TargetId: root });
    expect(await failure(organizations("AttachPolicy", { PolicyId, TargetId: root }))).toMatch(
      /^DuplicatePolicyAttachmentException/,
    );
    expect(await failure(cloud.call("iam", "CreateUser", { UserName: "x" }, { caller: member }))).toMatch(
      new RegExp(`with an explicit deny in a service control policy: ${created.Policy.PolicySummary.Arn}$`),
    );
    // the member's root user is bound too, the management account is not
    expect(await failure(cloud.call("iam", "CreateUser", { UserName: "x" }, { account }))).toMatch(
      /^AccessDenied/,
    );
    await cloud.call("iam", "CreateUser", { UserName: "free" }, { caller: administrator });
    expect(await failure(organizations("DeletePolicy", { PolicyId }))).toMatch(/^PolicyInUseException/);
    await organizations("DetachPolicy", { PolicyId, TargetId: root });
    await cloud.call("iam", "CreateUser", { UserName: "x" }, { caller: member });
    await organizations("AttachPolicy", { PolicyId, TargetId: unit });
    await organizations("DetachPolicy", { PolicyId: "p-FullAWSAccess", TargetId: unit });
    // nothing is allowed at the unit now
    expect(await failure(cloud.call("iam", "ListUsers", {}, { caller: member }))).toMatch(
      /no service control policy allows/,
    );
    expect(await failure(organizations("DetachPolicy", { PolicyId, TargetId: unit }))).toMatch(
      /^ConstraintViolationException/,
    );
    await organizations("DisablePolicyType", { RootId: root, PolicyType: "SERVICE_CONTROL_POLICY" });
    await cloud.call("iam", "ListUsers", {}, { caller: member });
  });

  it("RCPs bind the members' resources, whoever asks", async () => {
    await organizations("EnablePolicyType", { RootId: root, PolicyType: "RESOURCE_CONTROL_POLICY" });
    const create = (Content: string) =>
      organizations("CreatePolicy", {
        Name: "mine",
        Description: "",
        Content,
        Type: "RESOURCE_CONTROL_POLICY",
      });
    const deny = { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole", Resource: "*" };
    expect(await failure(create(policy({ ...deny, Effect: "Allow" })))).toMatch(
      /^MalformedPolicyDocumentException/,
    );
    const { Policy } = await create(policy(deny));
    await organizations("AttachPolicy", { PolicyId: Policy.PolicySummary.Id, TargetId: account });
    const request = {
      RoleArn: `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`,
      RoleSessionName: "admin",
    };
    expect(await failure(cloud.call("sts", "AssumeRole", request, { caller: administrator }))).toMatch(
      /resource control policy/,
    );
    expect(
      await failure(organizations("DetachPolicy", { PolicyId: "p-RCPFullAWSAccess", TargetId: account })),
    ).toMatch(/^InvalidInputException/);
    await organizations("DetachPolicy", { PolicyId: Policy.PolicySummary.Id, TargetId: account });
    await cloud.call("sts", "AssumeRole", request, { caller: administrator });
  });

  it("accounts are invited, tell their place, and leave", async () => {
    const guest = "444455556666";
    const { Handshake } = await organizations("InviteAccountToOrganization", {
      Target: { Type: "ACCOUNT", Id: guest },
    });
    const theirs = { account: guest };
    await cloud.call("organizations", "AcceptHandshake", { HandshakeId: Handshake.Id }, theirs);
    expect(
      await failure(cloud.call("organizations", "AcceptHandshake", { HandshakeId: Handshake.Id }, theirs)),
    ).toMatch(/^InvalidHandshakeTransitionException/);
    const at = cloud.runtime.within(MANAGEMENT, "us-east-1");
    expect(identityDirectory.organizationOf(guest, at)?.paths[0]).toMatch(
      /^o-[a-z0-9]{10}\/r-[a-z0-9]{4}\/$/,
    );
    expect(identityDirectory.organizationOf(account, at)?.paths[0]).toContain(`/${unit}/`);
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations("ListAccounts", { MaxResults: 1, ...(NextToken && { NextToken }) });
      seen.push(...page.Accounts.map((one: { Id: string }) => one.Id));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(seen.sort()).toEqual([MANAGEMENT, guest, account].sort());
    await cloud.call("organizations", "LeaveOrganization", {}, theirs);
    expect(await failure(organizations("DeleteOrganization"))).toMatch(/^OrganizationNotEmptyException/);
  });
});
