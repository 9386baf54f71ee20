/**
 * Temporary credentials. Everything about a session is sealed in its session token (AES-256-GCM under a key of this
 * cloud's own), so that sessions need no storage, survive a restart and end by themselves. The secret key follows
 * from the access key id. Revoking works as on AWS: by policies on `aws:TokenIssueTime`, or by deleting the role.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ReadContext } from "../../context.ts";
import { accessKeyId } from "../iam/ids.ts";

/** What a session token says. Times are epoch milliseconds, whole seconds. */
export interface Session {
  accessKeyId: string;
  kind: "role" | "user" | "root" | "federated";
  account: string;
  issued: number;
  expires: number;
  /** ARN of the role, or of the user for `user` and `federated`. */
  issuerArn?: string;
  /** Unique id of the role or user. */
  issuerId?: string;
  /** Role session name, or the federated user's name. */
  name?: string;
  tags?: Record<string, string>;
  transitive?: string[];
  sourceIdentity?: string;
  /** Inline session policy. */
  policy?: string;
  /** Managed session policies. */
  policyArns?: string[];
  /** When the user showed a second factor. */
  mfa?: number;
  /** Condition keys that stay with the session: federation, SageMaker. */
  context?: Record<string, string | string[]>;
}

/** Credentials as STS answers them. */
export interface IssuedCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: Date;
}

/** What AWS's tokens begin with. */
const HEADER = Buffer.from("210a096f726967696e5f6563", "hex");

interface SealKey {
  seal: KeyObject;
  mac: KeyObject;
}
const keys = new WeakMap<object, SealKey>();

function sealKey(context: Pick<ReadContext, "globalTable">): SealKey {
  const table = context.globalTable<{ secret: string }>("sts.seal");
  const row = table.get("key") ?? table.put("key", { secret: randomBytes(64).toString("base64") });
  let key = keys.get(row);
  if (!key) {
    const secret = Buffer.from(row.secret, "base64");
    key = { seal: createSecretKey(secret.subarray(0, 32)), mac: createSecretKey(secret.subarray(32)) };
    keys.set(row, key);
  }
  return key;
}

/** Makes credentials of a session. */
export function issue(session: Omit<Session, "accessKeyId">, context: ReadContext): IssuedCredentials {
  const key = sealKey(context);
  const id = accessKeyId("ASIA", session.account);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.seal, iv);
  const plain = pack(JSON.stringify({ ...session, accessKeyId: id }));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    AccessKeyId: id,
    SecretAccessKey: secretOf(id, key),
    SessionToken: Buffer.concat([HEADER, iv, cipher.getAuthTag(), sealed]).toString("base64"),
    Expiration: new Date(session.expires),
  };
}

/** Texts below this many characters are not worth the cost of compressing. */
const SMALL = 700;

function pack(text: string): Buffer {
  return text.length < SMALL
    ? Buffer.from(`0${text}`)
    : Buffer.concat([Buffer.from("1"), deflateRawSync(text)]);
}

function unpack(packed: Buffer): string {
  const rest = packed.subarray(1);
  return (packed[0] === 0x31 ? inflateRawSync(rest) : rest).toString();
}

/** Opened tokens by their text; a token never changes, so only room limits it. */
const opened = new WeakMap<SealKey, Map<string, { session: Session; secret: string } | undefined>>();
const OPENED = 10_000;

/** The session in a token and its secret key, or `undefined` for a token that is not ours. */
export function open(
  token: string,
  context: Pick<ReadContext, "globalTable">,
): { session: Session; secret: string } | undefined {
  const key = sealKey(context);
  let known = opened.get(key);
  if (!known) opened.set(key, (known = new Map()));
  if (known.has(token)) return known.get(token);
  const found = unseal(token, key);
  if (known.size >= OPENED) known.delete(known.keys().next().value as string);
  known.set(token, found);
  return found;
}

function unseal(token: string, key: SealKey): { session: Session; secret: string } | undefined {
  const bytes = Buffer.from(token, "base64");
  const start = HEADER.length;
  if (bytes.length < start + 29 || bytes.compare(HEADER, 0, start, 0, start) !== 0) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.seal, bytes.subarray(start, start + 12));
    decipher.setAuthTag(bytes.subarray(start + 12, start + 28));
    const plain = Buffer.concat([decipher.update(bytes.subarray(start + 28)), decipher.final()]);
    const session = JSON.parse(unpack(plain)) as Session;
    return { session, secret: secretOf(session.accessKeyId, key) };
  } catch {
    return undefined;
  }
}

function secretOf(id: string, key: SealKey): string {
  return createHmac("sha512", key.mac).update(id).digest().subarray(0, 30).toString("base64");
}
