/**
 * RSASSA-PSS over a digest that is already computed (RFC 8017, section 8.1): node:crypto only signs messages.
 * The salt is as long as the digest, as KMS has it.
 */
import {
  constants,
  createHash,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

export function pssSignDigest(key: KeyObject, hash: string, digest: Buffer): Buffer {
  const bits = (key.asymmetricKeyDetails?.modulusLength as number) - 1;
  const encoded = encode(digest, hash, bits);
  return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

export function pssVerifyDigest(key: KeyObject, hash: string, digest: Buffer, signature: Buffer): boolean {
  const modulus = key.asymmetricKeyDetails?.modulusLength as number;
  if (signature.length !== modulus / 8) return false;
  const encoded = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  return holds(encoded, digest, hash, modulus - 1);
}

function encode(digest: Buffer, hash: string, bits: number): Buffer {
  const length = Math.ceil(bits / 8);
  const salt = randomBytes(digest.length);
  const inner = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const block = Buffer.alloc(length - inner.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  const masked = xor(block, mask(inner, block.length, hash));
  masked[0] = (masked[0] as number) & (0xff >> (8 * length - bits));
  return Buffer.concat([masked, inner, Buffer.from([0xbc])]);
}

function holds(encoded: Buffer, digest: Buffer, hash: string, bits: number): boolean {
  const { length } = encoded;
  if (encoded[length - 1] !== 0xbc) return false;
  const masked = encoded.subarray(0, length - digest.length - 1);
  const inner = encoded.subarray(length - digest.length - 1, length - 1);
  const clear = 0xff >> (8 * length - bits);
  if ((masked[0] as number) & ~clear) return false;
  const block = xor(masked, mask(inner, masked.length, hash));
  block[0] = (block[0] as number) & clear;
  const start = block.length - digest.length - 1;
  if (block.subarray(0, start).some((byte) => byte !== 0) || block[start] !== 1) return false;
  const salt = block.subarray(start + 1);
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest().equals(inner);
}

/** MGF1. */
function mask(seed: Buffer, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0, counter = 0; at < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(number).digest();
    blocks.push(block);
    at += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] as number)));
}
