import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChecksumAlgorithm, checksum } from "./checksums.ts";

function of(algorithm: ChecksumAlgorithm, ...parts: Uint8Array[]): string {
  const sum = checksum(algorithm);
  for (const part of parts) sum.update(part);
  return Buffer.from(sum.digest(), "base64").toString("hex");
}

describe("checksums", () => {
  // The check values of the CRC catalogue (https://reveng.sourceforge.io/crc-catalogue/), and of FIPS 180.
  it.each([
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
    ["MD5", "25f9e794323b453885f5181f1b624d0b"],
  ] as const)("%s of 123456789", (algorithm, expected) => {
    expect(of(algorithm, Buffer.from("123456789"))).toBe(expected);
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME"] as const)(
    "%s does not depend on how the bytes are cut",
    (algorithm) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
          expect(of(algorithm, bytes.subarray(0, at), bytes.subarray(at))).toBe(of(algorithm, bytes));
          if (algorithm === "CRC32" && crc32)
            expect(Number.parseInt(of(algorithm, bytes), 16)).toBe(crc32(bytes));
        }),
      );
    },
  );
});
