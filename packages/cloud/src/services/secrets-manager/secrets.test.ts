/** What is marked «recorded» was seen on AWS by LocalStack's or moto's tests. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

/** With a token, as SDKs send it. */
const sm = (operation: string, input: object = {}, options?: object) =>
  cloud.call("secrets-manager", operation, { ClientRequestToken: randomUUID(), ...input }, options as never);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const create = (Name: string, more: object = { SecretString: "first" }) =>
  sm("CreateSecret", { Name, ...more });
const stages = async (SecretId: string): Promise<string[][]> =>
  (await sm("ListSecretVersionIds", { SecretId, IncludeDeprecated: true })).Versions.map(
    (one: { VersionStages?: string[] }) => one.VersionStages ?? [],
  );

describe("a secret", () => {
  it("is found by name, ARN and ARN without its end, unless its name ends like one (recorded)", async () => {
    for (const [Name, partial] of [
      ["team/db", true],
      ["name-a1b2", true],
      ["name-a1b2c3", false],
    ] as const) {
      const { ARN } = await create(Name);
      expect(ARN).toMatch(new RegExp(`:secret:${Name}-[a-zA-Z0-9]{6}$`));
      for (const SecretId of [Name, ARN]) {
        expect((await sm("GetSecretValue", { SecretId })).SecretString).toBe("first");
      }
      expect(await failure(sm("GetSecretValue", { SecretId: ARN.slice(0, -7) }))).toBe(
        partial ? "none" : "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
      );
    }
  });

  it("needs a name of the allowed characters, in every operation (recorded)", async () => {
    const invalid =
      "ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
    expect(await failure(create("Inv Name"))).toBe(invalid);
    for (const operation of ["DescribeSecret", "GetSecretValue", "DeleteSecret"]) {
      expect(await failure(sm(operation, { SecretId: " a*b " }))).toBe(invalid);
    }
  });

  it("may have no value yet; then there is nothing to read (recorded)", async () => {
    const made = await create("empty", {});
    expect(Object.keys(made).filter((key) => made[key] !== undefined)).toEqual(["ARN", "Name"]);
    expect((await sm("DescribeSecret", { SecretId: "empty" })).VersionIdsToStages).toBeUndefined();
    expect(await failure(sm("GetSecretValue", { SecretId: "empty" }))).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    await sm("PutSecretValue", { SecretId: "empty", SecretBinary: Buffer.from([0, 255]) });
    const read = await sm("GetSecretValue", { SecretId: "empty" });
    expect([...read.SecretBinary]).toEqual([0, 255]);
    expect(read.SecretString).toBeUndefined();
  });

  it("is made once by a token: the same again is the same, another value is refused (recorded)", async () => {
    const ClientRequestToken = randomUUID();
    const given = { SecretString: "v", ClientRequestToken };
    const made = await create("once", given);
    expect(made.VersionId).toBe(ClientRequestToken);
    expect(await create("once", given)).toEqual(made);
    expect(await sm("PutSecretValue", { SecretId: "once", ...given })).toMatchObject({
      VersionId: ClientRequestToken,
      VersionStages: ["AWSCURRENT"],
    });
    const used = `ResourceExistsException: You can't use ClientRequestToken ${ClientRequestToken} because that value is already in use for a version of secret ${made.ARN}.`;
    const other = { ...given, SecretString: "w" };
    expect(await failure(create("once", other))).toBe(used);
    expect(await failure(sm("UpdateSecret", { SecretId: "once", ...other }))).toBe(used);
    expect(await failure(create("once"))).toBe(
      "ResourceExistsException: The operation failed because the secret once already exists.",
    );
    expect(await failure(create("raw", { SecretString: "v", ClientRequestToken: undefined }))).toBe(
      "InvalidRequestException: You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    );
  });

  it("tells the day of its last reading, and nothing before (recorded)", async () => {
    await create("read");
    expect((await sm("DescribeSecret", { SecretId: "read" })).LastAccessedDate).toBeUndefined();
    await sm("GetSecretValue", { SecretId: "read" });
    const { LastAccessedDate } = await sm("DescribeSecret", { SecretId: "read" });
    expect(LastAccessedDate.getTime() % 86_400_000).toBe(0);
  });

  it("keeps tags; an empty list once all are gone (recorded)", async () => {
    await create("tagged");
    expect((await sm("DescribeSecret", { SecretId: "tagged" })).Tags).toBeUndefined();
    await sm("TagResource", { SecretId: "tagged", Tags: [{ Key: "a", Value: "1" }] });
    await sm("UntagResource", { SecretId: "tagged", TagKeys: ["a"] });
    expect((await sm("DescribeSecret", { SecretId: "tagged" })).Tags).toEqual([]);
  });

  it("waits to be deleted, and can be restored meanwhile", async () => {
    await create("gone");
    expect(await failure(sm("DeleteSecret", { SecretId: "gone", RecoveryWindowInDays: 6 }))).toMatch(
      "InvalidParameterException: The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    );
    await sm("DeleteSecret", { SecretId: "gone", RecoveryWindowInDays: 7 });
    expect(await failure(sm("GetSecretValue", { SecretId: "gone" }))).toBe(
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    );
    expect(await failure(create("gone"))).toBe(
      "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    expect((await sm("ListSecrets")).SecretList).toEqual([]);
    expect((await sm("ListSecrets", { IncludePlannedDeletion: true })).SecretList).toHaveLength(1);
    await sm("RestoreSecret", { SecretId: "gone" });
    expect(await failure(sm("GetSecretValue", { SecretId: "gone" }))).toBe("none");
    await sm("DeleteSecret", { SecretId: "gone", RecoveryWindowInDays: 7 });
    await cloud.runtime.clock.advance(7 * 86_400_000 + 1);
    expect(await failure(sm("DescribeSecret", { SecretId: "gone" }))).toMatch("ResourceNotFoundException");
    await create("gone");
    await sm("DeleteSecret", { SecretId: "gone", ForceDeleteWithoutRecovery: true });
    await create("gone");
    await sm("DeleteSecret", { SecretId: "never-was", ForceDeleteWithoutRecovery: true });
  });
});

describe("versions", () => {
  it("hand the current label on, and are deprecated when none is left (recorded)", async () => {
    await create("v");
    await sm("PutSecretValue", {
      SecretId: "v",
      SecretString: "2",
      VersionStages: ["two", "one", "AWSPENDING"],
    });
    expect(await stages("v")).toEqual([["AWSCURRENT"], ["AWSPENDING", "one", "two"]]);
    await sm("PutSecretValue", {
      SecretId: "v",
      SecretString: "3",
      VersionStages: ["one", "two", "AWSPENDING"],
    });
    expect(await stages("v")).toEqual([["AWSCURRENT"], [], ["AWSPENDING", "one", "two"]]);
    await sm("UpdateSecret", { SecretId: "v", SecretString: "4" });
    await sm("UpdateSecret", { SecretId: "v", SecretString: "5" });
    expect(await stages("v")).toEqual([
      [],
      [],
      ["AWSPENDING", "one", "two"],
      ["AWSPREVIOUS"],
      ["AWSCURRENT"],
    ]);
  });

  it("that were current and pending are previous only (recorded)", async () => {
    const { VersionId } = await create("p");
    const pending = await sm("PutSecretValue", {
      SecretId: "p",
      SecretString: "2",
      VersionStages: ["AWSPENDING"],
    });
    const move = {
      SecretId: "p",
      VersionStage: "AWSCURRENT",
      MoveToVersionId: pending.VersionId,
    };
    expect(await failure(sm("UpdateSecretVersionStage", move))).toBe(
      `InvalidParameterException: The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${VersionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
    await sm("UpdateSecretVersionStage", { ...move, RemoveFromVersionId: VersionId });
    expect(await stages("p")).toEqual([["AWSPREVIOUS"], ["AWSCURRENT", "AWSPENDING"]]);
    await sm("PutSecretValue", { SecretId: "p", SecretString: "3" });
    expect(await stages("p")).toEqual([[], ["AWSPREVIOUS"], ["AWSCURRENT"]]);
  });

  it("are read by id and label, which must belong together (recorded)", async () => {
    const { VersionId } = await create("r");
    const get = (more: object) => failure(sm("GetSecretValue", { SecretId: "r", ...more }));
    expect(await get({ VersionId, VersionStage: "AWSCURRENT" })).toBe("none");
    expect(await get({ VersionId, VersionStage: "AWSPENDING" })).toBe(
      "InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.",
    );
    expect(await get({ VersionId: "0".repeat(36) })).toBe(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: ${"0".repeat(36)}`,
    );
  });
});

it("finds secrets by filters that all must match", async () => {
  await create("prod/db", { Description: "Orders database", Tags: [{ Key: "team", Value: "orders" }] });
  await create("prod/cache", { Description: "Cache" });
  await create("test/db", {});
  const names = async (...Filters: [string, ...string[]][]) =>
    (
      await sm("ListSecrets", { Filters: Filters.map(([Key, ...Values]) => ({ Key, Values })) })
    ).SecretList.map((one: { Name: string }) => one.Name);
  expect(await names(["name", "prod"])).toEqual(["prod/db", "prod/cache"]);
  expect(await names(["name", "Prod"])).toEqual([]);
  expect(await names(["name", "!prod"])).toEqual(["test/db"]);
  expect(await names(["description", "data orders"])).toEqual(["prod/db"]);
  expect(await names(["name", "prod"], ["tag-key", "te"], ["tag-value", "or"])).toEqual(["prod/db"]);
  expect(await names(["all", "CACHE"])).toEqual(["prod/cache"]);
  const page = await sm("ListSecrets", { MaxResults: 2, SortBy: "name", SortOrder: "desc" });
  expect(page.SecretList.map((one: { Name: string }) => one.Name)).toEqual(["test/db", "prod/db"]);
  const rest = await sm("ListSecrets", {
    MaxResults: 2,
    SortBy: "name",
    SortOrder: "desc",
    NextToken: page.NextToken,
  });
  expect(rest).toMatchObject({ SecretList: [{ Name: "prod/cache" }] });
  expect(await failure(sm("ListSecrets", { NextToken: "x" }))).toMatch("InvalidNextTokenException");
});

it("makes passwords of the wanted characters", async () => {
  const password = async (input: object) => (await sm("GetRandomPassword", input)).RandomPassword as string;
  expect(await password({})).toHaveLength(32);
  expect(await password({ PasswordLength: 4 })).toMatch(
    /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]|.*_).{4}$/,
  );
  expect(
    await password({ ExcludePunctuation: true, ExcludeUppercase: true, ExcludeCharacters: "0aeiou" }),
  ).toMatch(/^[b-df-hj-np-tv-z1-9]{32}$/);
  expect(await failure(password({ PasswordLength: 3 }))).toBe(
    "InvalidParameterException: Password length is too short based on the required types.",
  );
});

it("rotates nothing, and says as AWS why (recorded)", async () => {
  await create("rotating");
  expect(await failure(sm("RotateSecret", { SecretId: "rotating" }))).toBe(
    "InvalidRequestException: No Lambda rotation function ARN is associated with this secret.",
  );
  const RotationLambdaARN = `arn:aws:lambda:us-east-1:${cloud.account}:function:none`;
  expect(await failure(sm("RotateSecret", { SecretId: "rotating", RotationLambdaARN }))).toBe(
    "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );
});

it("keeps replicas in other regions alike", async () => {
  await create("copied", { SecretString: "1", AddReplicaRegions: [{ Region: "eu-west-1" }] });
  const there = { region: "eu-west-1" };
  const value = async () => (await sm("GetSecretValue", { SecretId: "copied" }, there)).SecretString;
  expect(await value()).toBe("1");
  await sm("PutSecretValue", { SecretId: "copied", SecretString: "2" });
  expect(await value()).toBe("2");
  expect(await failure(sm("PutSecretValue", { SecretId: "copied", SecretString: "3" }, there))).toBe(
    "InvalidParameterException: Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
  expect(await failure(sm("DeleteSecret", { SecretId: "copied" }))).toMatch("InvalidParameterException");
  await sm("StopReplicationToReplica", { SecretId: "copied" }, there);
  await sm("PutSecretValue", { SecretId: "copied", SecretString: "4" }, there);
  expect(await value()).toBe("4");
  await sm("DeleteSecret", { SecretId: "copied" });
});
