/**
 * A small domain in Identity Center mode, with a user and a group's member, made for one step and removed after it.
 * Everything is found again by its name.
 */
import { openPresignedUrl, signOn } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { NotOnAws } from "../../errors.ts";
import { unless } from "./lab-role.ts";

export const DOMAIN = "lab-sso";
export const ANA = "ana.lab@example.com";
export const BEN = "ben.lab@example.com";
const GROUP = "lab-science";
const INSTANCE = "01-domain Identity Center instance";

/** The account's Identity Center. @throws Error when there is none */
async function center(bench: Bench): Promise<{ instance: string; IdentityStoreId: string }> {
  const { Instances = [] } = await bench.admin.call("sso-admin", "ListInstances", {});
  const { InstanceArn: instance, IdentityStoreId } = Instances[0] ?? {};
  if (!instance || !IdentityStoreId) throw new Error("Identity Center is not enabled in this Region");
  return { instance, IdentityStoreId };
}

async function userId(bench: Bench, UserName: string): Promise<string | undefined> {
  const { IdentityStoreId } = await center(bench);
  const Filters = [{ AttributePath: "UserName", AttributeValue: UserName }];
  const { Users } = await bench.admin.call("identitystore", "ListUsers", { IdentityStoreId, Filters });
  return Users?.[0]?.UserId;
}

async function groupId(bench: Bench): Promise<string | undefined> {
  const { IdentityStoreId } = await center(bench);
  const Filters = [{ AttributePath: "DisplayName", AttributeValue: GROUP }];
  const { Groups } = await bench.admin.call("identitystore", "ListGroups", { IdentityStoreId, Filters });
  return Groups?.[0]?.GroupId;
}

export async function ssoDomain(bench: Bench) {
  const { Domains } = await bench.admin.call("sagemaker", "ListDomains", {});
  const DomainId = Domains?.find((one) => one.DomainName === DOMAIN && one.Status !== "Deleting")?.DomainId;
  return DomainId === undefined ? undefined : bench.admin.call("sagemaker", "DescribeDomain", { DomainId });
}

/** The domain, when it is there. @throws Error otherwise */
export async function ssoDomainNow(bench: Bench) {
  const domain = await ssoDomain(bench);
  const { DomainId, SingleSignOnApplicationArn: ApplicationArn } = domain ?? {};
  if (!DomainId || !ApplicationArn) throw new Error(`there is no domain ${DOMAIN}`);
  return { DomainId, ApplicationArn };
}

async function until(bench: Bench, what: string, done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, bench.isLocal ? 30 : 5_000));
  }
  throw new Error(`${what} takes too long`);
}

export async function makeSsoDomain(bench: Bench): Promise<void> {
  const { admin } = bench;
  const { Instances = [] } = await admin.call("sso-admin", "ListInstances", {});
  if (Instances.length === 0) {
    const { InstanceArn = "" } = await admin.call("sso-admin", "CreateInstance", { Name: "sagekeep-lab" });
    bench.kept.set(INSTANCE, InstanceArn);
  }
  const { IdentityStoreId } = await center(bench);
  for (const UserName of [ANA, BEN])
    if (!(await userId(bench, UserName)))
      await admin.call("identitystore", "CreateUser", {
        IdentityStoreId,
        UserName,
        DisplayName: UserName,
        Name: { GivenName: UserName.split(".")[0], FamilyName: "Lab" },
        Emails: [{ Value: UserName, Type: "work", Primary: true }],
      });
  if (!(await groupId(bench)))
    await admin.call("identitystore", "CreateGroup", { IdentityStoreId, DisplayName: GROUP });
  if (!(await ssoDomain(bench)))
    await admin.call("sagemaker", "CreateDomain", {
      DomainName: DOMAIN,
      AuthMode: "SSO",
      AppNetworkAccessType: "VpcOnly",
      KmsKeyId: await bench.exported("keys:studio"),
      VpcId: await bench.exported("network:Vpc"),
      SubnetIds: [await bench.exported("network:PrivateSubnet1")],
      DefaultUserSettings: {
        ExecutionRole: await bench.exported("access:bank:DefaultRole"),
        SecurityGroups: [await bench.exported("network:StudioGroup")],
      },
      Tags: [{ Key: "sagekeep:lab", Value: "01-domain" }],
    });
  await until(bench, `the domain ${DOMAIN}`, async () => {
    const domain = await ssoDomain(bench);
    if (domain?.Status === "Failed") throw new Error(`the domain ${DOMAIN} failed: ${domain.FailureReason}`);
    return domain?.Status === "InService";
  });
}

/** A profile that names a user of Identity Center. */
export async function profileFor(bench: Bench, SingleSignOnUserValue: string) {
  const { DomainId } = await ssoDomainNow(bench);
  const UserProfileName = SingleSignOnUserValue.split("@")[0]?.replace(".", "-");
  return { DomainId, UserProfileName, SingleSignOnUserIdentifier: "UserName", SingleSignOnUserValue };
}

/** Gives a user a profile, and with it the way in. */
export async function assignUser(bench: Bench, userName: string): Promise<undefined> {
  const profile = await profileFor(bench, userName);
  await bench.admin.call("sagemaker", "CreateUserProfile", profile);
  const { DomainId, UserProfileName } = profile;
  await until(bench, `the profile ${UserProfileName}`, async () => {
    const input = { DomainId, UserProfileName };
    return (await bench.admin.call("sagemaker", "DescribeUserProfile", input)).Status === "InService";
  });
  return undefined;
}

/** Takes a user off the domain's application. The profile stays, with the home directory. */
export async function removeUser(bench: Bench, UserName: string): Promise<undefined> {
  await bench.admin.call("sso-admin", "DeleteApplicationAssignment", await assignmentOfUser(bench, UserName));
  return undefined;
}

export async function assignmentOfUser(bench: Bench, UserName: string) {
  const { ApplicationArn } = await ssoDomainNow(bench);
  return {
    ApplicationArn,
    PrincipalType: "USER" as const,
    PrincipalId: (await userId(bench, UserName)) ?? "",
  };
}

export async function assignmentOfGroup(bench: Bench) {
  const { ApplicationArn } = await ssoDomainNow(bench);
  return { ApplicationArn, PrincipalType: "GROUP" as const, PrincipalId: (await groupId(bench)) ?? "" };
}

export async function membershipOf(bench: Bench, UserName: string) {
  const { IdentityStoreId } = await center(bench);
  const [GroupId, UserId] = await Promise.all([groupId(bench), userId(bench, UserName)]);
  return { IdentityStoreId, GroupId: GroupId ?? "", MemberId: { UserId: UserId ?? "" } };
}

/** Assigns the group to the domain and puts a user into it. */
export async function assignGroup(bench: Bench, UserName: string): Promise<undefined> {
  await bench.admin.call("sso-admin", "CreateApplicationAssignment", await assignmentOfGroup(bench));
  await bench.admin.call("identitystore", "CreateGroupMembership", await membershipOf(bench, UserName));
  return undefined;
}

export async function leaveGroup(bench: Bench, UserName: string): Promise<undefined> {
  const { IdentityStoreId, ...membership } = await membershipOf(bench, UserName);
  const { MembershipId } = await bench.admin.call("identitystore", "GetGroupMembershipId", {
    IdentityStoreId,
    ...membership,
  });
  await bench.admin.call("identitystore", "DeleteGroupMembership", { IdentityStoreId, MembershipId });
  return undefined;
}

/** Nobody assigned, nobody in the group, no profile: as if the step had not been tried before. */
export async function startOver(bench: Bench): Promise<undefined> {
  const { DomainId, ApplicationArn } = await ssoDomainNow(bench);
  const { ApplicationAssignments } = await bench.admin.call("sso-admin", "ListApplicationAssignments", {
    ApplicationArn,
  });
  for (const { PrincipalId, PrincipalType } of ApplicationAssignments ?? [])
    await bench.admin.call("sso-admin", "DeleteApplicationAssignment", {
      ApplicationArn,
      PrincipalId,
      PrincipalType,
    });
  await leaveGroup(bench, BEN).catch(unless("ResourceNotFoundException"));
  await removeProfiles(bench, DomainId);
  return undefined;
}

async function removeProfiles(bench: Bench, DomainId: string | undefined): Promise<void> {
  const { admin } = bench;
  const list = async () =>
    (await admin.call("sagemaker", "ListUserProfiles", { DomainIdEquals: DomainId })).UserProfiles ?? [];
  for (const { UserProfileName, Status } of await list())
    if (Status !== "Deleting")
      await admin.call("sagemaker", "DeleteUserProfile", { DomainId, UserProfileName });
  await until(bench, "the end of the profiles", async () => (await list()).length === 0);
}

/** Signs a user on by the portal and opens Studio. @throws what it is refused with */
export async function enterStudio(bench: Bench, UserName: string): Promise<string> {
  if (!bench.isLocal)
    throw new NotOnAws(
      "signing in by Identity Center",
      "open the access portal in a browser and choose the domain's application",
    );
  const { DomainId } = await ssoDomainNow(bench);
  const url = await signOn(bench.endpoint, bench.state, DomainId, UserName);
  const { target } = bench.admin;
  const opened = await openPresignedUrl(target, url, UserName, DomainId, { connectTimeout: 1 });
  return `Studio opened: ${opened.arn}`;
}

/** Removes the domain and what belongs to it; what is not there is no matter. */
export async function removeSsoDomain(bench: Bench): Promise<void> {
  const { admin } = bench;
  const { Domains } = await admin.call("sagemaker", "ListDomains", {});
  for (const { DomainId, DomainName, Status } of Domains ?? []) {
    if (DomainName !== DOMAIN) continue;
    if (Status !== "Deleting") {
      await removeProfiles(bench, DomainId);
      await admin.call("sagemaker", "DeleteDomain", {
        DomainId,
        RetentionPolicy: { HomeEfsFileSystem: "Delete" },
      });
    }
    await until(bench, "the end of the domain", async () => {
      const left = (await admin.call("sagemaker", "ListDomains", {})).Domains ?? [];
      return left.every((one) => one.DomainId !== DomainId);
    });
  }
  const { Instances = [] } = await admin.call("sso-admin", "ListInstances", {});
  if (Instances.length === 0) return;
  const { IdentityStoreId } = await center(bench);
  for (const UserName of [ANA, BEN]) {
    const UserId = await userId(bench, UserName);
    if (UserId) await admin.call("identitystore", "DeleteUser", { IdentityStoreId, UserId });
  }
  const GroupId = await groupId(bench);
  if (GroupId) await admin.call("identitystore", "DeleteGroup", { IdentityStoreId, GroupId });
  const InstanceArn = bench.kept.get(INSTANCE);
  if (InstanceArn) await admin.call("sso-admin", "DeleteInstance", { InstanceArn });
  bench.kept.delete(INSTANCE);
}
