/** JSON in and out of the SDK's own schemas: what would be dropped silently must be an error. */
import { expect, test } from "vitest";
import { Clients, type ServiceKey } from "../../aws/clients.ts";
import { inputOf, inputShape, outputOf, streamingMember } from "./json-input.ts";
import { operationNamed, serviceNamed } from "./names.ts";

const clients = new Clients({ kind: "local", region: "us-east-1", endpoint: "http://127.0.0.1:9" });
const read = async (service: ServiceKey, operation: string, value: unknown) =>
  inputOf(inputShape(await clients.schema(service, operation)), value, operation);

test("members, lists, maps, blobs and times become what the SDK wants", async () => {
  expect(
    await read("sagemaker", "CreateProcessingJob", {
      Environment: { A: "b" },
      NetworkConfig: { VpcConfig: { Subnets: ["subnet-1"] } },
      Tags: [{ Key: "team", Value: "a" }],
    }),
  ).toEqual({
    Environment: { A: "b" },
    NetworkConfig: { VpcConfig: { Subnets: ["subnet-1"] } },
    Tags: [{ Key: "team", Value: "a" }],
  });
  expect(await read("kms", "Encrypt", { KeyId: "k", Plaintext: "aGVsbG8=" })).toEqual({
    KeyId: "k",
    Plaintext: Buffer.from("hello"),
  });
  expect(await read("cloudtrail", "LookupEvents", { StartTime: "2026-01-31T12:00:00Z" })).toEqual({
    StartTime: new Date("2026-01-31T12:00:00Z"),
  });
});

test.each<[ServiceKey, string, unknown, RegExp]>([
  ["s3", "ListObjectsV2", { Buket: "b" }, /\$\.Buket`: ListObjectsV2Request has no member/],
  ["s3", "ListObjectsV2", [], /is an object, got a list/],
  ["s3", "ListObjectsV2", { MaxKeys: "3" }, /\$\.MaxKeys`: expected a number, got a string "3"/],
  [
    "sagemaker",
    "CreateProcessingJob",
    { NetworkConfig: { VpcConfig: { Subnet: [] } } },
    /\$\.NetworkConfig\.VpcConfig\.Subnet/,
  ],
  ["sagemaker", "CreateProcessingJob", { Tags: { team: "a" } }, /\$\.Tags`: expected a list/],
  ["sagemaker", "CreateProcessingJob", { Tags: [{ key: "team" }] }, /\$\.Tags\[0\]\.key/],
  ["kms", "Encrypt", { Plaintext: "not base64!" }, /expected base64/],
  ["cloudtrail", "LookupEvents", { StartTime: "yesterday" }, /expected a time/],
])("%s %s %j is refused", async (service, operation, value, message) => {
  await expect(read(service, operation, value)).rejects.toThrow(message);
});

test("the member that takes bytes is known", async () => {
  const member = async (service: ServiceKey, operation: string) =>
    streamingMember(inputShape(await clients.schema(service, operation)));
  expect(await member("s3", "PutObject")).toBe("Body");
  expect(await member("sagemaker-runtime", "InvokeEndpoint")).toBe("Body");
  expect(await member("s3", "ListBuckets")).toBeUndefined();
});

test("answers become plain JSON", () => {
  expect(
    outputOf({ $metadata: {}, When: new Date(0), Bytes: new Uint8Array([104, 105]), List: [{ A: 1n }] }),
  ).toEqual({ When: "1970-01-01T00:00:00.000Z", Bytes: "aGk=", List: [{ A: 1 }] });
});

test("names are found in every spelling, and the nearest is offered", async () => {
  expect(serviceNamed("logs")).toBe("cloudwatch-logs");
  expect(serviceNamed("s3api")).toBe("s3");
  expect(() => serviceNamed("sagmaker")).toThrow(expect.objectContaining({ code: "CALL0001" }));
  expect(await operationNamed(clients, "s3", "list-objects-v2")).toBe("ListObjectsV2");
  await expect(operationNamed(clients, "s3", "ListBuckts")).rejects.toMatchObject({
    help: "did you mean `ListBuckets`?",
  });
});
