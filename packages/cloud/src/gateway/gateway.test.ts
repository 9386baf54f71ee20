import type { RequestOptions } from "node:http";
import { ListUserProfilesCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { signRequest } from "../wire/sign-request.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
});
afterAll(() => cloud.close());

const client = (credentials = cloud.credentials) =>
  new SageMakerClient({
    endpoint: cloud.endpoint as string,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });

test("a signed request of the root user arrives", async () => {
  expect((await client().send(new ListUserProfilesCommand({}))).UserProfiles).toEqual([]);
});

test("a wrong secret and an unknown key are refused in the protocol's own words", async () => {
  const wrong = client({ ...cloud.credentials, secretAccessKey: "wrong" }).send(
    new ListUserProfilesCommand({}),
  );
  await expect(wrong).rejects.toMatchObject({ name: "InvalidSignatureException" });
  const unknown = client({ accessKeyId: "AKIAUNKNOWNUNKNOWN22", secretAccessKey: "x" });
  await expect(unknown.send(new ListUserProfilesCommand({}))).rejects.toMatchObject({
    name: "UnrecognizedClientException",
  });
});

test("a host name that is neither loopback nor AWS is refused", async () => {
  const { port } = cloud;
  const { request } = await import("node:http");
  const status = await new Promise((resolve) =>
    request({ port: port as number, host: "127.0.0.1", headers: { host: "evil.example" } }, (answer) =>
      resolve(answer.statusCode),
    ).end(),
  );
  expect(status).toBe(421);
});

test("an expectation that means nothing is passed over", async () => {
  const { request } = await import("node:http");
  const options = { port: cloud.port as number, host: "127.0.0.1", headers: { expect: "200" } };
  const status = await new Promise((resolve) =>
    request(options, (answer) => resolve(answer.statusCode)).end(),
  );
  expect(status).not.toBe(417);
});

test("an answer that comes before the body was read reaches a client that first sends all of it", async () => {
  const { connect } = await import("node:net");
  const socket = connect(cloud.port as number, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  const ended = new Promise<void>((resolve, reject) =>
    socket.once("end", resolve).once("close", resolve).once("error", reject),
  );
  const piece = Buffer.alloc(256 * 1024);
  const pieces = 20;
  socket.write(
    `PUT /nobody/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${piece.length * pieces}\r\n\r\n`,
  );
  for (let sent = 0; sent < pieces; sent += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise<void>((resolve, reject) => {
      socket.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
  await ended;
  expect(answer).toMatch(/^HTTP\/1\.1 40[34] [\s\S]*connection: close[\s\S]*<Error>/i);
});

test("headers that come in several lines are signed as one, as Go's SDK sends its lists", async () => {
  const { request } = await import("node:http");
  const host = `127.0.0.1:${cloud.port}`;
  const joined = { "x-amz-object-attributes": "ETag,ObjectSize" };
  const url = "/nobody-has-this/key?attributes=";
  const key = { ...cloud.credentials, service: "s3", region: "us-east-1" };
  const signed = signRequest({ method: "GET", url, headers: { host, ...joined } }, "", key, Date.now());
  const headers = { ...signed.headers, "x-amz-object-attributes": ["ETag", "ObjectSize"] };
  const options = { port: cloud.port as number, host: "127.0.0.1", path: url, headers };
  const body = await new Promise<string>((resolve) =>
    request(options as RequestOptions, async (answer) => resolve((await answer.toArray()).join(""))).end(),
  );
  expect(body).toContain("<Code>NoSuchBucket</Code>");
});

test("health answers, reset needs the option, the rest needs the token", async () => {
  expect((await fetch(`${cloud.endpoint}/_sagekeep/health`)).status).toBe(200);
  expect((await fetch(`${cloud.endpoint}/_sagekeep/reset`, { method: "POST" })).status).toBe(403);
  expect((await fetch(`${cloud.endpoint}/_sagekeep/clock`, { method: "POST", body: "{}" })).status).toBe(403);
});

test("clients know nothing of a clock that was moved: what they sign stays in time", async () => {
  await cloud.runtime.clock.advance(3_600_000);
  const sts = new STSClient({
    endpoint: cloud.endpoint as string,
    region: cloud.region,
    credentials: cloud.credentials,
    maxAttempts: 1,
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(cloud.account);
});

test("long-term keys come without a session token, the root user's too", async () => {
  const credentials = { ...cloud.credentials, sessionToken: "left-over" };
  const sts = new STSClient({ endpoint: cloud.endpoint as string, region: cloud.region, credentials });
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: "InvalidClientTokenId",
  });
});

test("an action is of a version, and an unsigned one of another service is unsigned above all", async () => {
  const post = async (body: string) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return (await fetch(cloud.endpoint as string, { method: "POST", headers, body })).text();
  };
  expect(await post("Action=DescribeVpcs&Version=2016-11-15")).toContain("<Code>MissingAuthenticationToken<");
  expect(await post("Action=Nothing&Version=2011-06-15")).toContain(
    "Could not find operation Nothing for version 2011-06-15",
  );
});
