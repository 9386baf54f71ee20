/** Bytes that are no HTTP are answered in S3's form, and the connection ends. */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
});
afterAll(() => cloud.close());

const answerTo = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    let text = "";
    const socket = connect(cloud.port as number, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => (text += chunk));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });

test.each([
  ["no HTTP at all", "\0\0\0\0\r\n\r\n", "BadRequest"],
  ["an unknown method", "FROB / HTTP/1.1\r\nHost: localhost\r\n\r\n", "BadRequest"],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "BadRequest",
  ],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "BadRequest",
  ],
  [
    "a huge header",
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
    "RequestHeaderSectionTooLarge",
  ],
])("%s", async (_, bytes, code) => {
  const answer = await answerTo(bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain(`<Code>${code}</Code>`);
});
