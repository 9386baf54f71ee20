/**
 * ECDSA over a digest that is already computed (SEC 1, section 4.1): node:crypto hashes what it signs, so the
 * arithmetic is done here. Nonces follow RFC 6979, so no randomness is needed.
 */
import { createHmac, type KeyObject } from "node:crypto";

interface Curve {
  /** Field prime, coefficients a and b, order, generator. */
  p: bigint;
  a: bigint;
  n: bigint;
  g: Point;
  /** Bytes of a coordinate, and hash of the curve's algorithm. */
  size: number;
  hash: string;
}
type Point = readonly [bigint, bigint];

const hex = (text: string) => BigInt(`0x${text.replaceAll(/\s/g, "")}`);
const P256 = hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const P384 = hex(
  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
);
const P521 = (1n << 521n) - 1n;
const K256 = hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");

const CURVES: Record<string, Curve> = {
  ECC_NIST_P256: {
    p: P256,
    a: P256 - 3n,
    n: hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    g: [
      hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
      hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
    ],
    size: 32,
    hash: "sha256",
  },
  ECC_NIST_P384: {
    p: P384,
    a: P384 - 3n,
    n: hex(
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
    g: [
      hex("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
      hex("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"),
    ],
    size: 48,
    hash: "sha384",
  },
  ECC_NIST_P521: {
    p: P521,
    a: P521 - 3n,
    n: hex(
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
    g: [
      hex(
        "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
      ),
      hex(
        "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
      ),
    ],
    size: 66,
    hash: "sha512",
  },
  ECC_SECG_P256K1: {
    p: K256,
    a: 0n,
    n: hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
    g: [
      hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
      hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
    ],
    size: 32,
    hash: "sha256",
  },
};

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function inverse(value: bigint, by: bigint): bigint {
  let [a, b, x, y] = [modulo(value, by), by, 1n, 0n];
  while (b > 0n) {
    const q = a / b;
    [a, b, x, y] = [b, a - q * b, y, x - q * y];
  }
  return modulo(x, by);
}

function add(one: Point | undefined, other: Point | undefined, { p, a }: Curve): Point | undefined {
  if (!one) return other;
  if (!other) return one;
  const [x1, y1] = one;
  const [x2, y2] = other;
  if (x1 === x2 && modulo(y1 + y2, p) === 0n) return undefined;
  const slope =
    x1 === x2
      ? modulo((3n * x1 * x1 + a) * inverse(2n * y1, p), p)
      : modulo((y2 - y1) * inverse(x2 - x1, p), p);
  const x = modulo(slope * slope - x1 - x2, p);
  return [x, modulo(slope * (x1 - x) - y1, p)];
}

function multiply(times: bigint, point: Point, curve: Curve): Point | undefined {
  let sum: Point | undefined;
  let power: Point | undefined = point;
  for (let left = times; left > 0n; left >>= 1n) {
    if (left & 1n) sum = add(sum, power, curve);
    power = add(power, power, curve);
  }
  return sum;
}

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const bytesOf = (value: bigint, size: number): Buffer =>
  Buffer.from(value.toString(16).padStart(size * 2, "0"), "hex");

/** The leftmost bits of the digest, as many as the order has. */
function truncated(digest: Buffer, { n }: Curve): bigint {
  const extra = digest.length * 8 - n.toString(2).length;
  return extra > 0 ? numberOf(digest) >> BigInt(extra) : numberOf(digest);
}

/** RFC 6979, section 3.2. */
function* nonces(secret: bigint, digest: Buffer, curve: Curve): Generator<bigint> {
  const { n, hash } = curve;
  const size = Math.ceil(n.toString(2).length / 8);
  const mac = (key: Buffer, ...parts: Uint8Array[]) => {
    const hmac = createHmac(hash, key);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  const seed = Buffer.concat([bytesOf(secret, size), bytesOf(modulo(truncated(digest, curve), n), size)]);
  let v = Buffer.alloc(digest.length, 1);
  let k = Buffer.alloc(digest.length, 0);
  k = Buffer.from(mac(k, v, Buffer.from([0]), seed));
  v = Buffer.from(mac(k, v));
  k = Buffer.from(mac(k, v, Buffer.from([1]), seed));
  v = Buffer.from(mac(k, v));
  for (;;) {
    let text = Buffer.alloc(0);
    while (text.length < size) {
      v = Buffer.from(mac(k, v));
      text = Buffer.concat([text, v]);
    }
    const candidate = truncated(text.subarray(0, size), curve);
    if (candidate > 0n && candidate < n) yield candidate;
    k = Buffer.from(mac(k, v, Buffer.from([0])));
    v = Buffer.from(mac(k, v));
  }
}

/** A signature in DER. */
export function ecdsaSignDigest(key: KeyObject, spec: string, digest: Buffer): Buffer {
  const curve = CURVES[spec] as Curve;
  const { d } = key.export({ format: "jwk" });
  const secret = numberOf(Buffer.from(d as string, "base64url"));
  const e = truncated(digest, curve);
  for (const k of nonces(secret, digest, curve)) {
    const r = modulo((multiply(k, curve.g, curve) as Point)[0], curve.n);
    const s = modulo(inverse(k, curve.n) * (e + r * secret), curve.n);
    if (r !== 0n && s !== 0n) return der(r, s);
  }
  throw new TypeError("unreachable");
}

export function ecdsaVerifyDigest(key: KeyObject, spec: string, digest: Buffer, signature: Buffer): boolean {
  const curve = CURVES[spec] as Curve;
  const parsed = readDer(signature);
  if (!parsed) return false;
  const [r, s] = parsed;
  const { n, g } = curve;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  const { x, y } = key.export({ format: "jwk" });
  const point: Point = [
    numberOf(Buffer.from(x as string, "base64url")),
    numberOf(Buffer.from(y as string, "base64url")),
  ];
  const w = inverse(s, n);
  const e = truncated(digest, curve);
  const sum = add(multiply(modulo(e * w, n), g, curve), multiply(modulo(r * w, n), point, curve), curve);
  return sum !== undefined && modulo(sum[0], n) === r;
}

function der(r: bigint, s: bigint): Buffer {
  const integer = (value: bigint) => {
    const text = value.toString(16);
    const bytes = Buffer.from(text.length % 2 ? `0${text}` : text, "hex");
    const positive = (bytes[0] as number) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  const head = body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length];
  return Buffer.concat([Buffer.from(head), body]);
}

function readDer(bytes: Buffer): [bigint, bigint] | undefined {
  let at = bytes[1] === 0x81 ? 3 : 2;
  if (bytes[0] !== 0x30 || bytes.length - at !== bytes[at - 1]) return undefined;
  const values: bigint[] = [];
  while (at < bytes.length) {
    const length = bytes[at + 1] as number;
    if (bytes[at] !== 2 || at + 2 + length > bytes.length) return undefined;
    values.push(numberOf(bytes.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return values.length === 2 ? (values as [bigint, bigint]) : undefined;
}
