/** Every example is deployed to the local cloud, changed, and deleted again; so is a platform made at random. */

import { readdirSync, readFileSync } from "node:fs";
import { type Cloud, startCloud } from "@sagekeep/cloud";
import { type SynthesizedStack, synthesize } from "@sagekeep/constructs";
import { type Platform, parsePlatform } from "@sagekeep/spec";
import { arbitraryPlatform } from "@sagekeep/testing";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { checkAccess } from "../src/actions/check/check-access.ts";
import { compileFor, deployPlatform } from "../src/actions/deploy/deploy-platform.ts";
import { StackDeployer } from "../src/actions/deploy/deploy-stack.ts";
import { planPlatform } from "../src/actions/deploy/plan-platform.ts";
import { Clients } from "../src/aws/clients.ts";
import { silent } from "../src/messages.ts";
import { expectedIdentityCenter } from "../src/platform/identity-center.ts";
import type { PlatformFile } from "../src/platform/platform-file.ts";

const folder = new URL("../../../examples/", import.meta.url);
const examples = readdirSync(folder);
const TODAY = "2026-11-01";
/** More of them: `SAGEKEEP_RANDOM_PLATFORMS=50 npx vitest run packages/toolkit/test/deploy-examples`. */
const RANDOM_PLATFORMS = Number(process.env.SAGEKEEP_RANDOM_PLATFORMS ?? 3);

let cloud: Cloud | undefined;
let clients: Clients | undefined;
afterEach(async () => {
  clients?.close();
  await cloud?.close();
});

async function start(platform: Platform): Promise<Clients> {
  const { account, region } = platform;
  const identityCenter = expectedIdentityCenter(platform);
  cloud = await startCloud({
    account,
    region,
    listen: true,
    port: 0,
    ...(identityCenter && { identityCenter }),
  });
  clients = new Clients({ kind: "local", region, endpoint: cloud.endpoint!, credentials: cloud.credentials });
  return clients;
}

/** A platform as if read from a file. */
function file(text: string): PlatformFile {
  return {
    path: "platform.yaml",
    folder: ".",
    text,
    platform: parsePlatform(text, { today: TODAY }),
    warnings: [],
  };
}

async function deploy(client: Clients, stacks: readonly SynthesizedStack[]): Promise<string[]> {
  const deployer = new StackDeployer(client, silent);
  const outcomes: string[] = [];
  for (const { name, body, capabilities } of stacks.filter((stack) => stack.target === "platform"))
    outcomes.push((await deployer.deploy({ name, body, capabilities }, name)).outcome);
  return outcomes;
}

async function remove(client: Clients, stacks: readonly SynthesizedStack[]): Promise<void> {
  for (const { name } of stacks.filter((stack) => stack.target === "platform").toReversed()) {
    if (name.endsWith("-network")) await sweepHomeDirectories(client);
    await client.call("cloudformation", "DeleteStack", { StackName: name });
    for (;;) {
      const found = await client
        .call("cloudformation", "DescribeStacks", { StackName: name })
        .catch(() => undefined);
      const status = found?.Stacks?.[0]?.StackStatus ?? "DELETE_COMPLETE";
      if (status === "DELETE_COMPLETE") break;
      expect(status, name).toBe("DELETE_IN_PROGRESS");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Makes the network that an example expects to exist, and puts its ids in the place of the example's. */
async function withExistingNetwork(client: Clients, text: string): Promise<string> {
  const { existing } = parsePlatform(text, { today: TODAY }).network;
  if (existing === undefined) return text;
  const { Vpc } = await client.call("ec2", "CreateVpc", { CidrBlock: existing.cidr });
  let changed = text.replaceAll(existing.vpc, Vpc!.VpcId!);
  for (const Attribute of ["EnableDnsHostnames", "EnableDnsSupport"] as const)
    await client.call("ec2", "ModifyVpcAttribute", { VpcId: Vpc!.VpcId, [Attribute]: { Value: true } });
  for (const subnet of existing.subnets) {
    const made = await client.call("ec2", "CreateSubnet", {
      VpcId: Vpc!.VpcId,
      CidrBlock: subnet.cidr,
      AvailabilityZone: subnet.zone,
    });
    const table = await client.call("ec2", "CreateRouteTable", { VpcId: Vpc!.VpcId });
    const ids = { RouteTableId: table.RouteTable!.RouteTableId!, SubnetId: made.Subnet!.SubnetId! };
    await client.call("ec2", "AssociateRouteTable", ids);
    changed = changed.replaceAll(subnet.id, ids.SubnetId).replaceAll(subnet.routeTable, ids.RouteTableId);
  }
  if (existing.internetGateway) {
    const { InternetGateway } = await client.call("ec2", "CreateInternetGateway", {});
    const InternetGatewayId = InternetGateway!.InternetGatewayId!;
    await client.call("ec2", "AttachInternetGateway", { InternetGatewayId, VpcId: Vpc!.VpcId });
    changed = changed.replaceAll(existing.internetGateway, InternetGatewayId);
  }
  return changed;
}

/** Roles that an example names and expects to exist. KMS and IAM refuse principals that do not. */
async function withNamedRoles(client: Clients, text: string): Promise<void> {
  const { access } = parsePlatform(text, { today: TODAY });
  for (const arn of [...access.signIn, ...access.breakGlass, ...access.keyAdministrators])
    await client.call("iam", "CreateRole", {
      RoleName: arn.split("/").at(-1)!,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      }),
    });
}

/** What SageMaker leaves behind when a domain goes: file system, mount targets, groups for NFS. */
async function sweepHomeDirectories(client: Clients): Promise<void> {
  const { FileSystems = [] } = await client.call("efs", "DescribeFileSystems", {});
  for (const { FileSystemId } of FileSystems) {
    const { MountTargets = [] } = await client.call("efs", "DescribeMountTargets", { FileSystemId });
    for (const { MountTargetId } of MountTargets)
      await client.call("efs", "DeleteMountTarget", { MountTargetId });
    await client.call("efs", "DeleteFileSystem", { FileSystemId });
  }
  const { SecurityGroups = [] } = await client.call("ec2", "DescribeSecurityGroups", {});
  const left = SecurityGroups.filter((group) => /bound-nfs-d-/.test(group.GroupName ?? ""));
  for (const { GroupId, IpPermissions, IpPermissionsEgress } of left) {
    if (IpPermissions?.length)
      await client.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
    if (IpPermissionsEgress?.length)
      await client.call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: IpPermissionsEgress });
  }
  for (const { GroupId } of left) await client.call("ec2", "DeleteSecurityGroup", { GroupId });
}

/** Each SSO domain is an application of Identity Center, to which its teams' groups and users are assigned. */
async function expectGroupsAssigned(client: Clients, text: string): Promise<void> {
  const platform = parsePlatform(text, { today: TODAY });
  for (const domain of platform.domains.filter((one) => one.auth === "SSO")) {
    const { Domains } = await client.call("sagemaker", "ListDomains", {});
    const found = Domains?.find((one) => one.DomainName?.includes(domain.name));
    const { SingleSignOnApplicationArn } = await client.call("sagemaker", "DescribeDomain", {
      DomainId: found?.DomainId,
    });
    const { ApplicationAssignments } = await cloud!.call("sso-admin", "ListApplicationAssignments", {
      ApplicationArn: SingleSignOnApplicationArn,
    });
    const assigned = ApplicationAssignments.map((one: { PrincipalId: string }) => one.PrincipalId);
    const teams = platform.teams.filter((one) => one.domain === domain.name);
    const groups = teams.flatMap((team) => team.groups.map((one) => platform.identityCenter?.groups[one]));
    expect(assigned).toEqual(expect.arrayContaining([...new Set(groups)]));
    expect(assigned.length).toBe(
      new Set(groups).size + platform.users.filter((user) => user.domain === domain.name).length,
    );
  }
}

/** The same platform with one more user in its first team. */
function withOneMoreUser(text: string): string {
  if (text.includes("auth: SSO"))
    return text.replace(
      "    users:\n",
      "    users:\n      newcomer: { persona: viewer, identity: dev@example.com }\n",
    );
  return text.includes("users: {")
    ? text.replace("users: {", "users: { newcomer: viewer,")
    : text.replace("    users:\n", "    users:\n      newcomer: viewer\n");
}

describe("the local cloud", () => {
  test.each(examples)("deploys, changes and deletes %s", { timeout: 120_000 }, async (name) => {
    const written = readFileSync(new URL(`${name}/platform.yaml`, folder), "utf8");
    const client = await start(parsePlatform(written, { today: TODAY }));
    const text = await withExistingNetwork(client, written);
    await withNamedRoles(client, text);
    const { stacks } = await synthesize(parsePlatform(text, { today: TODAY }));
    expect(new Set(await deploy(client, stacks))).toEqual(new Set(["created"]));
    expect(new Set(await deploy(client, stacks))).toEqual(new Set(["unchanged"]));
    await expectGroupsAssigned(client, text);
    const more = await synthesize(parsePlatform(withOneMoreUser(text), { today: TODAY }), {
      deployed: stacks,
    });
    const outcomes = await deploy(client, more.stacks);
    expect(outcomes).toContain("created");
    expect(outcomes.filter((one) => one === "unchanged").length).toBeGreaterThan(5);
    await remove(client, more.stacks);
    const { Domains } = await client.call("sagemaker", "ListDomains", {});
    expect(Domains).toEqual([]);
  });

  test("refuses to lose a home directory until its name is confirmed", { timeout: 120_000 }, async () => {
    const text = readFileSync(new URL("bank-marketing/platform.yaml", folder), "utf8");
    const platform = parsePlatform(text, { today: TODAY });
    const client = await start(platform);
    await deployPlatform(await synthesize(platform), client, silent);
    const renamed = await synthesize(
      parsePlatform(text.replace("user1-data-scientist: data", "ana: data"), { today: TODAY }),
    );
    await expect(deployPlatform(renamed, client, silent)).rejects.toThrow(
      "remove user profile `user1-data-scientist`: loses the home directory",
    );
    await deployPlatform(renamed, client, silent, { confirm: ["user1-data-scientist"] });
    const { UserProfiles } = await client.call("sagemaker", "ListUserProfiles", {});
    expect(UserProfiles?.map((one) => one.UserProfileName).sort()).toEqual(["ana", "user2-mlops"]);
  });

  test("plans in words what a team less means, and deletes its stacks", { timeout: 120_000 }, async () => {
    const text = readFileSync(new URL("bank-marketing/platform.yaml", folder), "utf8");
    const before = file(text);
    const client = await start(before.platform);
    const first = await planPlatform(before, await synthesize(before.platform), [], client, silent);
    expect(new Set(first.stacks.map((one) => one.kind))).toEqual(new Set(["create"]));
    expect(first.cost).toMatchObject({ after: expect.any(Number) });
    await deployPlatform(await synthesize(before.platform), client, silent);
    const after = file(text.replace(/^ {2}team-b:.*\n/m, ""));
    const { synthesis, deployed } = await compileFor(after, client, silent);
    const plan = await planPlatform(after, synthesis, deployed, client, silent);
    expect(plan.changes.removedStacks).toEqual([
      "bank-marketing-persona-mlops",
      "bank-marketing-team-team-b",
    ]);
    expect(plan.changes.changes.map((one) => one.words)).toContain("remove user profile `user2-mlops`");
    expect(plan.changes.refusals.map((one) => one.name)).toEqual(["user2-mlops"]);
    expect(plan.cost.after).toBeLessThan(plan.cost.before ?? 0);
    await expect(deployPlatform(synthesis, client, silent)).rejects.toThrow("user2-mlops");
    const { removed } = await deployPlatform(synthesis, client, silent, { confirm: ["user2-mlops"] });
    expect(removed).toEqual(["bank-marketing-team-team-b", "bank-marketing-persona-mlops"]);
    const { Roles } = await client.call("iam", "ListRoles", {});
    expect(Roles?.filter((one) => one.RoleName?.includes("team-b"))).toEqual([]);
    const again = await compileFor(after, client, silent);
    const nothing = await planPlatform(after, again.synthesis, again.deployed, client, silent);
    expect(nothing.changes).toMatchObject({ changes: [], removedStacks: [] });
    expect(nothing.stacks.filter((one) => one.kind !== "unchanged")).toEqual([]);
  });

  test("deploys any valid platform, which passes its isolation matrix over the wire", {
    timeout: 60_000 * RANDOM_PLATFORMS,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPlatform(["us-east-1", "eu-west-1"]), async (text) => {
        const platform = parsePlatform(text);
        const client = await start(platform);
        try {
          const { stacks } = await synthesize(platform);
          expect(new Set(await deploy(client, stacks))).toEqual(new Set(["created"]));
          const secure = new Clients({
            ...client.target,
            endpoint: cloud!.secureEndpoint!,
            ca: readFileSync(cloud!.caBundle!, "utf8"),
          });
          const { results } = await checkAccess(file(text), secure, silent).finally(() => secure.close());
          expect(results.filter((one) => !one.ok)).toEqual([]);
        } finally {
          client.close();
          await cloud?.close();
          clients = undefined;
          cloud = undefined;
        }
      }),
      // each run is a deployment: shrinking one that fails would take minutes
      { numRuns: RANDOM_PLATFORMS, endOnFailure: true },
    );
  });
});
