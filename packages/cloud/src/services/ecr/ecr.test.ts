import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());
const ecr = (operation: string, input: object = {}) => cloud.call("ecr", operation, input);
const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );

it("keeps repositories until they are empty", async () => {
  const repositoryName = "team-a/image";
  const { repository } = await ecr("CreateRepository", {
    repositoryName,
    tags: [{ Key: "team", Value: "a" }],
  });
  expect(repository.repositoryUri).toBe(`${cloud.account}.dkr.ecr.us-east-1.amazonaws.com/team-a/image`);
  expect(await code(ecr("CreateRepository", { repositoryName }))).toBe("RepositoryAlreadyExistsException");
  expect(await code(ecr("CreateRepository", { repositoryName: "Bad Name" }))).toBe(
    "InvalidParameterException",
  );
  expect(await code(ecr("GetRepositoryPolicy", { repositoryName }))).toBe(
    "RepositoryPolicyNotFoundException",
  );
  await ecr("SetRepositoryPolicy", { repositoryName, policyText: '{"Version":"2012-10-17","Statement":[]}' });
  await ecr("PutImage", { repositoryName, imageManifest: '{"layers":[{"size":7}]}', imageTag: "v1" });
  expect(await code(ecr("DeleteRepository", { repositoryName }))).toBe("RepositoryNotEmptyException");
  await ecr("DeleteRepository", { repositoryName, force: true });
  expect(await code(ecr("DescribeRepositories", { repositoryNames: [repositoryName] }))).toBe(
    "RepositoryNotFoundException",
  );
});

it("moves tags between images unless they are immutable", async () => {
  const repositoryName = "images";
  await ecr("CreateRepository", { repositoryName });
  const put = (imageManifest: string, imageTag: string) =>
    ecr("PutImage", { repositoryName, imageManifest, imageTag });
  const first = (await put('{"a":1}', "latest")).image.imageId.imageDigest;
  expect(await code(put('{"a":1}', "latest"))).toBe("ImageAlreadyExistsException");
  const second = (await put('{"a":2}', "latest")).image.imageId.imageDigest;
  const { imageIds } = await ecr("ListImages", { repositoryName });
  expect(imageIds).toContainEqual({ imageDigest: first });
  expect(imageIds).toContainEqual({ imageDigest: second, imageTag: "latest" });
  await ecr("PutImageTagMutability", { repositoryName, imageTagMutability: "IMMUTABLE" });
  expect(await code(put('{"a":3}', "latest"))).toBe("ImageTagAlreadyExistsException");
  const got = await ecr("BatchGetImage", {
    repositoryName,
    imageIds: [{ imageTag: "latest" }, { imageTag: "no" }],
  });
  expect(got.images).toHaveLength(1);
  expect(got.failures[0].failureCode).toBe("ImageNotFound");
  expect(await code(ecr("DescribeImages", { repositoryName, imageIds: [{ imageTag: "no" }] }))).toBe(
    "ImageNotFoundException",
  );
});
