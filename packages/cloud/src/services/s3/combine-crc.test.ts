import { describe, expect, it } from "vitest";
import { checksum } from "../../wire/checksums.ts";
import { combineCrc } from "./combine-crc.ts";

describe("combineCrc", () => {
  it("gives the check of the whole", () => {
    const [first, second] = ["hello, ", "world of many bytes\n".repeat(1000)];
    for (const kind of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
      const of = (text: string) => {
        const sum = checksum(kind);
        sum.update(Buffer.from(text));
        return Buffer.from(sum.digest(), "base64");
      };
      expect(combineCrc(kind, of(first), of(second), second.length)).toEqual(of(first + second));
      expect(combineCrc(kind, of(""), of(second), second.length)).toEqual(of(second));
      expect(combineCrc(kind, of(first), of(""), 0)).toEqual(of(first));
    }
  });
});
