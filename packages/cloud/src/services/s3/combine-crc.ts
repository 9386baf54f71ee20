/**
 * The cyclic redundancy check of a whole from those of its parts, as S3 answers it for multipart objects.
 * All three checks are reflected, start at all ones and end inverted.
 */

const FIELDS = {
  CRC32: { polynomial: 0xedb88320n, bits: 32n },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32n },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64n },
};

/** The check of `first` followed by `second`, whose length in bytes is `secondSize`, from the checks of both. */
export function combineCrc(
  kind: keyof typeof FIELDS,
  first: Buffer,
  second: Buffer,
  secondSize: number,
): Buffer {
  const { polynomial, bits } = FIELDS[kind];
  const top = 1n << (bits - 1n);
  // polynomials modulo the generator, bit-reflected: `top` is 1, `top >> 1` is x
  const multiply = (a: bigint, b: bigint) => {
    let product = 0n;
    for (let mask = top, factor = b; mask > 0n; mask >>= 1n) {
      if (a & mask) product ^= factor;
      factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
    }
    return product;
  };
  let shift = top;
  let power = top >> 8n; // x^8: one byte
  for (let left = BigInt(secondSize); left > 0n; left >>= 1n) {
    if (left & 1n) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
  const combined = multiply(shift, number(first)) ^ number(second);
  return Buffer.from(combined.toString(16).padStart(Number(bits / 4n), "0"), "hex");
}
