/**
 * X.509 certificates of the local CA: written as DER here (RFC 5280) and signed by node:crypto, so that no
 * certificate library has to load before the first HTTPS request.
 */
import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";

/** One DER element. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 255);
  return Buffer.concat([Buffer.from([tag, 128 | bytes.length, ...bytes]), body]);
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value, "utf8"));
const yes = Buffer.from([0x01, 0x01, 0xff]);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const group = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) group.unshift(128 | (left & 127));
    bytes.push(...group);
  }
  return der(0x06, Buffer.from(bytes));
}

/** `2026-11-23…` as UTCTime, or as GeneralizedTime from 2050 on. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050 ? text(0x17, digits.slice(2)) : text(0x18, digits);
}

function name(commonName: string, organization: string): Buffer {
  const part = (type: string, value: string): Buffer => der(0x31, sequence(oid(type), text(0x0c, value)));
  return sequence(part("2.5.4.10", organization), part("2.5.4.3", commonName.slice(0, 64)));
}

function extension(type: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(type), ...(critical ? [yes] : []), der(0x04, value));
}

function keyId(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

/** IPv4 and IPv6 addresses go into a certificate as bytes. */
function addressBytes(address: string): Buffer | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return Buffer.from(address.split(".").map(Number));
  if (address === "::1") return Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
  return undefined;
}

const organization = "Sagekeep local cloud";
const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const day = 86_400_000;

export interface Issuer {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  /** DNS names and addresses of a server; absent for the CA itself. */
  readonly hosts?: readonly string[];
  readonly days: number;
  readonly now: Date;
}

/** Issues a certificate (P-256, ECDSA with SHA-256) and returns it as PEM. */
export function issueCertificate(issuer: Issuer, request: CertificateRequest): string {
  const { hosts, now } = request;
  const extensions = [
    extension("2.5.29.19", true, hosts ? sequence() : sequence(yes)),
    // digitalSignature; keyCertSign and cRLSign
    extension("2.5.29.15", true, Buffer.from(hosts ? [0x03, 0x02, 0x07, 0x80] : [0x03, 0x02, 0x01, 0x06])),
    extension("2.5.29.14", false, der(0x04, keyId(request.publicKey))),
    extension("2.5.29.35", false, sequence(der(0x80, keyId(issuer.publicKey)))),
  ];
  if (hosts) {
    const names = hosts.map((host) => {
      const address = addressBytes(host);
      return address ? der(0x87, address) : text(0x82, host);
    });
    extensions.push(extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))));
    extensions.push(extension("2.5.29.17", false, sequence(...names)));
  }
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    name(issuer.commonName, organization),
    // a little into the past: clocks of containers differ
    sequence(time(new Date(now.getTime() - day)), time(new Date(now.getTime() + request.days * day))),
    name(request.commonName, organization),
    request.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
