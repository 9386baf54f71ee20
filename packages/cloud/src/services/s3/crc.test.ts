import { describe, expect, it } from "vitest";
import { combineCrc, crc32, crc32c, crc64nvme } from "./crc.ts";

const check = (make: typeof crc32, ...chunks: string[]) => {
  const crc = make();
  for (const chunk of chunks) crc.update(Buffer.from(chunk));
  return crc.digest().toString("hex");
};

describe("cyclic redundancy checks", () => {
  it("give the published check values", () => {
    expect(check(crc32, "123456789")).toBe("cbf43926");
    expect(check(crc32c, "123456789")).toBe("e3069283");
    expect(check(crc64nvme, "123456789")).toBe("ae8b14860a799888");
    expect(check(crc64nvme, "")).toBe("0000000000000000");
  });

  it("do not depend on how the body is cut", () => {
    const text = "the quick brown fox jumps over the lazy dog, twice or three times";
    for (const make of [crc32, crc32c, crc64nvme]) {
      for (let cut = 0; cut < text.length; cut += 7) {
        expect(check(make, text.slice(0, cut), text.slice(cut))).toBe(check(make, text));
      }
    }
  });

  it("combine from parts", () => {
    const kinds = [["CRC32", crc32], ["CRC32C", crc32c], ["CRC64NVME", crc64nvme]] as const;
    for (const [kind, make] of kinds) {
      const [a, b] = ["hello, ", "world of many bytes\n".repeat(1000)];
      const parts = [a, b].map((text) => Buffer.from(check(make, text), "hex"));
      expect(combineCrc(kind, parts[0]!, parts[1]!, b.length).toString("hex")).toBe(check(make, a + b));
    }
  });
});
