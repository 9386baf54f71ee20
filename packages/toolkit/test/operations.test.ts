/** The administrator's questions, put to a local cloud with the reference platform: what is known must be answered. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "@sagekeep/cloud";
import { parsePlatform } from "@sagekeep/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  Clients,
  capacityOf,
  capacityOfAccount,
  checkAccess,
  compilePlatform,
  costOfAccount,
  deployPlatform,
  estimateCost,
  expectedAccount,
  explainAccess,
  exportsOf,
  findDrift,
  fromAccount,
  offboard,
  openPlatform,
  queryEvents,
  readAccount,
  replay,
  selectEvents,
  signIn,
  silent,
  translation,
  whoCan,
} from "../src/index.ts";

const example = fileURLToPath(new URL("../../../examples/bank-marketing", import.meta.url));
const bucket = "arn:aws:s3:::bank-marketing-marketing-111122223333-us-east-1";
const scientist = "bank-marketing-team-a-data-scientist";

let cloud: Cloud;
let admin: Clients;

beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  admin = new Clients({
    kind: "local",
    region: cloud.region,
    endpoint: cloud.secureEndpoint as string,
    ca: readFileSync(cloud.caBundle as string, "utf8"),
    credentials: cloud.credentials,
  });
  await deployPlatform(await compilePlatform(openPlatform(example), silent), admin, silent);
}, 180_000);

afterAll(async () => {
  admin?.close();
  await cloud?.close();
});

test("every attempt over the wire ends as the platform's design says", async () => {
  const { results, surprises } = await checkAccess(openPlatform(example), admin, silent);
  expect(results.filter((one) => !one.ok)).toEqual([]);
  expect(surprises).toBe(0);
  expect(results.length).toBeGreaterThan(24);
}, 120_000);

test("explain names the statement, and what the position changes", async () => {
  const snapshot = await readAccount(admin);
  expect(snapshot.gaps).toEqual([]);
  const inside = explainAccess(snapshot, {
    who: "user1-data-scientist",
    action: "s3:GetObject",
    resource: `${bucket}/x`,
  });
  expect(inside.explanation.allowed).toBe(true);
  const outside = explainAccess(snapshot, {
    who: "user1-data-scientist",
    action: "s3:GetObject",
    resource: `${bucket}/x`,
    from: "internet",
  });
  expect(outside.explanation).toMatchObject({ allowed: false, outcome: "ExplicitlyDenied" });
  expect(outside.changes.length).toBeGreaterThan(0);
  const domain = explainAccess(snapshot, {
    who: "user1-data-scientist",
    action: "sagemaker:DeleteDomain",
    resource: "arn:aws:sagemaker:us-east-1:111122223333:domain/d-x",
  });
  expect(domain.explanation.blockedBy?.sid).toBe("DenyDomainChanges");
  expect(() => explainAccess(snapshot, { who: "user1-data-scientits", action: "s3:GetObject" })).toThrow(
    /nobody called/,
  );
}, 60_000);

test("who-can finds the readers of a data set and nobody else", async () => {
  const { paths } = whoCan(await readAccount(admin), "s3:GetObject", `${bucket}/x`);
  const direct = new Set(paths.map((one) => one.who));
  expect(direct).toContain("user1-data-scientist");
  expect(direct).not.toContain("user2-mlops");
}, 60_000);

test("the trail tells who was denied", async () => {
  const { rows } = await queryEvents(
    fromAccount(admin, {}),
    selectEvents({ user: "user2-mlops", error: "AccessDenied", event: "CreateNotebookInstance" }),
  );
  expect(rows).toHaveLength(1);
}, 60_000);

test("an account fresh from the file has not drifted; a policy by hand and a lost tag are found", async () => {
  const file = openPlatform(example);
  const expected = await expectedAccount(file, silent);
  const ids = translation(expected.exports, await exportsOf(admin));
  expect(findDrift(expected.snapshot, await readAccount(admin), ids).differences).toEqual([]);

  const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
  await admin.call("iam", "AttachRolePolicy", { RoleName: scientist, PolicyArn });
  await admin.call("iam", "UntagRole", { RoleName: "bank-marketing-team-b-mlops", TagKeys: ["team"] });
  const { SecurityGroups } = await admin.call("ec2", "DescribeSecurityGroups", {
    Filters: [{ Name: "group-name", Values: ["*studio*"] }],
  });
  const GroupId = SecurityGroups?.[0]?.GroupId;
  const IpPermissions = [
    { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  ];
  await admin.call("ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions });
  const drift = findDrift(expected.snapshot, await readAccount(admin), ids);
  await admin.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
  expect(drift.differences).toEqual([
    {
      where: `role ${scientist}`,
      what: "policy `AmazonS3FullAccess` is attached and not in the file",
      kind: "added",
    },
    { where: "role bank-marketing-team-b-mlops", what: "tag `team` is gone", kind: "removed" },
    {
      where: `security group ${SecurityGroups?.[0]?.GroupName}`,
      what: "tcp 22 from 0.0.0.0/0 was opened",
      kind: "added",
    },
  ]);
  expect(drift.effects.some((one) => one.who === scientist && one.account === "allowed")).toBe(true);
  await admin.call("iam", "DetachRolePolicy", { RoleName: scientist, PolicyArn });
  await admin.call("iam", "TagRole", {
    RoleName: "bank-marketing-team-b-mlops",
    Tags: [{ Key: "team", Value: "team-b" }],
  });
}, 180_000);

test("a replay against the same file changes nothing; a narrower persona denies what was done", async () => {
  const now = await readAccount(admin);
  const exports = await exportsOf(admin);
  const play = async (folder: string) => {
    const after = await expectedAccount(openPlatform(folder), silent);
    return replay(fromAccount(admin, {}), now, after.snapshot, {
      translate: translation(exports, after.exports),
    });
  };
  const same = await play(example);
  expect(same.judged).toBeGreaterThan(10);
  expect(same.changes).toEqual([]);

  const folder = mkdtempSync(join(tmpdir(), "sagekeep-replay-"));
  cpSync(example, folder, { recursive: true });
  const path = join(folder, "platform.yaml");
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(
      "user1-data-scientist: data-scientist",
      "user1-data-scientist: viewer",
    ),
  );
  const { changes } = await play(folder);
  expect(changes.every((one) => one.before === "allowed" && one.after === "denied")).toBe(true);
  expect(changes.map((one) => one.who)).toContain("user1-data-scientist");
}, 240_000);

test("cost and capacity have known answers", async () => {
  const { platform } = openPlatform(example);
  const { stacks } = await compilePlatform(openPlatform(example), silent);
  const report = estimateCost(platform, stacks, { gb: 0, hours: 0, jobHours: 0, storageGb: 0, logsGb: 0 });
  // eleven interface endpoints in two zones at USD 0.01 an hour, 730 hours a month
  const endpoints = report.items.filter((one) => one.what.startsWith("endpoint "));
  expect(endpoints).toHaveLength(11);
  expect(endpoints.reduce((sum, one) => sum + one.usdPerMonth, 0)).toBeCloseTo(11 * 2 * 730 * 0.01);
  expect(report.unknown).toEqual([]);
  const more = capacityOf(platform, { users: 5000 });
  expect(more.fits).toBe(false);
  expect(more.suggestion).toBe(
    "network: { cidr: 192.168.0.0/16, subnets: [192.168.0.0/18, 192.168.64.0/18] }",
  );
});

test("the bill of the account counts what is there, names what is idle, foreign or unknown", async () => {
  const file = openPlatform(example);
  const { KeyMetadata } = await admin.call("kms", "CreateKey", { Description: "somebody else's" });
  const DomainId = (await exportsOf(admin))["bank-marketing:domain:bank:Id"] as string;
  const before = await costOfAccount(admin, file.platform);
  expect(before.gaps).toEqual([]);
  const endpoints = before.items.filter((one) => one.what.startsWith("endpoint "));
  expect(endpoints.reduce((sum, one) => sum + one.usdPerMonth, 0)).toBeCloseTo(11 * 2 * 730 * 0.01);
  expect(before.items.filter((one) => one.group === "keys")).toHaveLength(4);
  expect(before.foreign).toContain(`key ${KeyMetadata?.KeyId}`);
  expect(before.unknown.map((one) => one.what)).toContain(
    "bucket bank-marketing-marketing-111122223333-us-east-1",
  );
  expect(before.idle).toEqual([]);
  await admin.call("sagemaker", "CreateSpace", {
    DomainId,
    SpaceName: "costly",
    OwnershipSettings: { OwnerUserProfileName: "user1-data-scientist" },
    SpaceSharingSettings: { SharingType: "Private" },
    SpaceSettings: { AppType: "JupyterLab" },
  });
  await admin.call("sagemaker", "CreateApp", {
    DomainId,
    SpaceName: "costly",
    AppType: "JupyterLab",
    AppName: "default",
    ResourceSpec: { InstanceType: "ml.t3.medium" },
  });
  const running = async () =>
    (
      await admin.call("sagemaker", "DescribeApp", {
        DomainId,
        SpaceName: "costly",
        AppType: "JupyterLab",
        AppName: "default",
      })
    ).Status;
  await expect.poll(running, { timeout: 20_000 }).toBe("InService");
  const later = await costOfAccount(admin, file.platform, new Date(Date.now() + 5.5 * 3_600_000));
  expect(later.byTeam["team-a"]).toBeCloseTo(730 * 0.05);
  expect(later.idle).toMatchObject([
    { user: "user1-data-scientist", instance: "ml.t3.medium", usdPerDay: expect.closeTo(1.2) },
  ]);
  expect(later.idle[0]?.idleHours).toBeGreaterThan(5);
});

test("the account's subnets say what is free, and whether more users fit", async () => {
  const file = openPlatform(example);
  const now = await capacityOfAccount(admin, file);
  expect(now.subnets).toHaveLength(2);
  expect(now.subnets.map((one) => one.uses)).toMatchObject([
    { endpoints: 11, "file systems": 1 },
    { endpoints: 11, "file systems": 1 },
  ]);
  expect(now.fits).toBe(true);
  expect(now.free).toBeLessThan(2 * (4096 - 5 - 12) + 1);
  const many = await capacityOfAccount(admin, file, { users: 3000 });
  expect(many).toMatchObject({ fits: false, missing: many.needed - many.taken });
});

test("a network that is suggested is one that fits", () => {
  const { text, platform } = openPlatform(example);
  for (const users of [1700, 2500, 5000, 12_000]) {
    const { suggestion = "" } = capacityOf(platform, { users });
    const network = suggestion.replace(/^network: \{/, "").replace(/\}$/, "");
    expect(network, `${users} users: ${suggestion}`).toContain("cidr");
    const wider = parsePlatform(text.replace(/cidr: [^,]+,/, `${network},`));
    expect(capacityOf(wider, { users }).fits, suggestion).toBe(true);
  }
});

test("offboarding ends sessions, apps and spaces of one user, keeps the home, spares the others", async () => {
  const DomainId = (await exportsOf(admin))["bank-marketing:domain:bank:Id"] as string;
  const whoAmI = async (user: string) => {
    const session = await signIn(admin, DomainId, user);
    const clients = new Clients({
      ...admin.target,
      endpoint: session.endpoint,
      credentials: session.credentials,
    });
    return () => clients.call("sagemaker", "DescribeDomain", { DomainId });
  };
  const leaver = await whoAmI("user1-data-scientist");
  const other = await whoAmI("user2-mlops");
  await leaver();
  const done = await offboard(admin, DomainId, "user1-data-scientist", silent);
  expect(done).toMatchObject({
    apps: ["JupyterLab/default"],
    spaces: ["costly"],
    revokedFor: "this user",
    home: { kept: true, fileSystemId: expect.stringMatching(/^fs-/), uid: expect.any(String) },
  });
  await expect(leaver()).rejects.toMatchObject({ name: "AccessDeniedException" });
  await other();
  const { Spaces } = await admin.call("sagemaker", "ListSpaces", { DomainIdEquals: DomainId });
  expect(Spaces).toEqual([]);
  const again = await offboard(admin, DomainId, "user1-data-scientist", silent);
  expect(again).toMatchObject({ apps: [], spaces: [] });
});
