import { expect, it } from "vitest";
import { writeError } from "./codec.ts";
import { identify } from "./identify.ts";

it.each([
  "pages.example.com.s3-website-us-east-1.amazonaws.com",
  "pages.example.com.s3-website.eu-central-1.amazonaws.com",
  "pages.example.com.s3-website.localhost",
])("%s, a website endpoint, is not taken for the API", async (host) => {
  const target = await identify({ method: "GET", url: "/index.html?acl", headers: { host } });
  expect(target.operation).toBeUndefined();
  expect(target.s3).toMatchObject({ bucket: "pages.example.com", key: "index.html", website: true });
});

it("a website endpoint without a bucket is not supported", async () => {
  const host = "s3-website.localhost";
  const target = await identify({ method: "GET", url: "/index.html", headers: { host } });
  expect(target.problem).toMatchObject({ code: "NotImplemented" });
  expect(writeError(target, target.problem, "r").status).toBe(501);
});

it("a bucket whose name only looks like one is a bucket", async () => {
  const target = await identify({
    method: "GET",
    url: "/k",
    headers: { host: "my-s3-website.s3.amazonaws.com" },
  });
  expect(target.s3).toMatchObject({ bucket: "my-s3-website", key: "k" });
});

it("tells directory buckets from buckets by the signature's scope", async () => {
  const listed = async (service: string) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const headers = { host: "s3.localhost", authorization, "x-amz-date": "20260101T000000Z" };
    return (await identify({ method: "GET", url: "/", headers })).operation?.name;
  };
  expect(await listed("s3")).toBe("ListBuckets");
  expect(await listed("s3express")).toBe("ListDirectoryBuckets");
});
