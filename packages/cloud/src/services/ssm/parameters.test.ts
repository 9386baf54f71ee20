import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { NONE } from "./operations/none-of-these.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ssm = (operation: string, input: object = {}) => cloud.call("ssm", operation, input);
const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );

it("lists none of what cannot be made here", async () => {
  for (const [operation, list] of Object.entries(NONE)) {
    const input = operation === "DescribeSessions" ? { State: "Active" } : {};
    expect([operation, await ssm(operation, input)]).toEqual([operation, { [list]: [] }]);
  }
});

describe("parameters", () => {
  it("keep their versions, selected by number or label", async () => {
    expect(await ssm("PutParameter", { Name: "/a/b", Value: "1", Type: "String" })).toEqual({
      Version: 1,
      Tier: "Standard",
    });
    expect(await code(ssm("PutParameter", { Name: "/a/b", Value: "2", Type: "String" }))).toBe(
      "ParameterAlreadyExists",
    );
    await ssm("PutParameter", { Name: "/a/b", Value: "2", Overwrite: true });
    await ssm("LabelParameterVersion", { Name: "/a/b", ParameterVersion: 1, Labels: ["prod"] });
    expect((await ssm("GetParameter", { Name: "/a/b" })).Parameter).toMatchObject({ Value: "2", Version: 2 });
    expect((await ssm("GetParameter", { Name: "/a/b:prod" })).Parameter).toMatchObject({
      Value: "1",
      Selector: ":prod",
    });
    expect(await code(ssm("GetParameter", { Name: "/a/b:9" }))).toBe("ParameterVersionNotFound");
    expect(await code(ssm("GetParameter", { Name: "/a/c" }))).toBe("ParameterNotFound");
  });

  it("of one level are meant with and without a slash; paths are whole (LocalStack, recorded)", async () => {
    await ssm("PutParameter", { Name: "plain", Value: "v", Type: "String" });
    for (const Name of ["plain", "/plain"]) {
      expect((await ssm("GetParameter", { Name })).Parameter).toMatchObject({ Name, Value: "v" });
    }
    await ssm("PutParameter", { Name: "/deep/down", Value: "v", Type: "String" });
    for (const Name of ["/deep//down", "deep/down"]) {
      expect(await code(ssm("GetParameter", { Name }))).toBe("ValidationException");
    }
    const Name = "/aws/reference/secretsmanager/none";
    await expect(ssm("GetParameter", { Name, WithDecryption: true })).rejects.toThrow(
      `Secret ${Name} not found.`,
    );
  });

  it("may stand for secrets, read with the caller's permission (LocalStack, recorded)", async () => {
    const secret = await cloud.call("secrets-manager", "CreateSecret", {
      Name: "mine",
      SecretString: "first",
      ClientRequestToken: "a".repeat(32),
    });
    await cloud.call("secrets-manager", "PutSecretValue", {
      SecretId: "mine",
      SecretString: "second",
      ClientRequestToken: "b".repeat(32),
    });
    const Name = "/aws/reference/secretsmanager/mine";
    await expect(ssm("GetParameter", { Name })).rejects.toMatchObject({
      code: "ValidationException",
      message: "WithDecryption flag must be True for retrieving a Secret Manager secret.",
    });
    const get = async (selector: string) =>
      (await ssm("GetParameter", { Name: Name + selector, WithDecryption: true })).Parameter;
    const read = await get("");
    expect(read).toMatchObject({ Name, Type: "SecureString", Value: "second", Version: 0, ARN: secret.ARN });
    expect(JSON.parse(read.SourceResult)).toMatchObject({ ARN: secret.ARN, name: "mine" });
    expect((await get(":AWSPREVIOUS")).Value).toBe("first");
    expect((await get(`:${secret.VersionId}`)).Value).toBe("first");
    const { Parameters, InvalidParameters } = await ssm("GetParameters", {
      Names: [Name, `${Name}-none`],
      WithDecryption: true,
    });
    expect(Parameters).toMatchObject([{ Name, Value: "second" }]);
    expect(InvalidParameters).toEqual([`${Name}-none`]);
  });

  it("are found by path, one level or all", async () => {
    for (const Name of ["/p/x", "/p/q/y", "/pp/z"])
      await ssm("PutParameter", { Name, Value: "v", Type: "String" });
    const names = async (input: object) =>
      (await ssm("GetParametersByPath", input)).Parameters.map((one: { Name: string }) => one.Name);
    expect(await names({ Path: "/p" })).toEqual(["/p/x"]);
    expect(await names({ Path: "/p/", Recursive: true })).toEqual(["/p/q/y", "/p/x"]);
    const { Parameters, NextToken } = await ssm("GetParametersByPath", {
      Path: "/",
      Recursive: true,
      MaxResults: 2,
    });
    expect(Parameters).toHaveLength(2);
    const rest = await ssm("GetParametersByPath", { Path: "/", Recursive: true, MaxResults: 2, NextToken });
    expect(rest.Parameters).toHaveLength(1);
  });

  it("know tiers, patterns and reserved names", async () => {
    const put = (more: object) =>
      code(ssm("PutParameter", { Name: "/t", Value: "v", Type: "String", ...more }));
    expect(await put({ Value: "x".repeat(4097) })).toBe("ValidationException");
    expect(await put({ Value: "x".repeat(4097), Tier: "Intelligent-Tiering" })).toBe("none");
    expect(await put({ Value: "y", Tier: "Standard", Overwrite: true })).toBe("ValidationException");
    expect(await put({ Name: "/u", Value: "abc", AllowedPattern: "^\\d+$" })).toBe(
      "ParameterPatternMismatchException",
    );
    expect(await put({ Name: "/aws/x" })).toBe("AccessDeniedException");
    expect(await put({ Name: "ssm-x" })).toBe("ValidationException");
  });

  it.each([
    [
      "awsome",
      "ValidationException",
      `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`,
    ],
    [
      "SSM_x",
      "ValidationException",
      `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`,
    ],
    ["/awsome/x", "AccessDeniedException", "No access to reserved parameter name: /awsome/x."],
    ["/SSM/x", "ValidationException", expect.stringContaining(`can't be prefixed with "ssm"`)],
    ["a/b", "ValidationException", "Parameter name must be a fully qualified name."],
  ])("refuse the name %s", async (Name, code, message) => {
    const put = ssm("PutParameter", { Name, Value: "v", Type: "String" });
    await expect(put).rejects.toMatchObject({ code, message });
  });

  it("expire by their policy when the clock says so", async () => {
    const Timestamp = new Date(Date.now() + 3_600_000).toISOString();
    const Policies = JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp } }]);
    await ssm("PutParameter", { Name: "/soon", Value: "v", Type: "String", Tier: "Advanced", Policies });
    expect(await code(ssm("GetParameter", { Name: "/soon" }))).toBe("none");
    await cloud.runtime.clock.advance(3_700_000);
    expect(await code(ssm("GetParameter", { Name: "/soon" }))).toBe("ParameterNotFound");
  });

  it("publish the regions", async () => {
    const Name = "/aws/service/global-infrastructure/regions/us-east-1";
    expect((await ssm("GetParameter", { Name })).Parameter.Value).toBe("us-east-1");
    const long = await ssm("GetParameter", { Name: `${Name}/longName` });
    expect(long.Parameter.Value).toBe("US East (N. Virginia)");
  });

  it("at the root are those of one level, with or without their slash", async () => {
    for (const Name of ["bare", "/slashed", "/deep/er"])
      await ssm("PutParameter", { Name, Value: "v", Type: "String" });
    const names = async (Recursive: boolean) =>
      (await ssm("GetParametersByPath", { Path: "/", Recursive })).Parameters.map(
        (one: { Name: string }) => one.Name,
      ).sort();
    expect(await names(false)).toEqual(["/slashed", "bare"]);
    expect(await names(true)).toEqual(["/deep/er", "/slashed", "bare"]);
  });

  it.each([
    [
      [{ Key: "Label", Values: ["a"] }],
      "InvalidFilterKey: The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier, DataType].",
    ],
    [
      [{ Key: "Name" }],
      "InvalidFilterValue: The following filter values are missing : null for filter key Name.",
    ],
    [
      [{ Key: "Tier", Values: ["test"] }],
      "InvalidFilterOption: The following filter value is not valid: test. Valid values include: [Standard, Advanced, Intelligent-Tiering].",
    ],
    [
      [{ Key: "Path", Values: ["/aws"] }],
      `ValidationException: Filters for common parameters can't be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.`,
    ],
    [
      [{ Key: "Path", Values: ["/###"] }],
      expect.stringMatching(/^ValidationException: The parameter doesn't meet/),
    ],
  ])("are not listed by the filters %j", async (ParameterFilters, message) => {
    const work = ssm("DescribeParameters", { ParameterFilters }).then(
      () => "none",
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );
    expect(await work).toEqual(message);
  });
});
