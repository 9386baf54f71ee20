/**
 * SSH keys as EC2 makes and takes them: pairs, OpenSSH public keys, and the three kinds of fingerprint.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

export interface PublicKey {
  type: "rsa" | "ed25519";
  /** `ssh-rsa AAAA…` */
  text: string;
  fingerprint: string;
}

const colons = (hex: string) => hex.replace(/..(?!$)/g, "$&:");
const field = (bytes: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
/** A number of SSH: its first bit says that it is negative, so a zero byte goes before one that has it set. */
const number = (base64url: string) => {
  const bytes = Buffer.from(base64url, "base64url");
  return field(bytes[0]! & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
};

function wire(key: KeyObject, type: PublicKey["type"]): Buffer {
  const { n = "", e = "", x = "" } = key.export({ format: "jwk" });
  return type === "rsa"
    ? Buffer.concat([field(Buffer.from("ssh-rsa")), number(e), number(n)])
    : Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.from(x, "base64url"))]);
}

/** Of an ED25519 key: SHA-256 of its SSH form. */
const sshFingerprint = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64");

/** A new pair; the private key is PEM. An RSA key's fingerprint is the SHA-1 of the private key. */
export function newKeyPair(type: PublicKey["type"]): PublicKey & { material: string } {
  const pair =
    type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  const ssh = wire(pair.publicKey, type);
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const material = pair.privateKey.export({
    type: type === "rsa" ? "pkcs1" : "pkcs8",
    format: "pem",
  }) as string;
  return {
    type,
    text: `ssh-${type} ${ssh.toString("base64")}`,
    fingerprint:
      type === "rsa" ? colons(createHash("sha1").update(pkcs8).digest("hex")) : sshFingerprint(ssh),
    material,
  };
}

/** Reads `ssh-rsa …`, `ssh-ed25519 …` or a PEM public key; `undefined` when it is none of them. */
export function readPublicKey(text: string): PublicKey | undefined {
  const line = text.trim();
  const [, name, body] = /^(ssh-rsa|ssh-ed25519)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line) ?? [];
  try {
    if (name && body) return fromWire(name === "ssh-rsa" ? "rsa" : "ed25519", Buffer.from(body, "base64"));
    if (/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(line)) return described(createPublicKey(line));
    if (/^MI[A-Za-z0-9+/\s]+=*$/.test(line)) {
      return described(createPublicKey({ key: Buffer.from(line, "base64"), format: "der", type: "spki" }));
    }
  } catch {
    // not a key
  }
  return undefined;
}

function fromWire(type: PublicKey["type"], bytes: Buffer): PublicKey | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [name, first, second] = parts;
  if (name?.toString() !== `ssh-${type}` || !first) return undefined;
  const bare = (part: Buffer) => (part[0] === 0 ? part.subarray(1) : part).toString("base64url");
  const key =
    type === "rsa"
      ? second && createPublicKey({ key: { kty: "RSA", e: bare(first), n: bare(second) }, format: "jwk" })
      : createPublicKey({
          key: { kty: "OKP", crv: "Ed25519", x: first.toString("base64url") },
          format: "jwk",
        });
  return key && described(key);
}

/** An imported RSA key's fingerprint is the MD5 of its public key. */
function described(key: KeyObject): PublicKey | undefined {
  const type = key.asymmetricKeyType;
  if (type !== "rsa" && type !== "ed25519") return undefined;
  const ssh = wire(key, type);
  const der = key.export({ type: "spki", format: "der" });
  return {
    type,
    text: `ssh-${type} ${ssh.toString("base64")}`,
    fingerprint: type === "rsa" ? colons(createHash("md5").update(der).digest("hex")) : sshFingerprint(ssh),
  };
}
