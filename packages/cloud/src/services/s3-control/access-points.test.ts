/** Access points and tags by ARN, in the details that were recorded on AWS (localstack, 2024). */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { signRequest } from "../../wire/sign-request.ts";

let cloud: Cloud;
const Bucket = "behind-the-points";
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  await cloud.call("s3", "CreateBucket", { Bucket });
});
afterAll(() => cloud.close());

const control = (operation: string, input: object) => cloud.call("s3-control", operation, input);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );
const create = (Name: string, more: object = {}) =>
  failure(control("CreateAccessPoint", { Name, Bucket, ...more }));

it.each(["xn-_a", "sa", "a".repeat(51), "Upper"])("%s is no path of an access point", async (name) => {
  expect(await create(name)).toEqual({
    code: "InvalidURI",
    message: "Couldn't parse the specified URI.",
    URI: `accesspoint/${name}`,
  });
});

it.each(["-dash", "ends-s3alias", "has.dot"])("%s is no name of an access point", async (name) => {
  expect(await create(name)).toMatchObject({ message: "Your Amazon S3 AccessPoint name is invalid" });
});

it("wants a bucket, and a name that is free", async () => {
  expect(await create("point", { Bucket: "no-bucket-of-that-name" })).toEqual({
    code: "InvalidRequest",
    message: "Amazon S3 AccessPoint can only be created for existing bucket",
  });
  expect(await create("point")).toBeUndefined();
  const again = await create("point");
  expect(again?.code).toBe("AccessPointAlreadyOwnedByYou");
  expect(again).not.toHaveProperty("AccessPointName");
});

it("says nothing when something is deleted", async () => {
  await create("short-lived");
  for (const path of ["accesspoint/short-lived", "configuration/publicAccessBlock"]) {
    const account = "111122223333";
    const url = `/v20180820/${path}`;
    const headers = { host: `127.0.0.1:${cloud.port}`, "x-amz-account-id": account };
    const signer = { ...cloud.credentials, region: "us-east-1", service: "s3" };
    const head = signRequest({ method: "DELETE", url, headers }, "", signer);
    const answer = await fetch(`http://127.0.0.1:${cloud.port}${url}`, {
      method: "DELETE",
      headers: head.headers as Record<string, string>,
    });
    expect(answer.status).toBe(204);
  }
});

it("tags buckets by their ARN", async () => {
  const ResourceArn = `arn:aws:s3:::${Bucket}`;
  await control("TagResource", { ResourceArn, Tags: [{ Key: "a", Value: "b" }] });
  expect(await control("ListTagsForResource", { ResourceArn })).toEqual({ Tags: [{ Key: "a", Value: "b" }] });
  expect(await cloud.call("s3", "GetBucketTagging", { Bucket })).toEqual({
    TagSet: [{ Key: "a", Value: "b" }],
  });
  await control("UntagResource", { ResourceArn, TagKeys: ["a"] });
  expect(await control("ListTagsForResource", { ResourceArn })).toEqual({ Tags: [] });
});
