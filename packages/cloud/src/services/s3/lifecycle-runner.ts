/** Carries out lifecycle rules: once a day at midnight UTC by the cloud's clock, as S3 does. */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import type { CloudRuntime } from "../../service.ts";
import { applies, dueAfter, expiresAt } from "./lifecycle.ts";
import { type Bucket, buckets, type ObjectVersion, objects, uploads } from "./state.ts";
import { dropUpload } from "./uploads.ts";
import { addVersion, changeVersion, older, removeVersion } from "./versions.ts";

const DAY = 86_400_000;
const scheduled = new WeakMap<object, Set<string>>();

/** Makes sure that a bucket's rules run at the next midnight, and so on while it has any. */
export function scheduleLifecycle(name: string, context: ReadContext): void {
  let names = scheduled.get(context.clock);
  if (!names) scheduled.set(context.clock, (names = new Set()));
  if (names.has(name)) return;
  names.add(name);
  const now = context.clock.now();
  context.clock.at(Math.floor(now / DAY + 1) * DAY, () => {
    scheduled.get(context.clock)?.delete(name);
    const bucket = buckets(context).get(name);
    if (!bucket?.lifecycle) return;
    runLifecycle(bucket, context);
    scheduleLifecycle(name, context);
  });
}

/** Takes up every bucket's rules when the cloud starts. */
export function resumeLifecycle(cloud: CloudRuntime): void {
  for (const bucket of buckets(cloud).list()) {
    if (bucket.lifecycle) scheduleLifecycle(bucket.name, cloud.within(bucket.account, bucket.region));
  }
}

/** Does what is due now. */
export function runLifecycle(bucket: Readonly<Bucket>, context: ReadContext): void {
  const now = context.clock.now();
  const rules = (bucket.lifecycle?.rules ?? []) as S3.LifecycleRule[];
  context.store.unitOfWork(() => {
    for (const head of objects(context, bucket.name).list()) {
      const applying = rules.filter((rule) => applies(rule, head));
      expireOlder(bucket, head, applying, context, now);
      expireHead(bucket, head, applying, context, now);
    }
    for (const upload of uploads(context, bucket.name).list()) {
      const due = rules.some((rule) => {
        const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
        const applying = applies(rule, { key: upload.key, size: 0 });
        return applying && days !== undefined && dueAfter(upload.initiated, days) <= now;
      });
      if (due) dropUpload(context, bucket.name, upload.id);
    }
  });
}

function expireHead(
  bucket: Readonly<Bucket>,
  head: Readonly<ObjectVersion>,
  rules: readonly S3.LifecycleRule[],
  context: ReadContext,
  now: number,
): void {
  if (head.deleteMarker) {
    const alone = older(context, bucket.name, head.key).length === 0;
    if (
      alone &&
      rules.some((rule) => rule.Expiration?.ExpiredObjectDeleteMarker || rule.Expiration?.Days !== undefined)
    ) {
      removeVersion(context, bucket.name, head);
    }
    return;
  }
  const due = rules.some((rule) => (expiresAt(rule, head) ?? Number.POSITIVE_INFINITY) <= now);
  if (!due) {
    transition(bucket, head, rules, context, now);
    return;
  }
  if (bucket.versioning === undefined) {
    removeVersion(context, bucket.name, head);
    return;
  }
  addVersion(context, bucket, {
    key: head.key,
    deleteMarker: true,
    modified: now,
    owner: bucket.account,
    size: 0,
    etag: "",
    segments: [],
    sealing: { kind: "AES256" },
    headers: {},
    metadata: {},
    storageClass: "STANDARD",
  });
}

function transition(
  bucket: Readonly<Bucket>,
  head: Readonly<ObjectVersion>,
  rules: readonly S3.LifecycleRule[],
  context: ReadContext,
  now: number,
): void {
  const due = rules
    .flatMap((rule) => rule.Transitions ?? [])
    .map(({ Days, Date: date, StorageClass }) => ({
      at: date === undefined ? dueAfter(head.modified, Days ?? 0) : new Date(date).getTime(),
      to: StorageClass,
    }))
    .filter(({ at, to }) => at <= now && to !== undefined)
    .sort((a, b) => b.at - a.at)[0];
  if (!due || due.to === head.storageClass) return;
  changeVersion(context, bucket.name, head, (draft) => {
    draft.storageClass = due.to as S3.StorageClass;
  });
}

/** A version is noncurrent from the moment the next one was made. */
function expireOlder(
  bucket: Readonly<Bucket>,
  head: Readonly<ObjectVersion>,
  rules: readonly S3.LifecycleRule[],
  context: ReadContext,
  now: number,
): void {
  if (!head.older) return;
  const versions = older(context, bucket.name, head.key);
  for (const [at, one] of versions.entries()) {
    const since = (versions[at - 1] ?? head).modified;
    const due = rules.some((rule) => {
      const { NoncurrentDays: days, NewerNoncurrentVersions: kept = 0 } =
        rule.NoncurrentVersionExpiration ?? {};
      return days !== undefined && at >= kept && dueAfter(since, days) <= now;
    });
    const held = one.legalHold === "ON" || (one.retention?.until ?? 0) > now;
    if (due && !held) removeVersion(context, bucket.name, one);
  }
}
