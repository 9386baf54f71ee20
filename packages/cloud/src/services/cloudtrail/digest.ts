/**
 * Log file validation: an hourly digest that lists the delivered files with their hashes, signed with this cloud's
 * key and chained to the digest before it; `aws cloudtrail validate-logs` checks it. See "CloudTrail digest file
 * structure" in the CloudTrail User Guide.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { CallContext, ReadContext } from "../../context.ts";
import type { CloudTrailEvent } from "../../trail/event.ts";
import { type Trail, trails } from "./state.ts";

const HOUR = 3600_000;

/** A file that was delivered, its text before compression, and the times of its events. */
export interface DeliveredFile {
  key: string;
  region: string;
  plain: string;
  events?: readonly CloudTrailEvent[];
  oldest?: string;
  newest?: string;
}

interface SigningKey {
  privateKey: string;
  fingerprint: string;
  from: number;
}

/** The key that signs digests of a region; made when first needed. */
export function signingKey(context: ReadContext): SigningKey & { publicKey: Buffer } {
  const table = context.globalTable<SigningKey>("cloudtrail.key");
  let key = table.get(context.region);
  if (!key) {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const publicKey = pair.publicKey.export({ format: "der", type: "pkcs1" });
    key = table.put(context.region, {
      privateKey: pair.privateKey.export({ format: "pem", type: "pkcs8" }) as string,
      fingerprint: createHash("md5").update(publicKey).digest("hex"),
      from: context.now,
    });
  }
  const publicKey = createPublicKey(key.privateKey).export({ format: "der", type: "pkcs1" });
  return { ...key, publicKey };
}

type Put = (
  trail: Trail,
  key: string,
  content: Buffer,
  context: CallContext,
  metadata?: Record<string, string>,
) => Promise<void>;

/** Writes the digest of the hours that ended since the last one. */
export async function deliverDigest(
  trail: Trail,
  context: CallContext,
  put: Put,
  folderOf: (trail: Trail, kind: string, region: string, now: string) => string,
): Promise<void> {
  const start = trail.digest?.last ?? trail.started ?? context.now;
  if (context.now - start < HOUR) return;
  const table = context.accountTable<{ files: DeliveredFile[] }>("cloudtrail.delivered");
  const files = table.get(trail.arn)?.files ?? [];
  const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const end = iso(context.now);
  const key = signingKey(context);
  const name = `${trail.account}_CloudTrail-Digest_${trail.region}_${trail.name}_${trail.region}_${end.replace(/[-:]/g, "")}.json.gz`;
  const object = `${folderOf(trail, "CloudTrail-Digest", trail.region, end)}/${name}`;
  const previous = trail.digest?.previous;
  const times = files.flatMap((one) => [one.oldest ?? "", one.newest ?? ""]).sort();
  const digest = JSON.stringify({
    awsAccountId: trail.account,
    digestStartTime: iso(start),
    digestEndTime: end,
    digestS3Bucket: trail.bucket,
    digestS3Object: object,
    digestPublicKeyFingerprint: key.fingerprint,
    digestSignatureAlgorithm: "SHA256withRSA",
    newestEventTime: times.at(-1) ?? null,
    oldestEventTime: times[0] ?? null,
    previousDigestS3Bucket: previous ? trail.bucket : null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? "SHA-256" : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map((one) => ({
      s3Bucket: trail.bucket,
      s3Object: one.key,
      hashValue: createHash("sha256").update(one.plain).digest("hex"),
      hashAlgorithm: "SHA-256",
      newestEventTime: one.newest,
      oldestEventTime: one.oldest,
    })),
  });
  const hash = createHash("sha256").update(digest).digest("hex");
  const signed = `${end}\n${trail.bucket}/${object}\n${hash}\n${previous?.signature ?? "null"}`;
  const signature = sign("sha256", Buffer.from(signed), createPrivateKey(key.privateKey)).toString("hex");
  await put(trail, object, gzipSync(digest), context, {
    signature,
    "signature-algorithm": "SHA256withRSA",
  }).then(
    () => {
      table.delete(trail.arn);
      trails(context).update(trail.arn, (draft) => {
        draft.digest = { last: context.now, previous: { key: object, hash, signature } };
      });
    },
    () => undefined,
  );
}
