import { createHmac, createSecretKey } from "node:crypto";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWhole, streamingBody } from "./body.ts";
import { checksum } from "./checksums.ts";
import type { ChunkSigning } from "./chunked.ts";
import { sha256 } from "./sigv4.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const scope = "20130524/us-east-1/s3/aws4_request";

function keyOf(): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return key;
}

function signing(seed: string): ChunkSigning {
  return { signingKey: createSecretKey(keyOf()), seed, date: "20130524T000000Z", scope };
}

async function decode(
  encoded: string,
  headers: Record<string, string>,
  seed = "",
  cut = 1000,
): Promise<Buffer> {
  const bytes = Buffer.from(encoded, "latin1");
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += cut) pieces.push(bytes.subarray(at, at + cut));
  return streamingBody(
    { method: "PUT", url: "/b/k", headers },
    Readable.from(pieces),
    seed ? signing(seed) : undefined,
  ).body.bytes();
}

const data = "a".repeat(65536 + 1024);

describe("aws-chunked", () => {
  // The worked example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
  const seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  const signed = (last = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") =>
    `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${"a".repeat(65536)}\r\n` +
    `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${"a".repeat(1024)}\r\n` +
    `0;chunk-signature=${last}\r\n\r\n`;
  const signedHeaders = {
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-decoded-content-length": "66560",
    "content-encoding": "aws-chunked",
  };

  it("verifies AWS's example of signed chunks", async () => {
    expect((await decode(signed(), signedHeaders, seed)).toString()).toBe(data);
  });

  it("refuses a chunk whose signature or data was changed", async () => {
    await expect(decode(signed("0".repeat(64)), signedHeaders, seed)).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
    await expect(decode(signed().replace("aaa", "aba"), signedHeaders, seed)).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
  });

  it("refuses a truncated body and one of another length", async () => {
    for (const at of [10, 500, 66_600, signed().length - 60]) {
      await expect(decode(signed().slice(0, at), signedHeaders, seed)).rejects.toMatchObject({
        code: "IncompleteBody",
      });
    }
    const wrong = { ...signedHeaders, "x-amz-decoded-content-length": "66561" };
    await expect(decode(signed(), wrong, seed)).rejects.toMatchObject({ code: "IncompleteBody" });
  });

  it("verifies signed trailers", async () => {
    const start = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    const sum = checksum("CRC32C");
    sum.update(Buffer.from(data));
    const trailer = `x-amz-checksum-crc32c:${sum.digest()}`;
    const sign = (text: string) => createHmac("sha256", keyOf()).update(text).digest("hex");
    const chunk = (previous: string, bytes: string) =>
      sign(
        `AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n${scope}\n${previous}\n${sha256("")}\n${sha256(bytes)}`,
      );
    const one = chunk(start, "a".repeat(65536));
    const two = chunk(one, "a".repeat(1024));
    const end = chunk(two, "");
    // These are the signatures of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    expect(one).toBe("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
    expect(two).toBe("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
    expect(end).toBe("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
    const last = sign(
      `AWS4-HMAC-SHA256-TRAILER\n20130524T000000Z\n${scope}\n${end}\n${sha256(`${trailer}\n`)}`,
    );
    const body = (given: string, trailerText = trailer) =>
      `10000;chunk-signature=${one}\r\n${"a".repeat(65536)}\r\n400;chunk-signature=${two}\r\n${"a".repeat(1024)}\r\n` +
      `0;chunk-signature=${end}\r\n${trailerText}\r\nx-amz-trailer-signature:${given}\r\n\r\n`;
    const headers = {
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "66560",
      "x-amz-trailer": "x-amz-checksum-crc32c",
    };
    expect((await decode(body(last), headers, start)).length).toBe(66560);
    await expect(decode(body("0".repeat(64)), headers, start)).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
    await expect(decode(body(last, "x-amz-checksum-crc32c:AAAAAA=="), headers, start)).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "checks an unsigned trailer with %s",
    async (algorithm) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 200 }),
          fc.integer({ min: 1, max: 50 }),
          async (bytes, cut) => {
            const sum = checksum(algorithm);
            sum.update(bytes);
            const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
            const text = Buffer.from(bytes).toString("latin1");
            const chunk = bytes.length > 0 ? `${bytes.length.toString(16)}\r\n${text}\r\n` : "";
            const headers = {
              "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
              "x-amz-decoded-content-length": String(bytes.length),
              "x-amz-trailer": name,
            };
            expect(
              new Uint8Array(await decode(`${chunk}0\r\n${name}:${sum.digest()}\r\n\r\n`, headers, "", cut)),
            ).toEqual(bytes);
            const wrong = checksum(algorithm);
            wrong.update(Buffer.from([...bytes, 1]));
            await expect(
              decode(`${chunk}0\r\n${name}:${wrong.digest()}\r\n\r\n`, headers, "", cut),
            ).rejects.toMatchObject({ code: "BadDigest" });
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it("wants the trailer that was announced", async () => {
    const headers = {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "1",
      "x-amz-trailer": "x-amz-checksum-crc32",
    };
    await expect(decode("1\r\na\r\n0\r\n\r\n", headers)).rejects.toMatchObject({
      code: "MalformedTrailerError",
    });
    const short = "1\r\na\r\n0\r\nx-amz-checksum-crc32:abc=\r\n\r\n";
    await expect(decode(short, headers)).rejects.toMatchObject({
      code: "InvalidRequest",
      message: "Value for x-amz-checksum-crc32 trailing header is invalid.",
    });
  });

  // as OpenStack Swift's test_input_errors.py has found AWS to do
  it.each([
    ["zz\r\na\r\n0\r\n\r\n", "IncompleteBody"],
    ["1\na\n0\n\n", "IncompleteBody"],
    ["1\r\na\r\n", "IncompleteBody"],
    ["2\r\nab\r\n0\r\n\r\n", "IncompleteBody"],
    ["1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "InvalidChunkSizeError"],
    ["1\r\na\r\n0\r\nbonus: trailer\r\n\r\n", "MalformedTrailerError"],
    ["1\r\na\r\n0\r\nnonsense\r\n\r\n", "MalformedTrailerError"],
  ])("refuses the framing %j with %s", async (encoded, code) => {
    const headers = {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "1",
    };
    await expect(decode(encoded, headers)).rejects.toMatchObject({ code });
    await expect(decode(encoded, headers, "", 1)).rejects.toMatchObject({ code });
  });

  it("looks at nothing behind the end, and at empty names of trailers before others", async () => {
    const headers = (trailer: string) => ({
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": "1",
      "x-amz-trailer": trailer,
    });
    const sum = checksum("CRC32");
    sum.update(Buffer.from("a"));
    const body = `1\r\na\r\n0\r\nx-amz-checksum-crc32:${sum.digest()}\r\n\r\nbonus: trailer\r\n`;
    expect((await decode(body, headers("x-amz-checksum-crc32,,"))).toString()).toBe("a");
    await expect(decode(body, headers(",x-amz-checksum-crc32"))).rejects.toMatchObject({
      message: "The value specified in the x-amz-trailer header is not supported",
    });
  });
});

describe("plain bodies", () => {
  it("of a client that goes away are cut short", async () => {
    async function* gone() {
      yield Buffer.from("ab");
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    }
    const head = { method: "PUT", url: "/b/k", headers: { "content-length": "3" } };
    await expect(streamingBody(head, gone(), undefined).body.bytes()).rejects.toMatchObject({
      code: "IncompleteBody",
    });
    await expect(readWhole(Readable.from(gone()), 100)).rejects.toMatchObject({ code: "IncompleteBody" });
    await expect(readWhole(Readable.from([Buffer.alloc(101)]), 100)).rejects.toMatchObject({
      code: "RequestEntityTooLarge",
    });
  });

  it("are checked against the hash and the checksums of the headers", async () => {
    const ok = {
      "content-length": "3",
      "x-amz-content-sha256": sha256("abc"),
      "content-md5": "kAFQmDzST7DWlj99KOF/cg==",
    };
    expect((await decode("abc", ok)).toString()).toBe("abc");
    await expect(decode("abd", { ...ok, "content-md5": "" })).rejects.toMatchObject({
      code: "InvalidDigest",
    });
    await expect(
      decode("abd", { "content-length": "3", "x-amz-content-sha256": sha256("abc") }),
    ).rejects.toMatchObject({
      code: "XAmzContentSHA256Mismatch",
    });
    await expect(
      decode("abd", { "content-length": "3", "content-md5": "kAFQmDzST7DWlj99KOF/cg==" }),
    ).rejects.toMatchObject({
      code: "BadDigest",
    });
    await expect(decode("ab", { "content-length": "3" })).rejects.toMatchObject({ code: "IncompleteBody" });
  });
});
