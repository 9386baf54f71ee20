import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());
const ssm = (operation: string, input: object = {}) => cloud.call("ssm", operation, input);

it.each([
  ["Standard", "secret"],
  ["Advanced", "x".repeat(5000)],
])("are kept as ciphertext: %s", async (Tier, Value) => {
  await ssm("PutParameter", { Name: "/s", Value, Type: "SecureString", Tier });
  const plain = (await ssm("GetParameter", { Name: "/s" })).Parameter.Value;
  expect(plain).not.toContain(Value.slice(0, 6));
  expect((await ssm("GetParameter", { Name: "/s", WithDecryption: true })).Parameter.Value).toBe(Value);
  const { Parameters } = await ssm("DescribeParameters");
  expect(Parameters[0]).toMatchObject({ KeyId: "alias/aws/ssm", Type: "SecureString" });
});

it("need the key", async () => {
  const { KeyMetadata } = await cloud.call("kms", "CreateKey");
  await ssm("PutParameter", { Name: "/s", Value: "v", Type: "SecureString", KeyId: KeyMetadata.KeyId });
  await cloud.call("kms", "DisableKey", { KeyId: KeyMetadata.KeyId });
  await expect(ssm("GetParameter", { Name: "/s", WithDecryption: true })).rejects.toMatchObject({
    code: "InvalidKeyId",
  });
  await expect(
    ssm("PutParameter", { Name: "/t", Value: "v", Type: "SecureString", KeyId: "alias/none" }),
  ).rejects.toMatchObject({ code: "InvalidKeyId" });
});
