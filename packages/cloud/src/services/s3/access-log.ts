/**
 * Server access logging: a line for each call on a logged bucket, delivered as objects to its target bucket by
 * the logging service, whom the target's policy must allow.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import type { CallContext } from "../../context.ts";
import type { CloudRuntime, FinishedCall } from "../../service.ts";
import { hostIdOf } from "../../wire/answer.ts";
import { type Addressed, accessPointArn, address } from "./bucket-name.ts";
import { logOperation } from "./log-operations.ts";
import { type Bucket, buckets, canonicalId, type ObjectVersion } from "./state.ts";
import { newest } from "./versions.ts";

/** AWS takes hours; nobody waits that long here. */
const DELIVERY_DELAY = 2000;
const LINES_IN_AN_OBJECT = 5000;

interface Pending {
  lines: string[];
}

const clouds = new WeakMap<Clock, CloudRuntime>();
const pending = new WeakMap<Clock, Map<string, Pending>>();

export function startAccessLogs(cloud: CloudRuntime): void {
  clouds.set(cloud.clock, cloud);
}

/** Notes a finished call where its bucket is logged. */
export function logAccess(call: FinishedCall): void {
  const { context, input } = call;
  const name = (input as { Bucket?: string }).Bucket;
  if (typeof name !== "string" || context.caller.principal.kind === "service") return;
  // AWS logs on a best-effort basis, hours later: what a stack does with its buckets never keeps it from being deleted
  if (byStack(context)) return;
  const to = addressed(name, context);
  if (!to?.bucket.logging?.TargetBucket) return;
  const { clock } = context;
  let waiting = pending.get(clock);
  if (!waiting) pending.set(clock, (waiting = new Map()));
  let batch = waiting.get(to.bucket.name);
  if (!batch) {
    waiting.set(to.bucket.name, (batch = { lines: [] }));
    clock.at(clock.now() + DELIVERY_DELAY, () => deliver(to.bucket.name, clock));
  }
  batch.lines.push(...linesOf(call, to));
  if (batch.lines.length >= LINES_IN_AN_OBJECT) void deliver(to.bucket.name, clock);
}

function byStack({ caller }: CallContext): boolean {
  return (
    (caller.calledVia ?? []).includes("cloudformation.amazonaws.com") ||
    caller.arn.endsWith("/AWSCloudFormation")
  );
}

function addressed(name: string, context: CallContext): Addressed | undefined {
  try {
    return address(name, context);
  } catch {
    return undefined;
  }
}

async function deliver(name: string, clock: Clock): Promise<void> {
  const cloud = clouds.get(clock);
  const batch = pending.get(clock)?.get(name);
  pending.get(clock)?.delete(name);
  const bucket = cloud && buckets(cloud).get(name);
  const target = bucket?.logging;
  if (!cloud || !batch?.lines.length || !bucket || !target?.TargetBucket) return;
  const context = cloud.within(bucket.account, bucket.region, "logging.s3");
  const input = {
    Bucket: target.TargetBucket,
    Key: keyOf(bucket, new Date(clock.now())),
    Body: `${batch.lines.join("\n")}\n`,
    ContentType: "text/plain",
  };
  const as = { kind: "service", sourceArn: `arn:aws:s3:::${name}`, sourceAccount: bucket.account } as const;
  // the target does not let the logging service in: the log is lost, as it is on AWS
  await context.call("s3", "PutObject", input, as).catch(() => {});
}

/** `prefix` + time + random, or the partitioned form. */
function keyOf(bucket: Readonly<Bucket>, now: Date): string {
  const iso = now.toISOString();
  const name = `${iso.slice(0, 19).replaceAll(/[T:]/g, "-")}-${randomBytes(8).toString("hex").toUpperCase()}`;
  const prefix = bucket.logging?.TargetPrefix ?? "";
  if (!bucket.logging?.TargetObjectKeyFormat?.PartitionedPrefix) return `${prefix}${name}`;
  const [year, month, day] = iso.slice(0, 10).split("-");
  return `${prefix}${bucket.account}/${bucket.region}/${bucket.name}/${year}/${month}/${day}/${name}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function timeOf(now: number): string {
  const iso = new Date(now).toISOString();
  return `[${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000]`;
}

const quoted = (text: string | undefined) => (text ? `"${text.replaceAll('"', "%22")}"` : "-");
const encoded = (key: string | undefined) => (key ? encodeURIComponent(key).replaceAll("%2F", "/") : "-");

function requesterOf(context: CallContext): string {
  const { principal, arn } = context.caller;
  if (principal.kind === "anonymous") return "-";
  return principal.kind === "root" ? canonicalId(principal.account) : arn;
}

const WEBSITE = /\.s3-website[.-]/;

interface LogInput {
  Key?: string;
  VersionId?: string;
  Delete?: { Objects?: { Key?: string; VersionId?: string }[] };
}

function linesOf(call: FinishedCall, to: Addressed): string[] {
  const input = call.input as LogInput;
  const { operation } = call.context;
  const name = logOperation(operation);
  // pages of a website are told from objects by the API
  const visited = WEBSITE.test(call.context.http?.host ?? "");
  const own = lineOf(call, to, visited ? name.replace(/^REST/, "WEBSITE") : name, input.Key, input.VersionId);
  if (operation !== "DeleteObjects" || call.error) return [own];
  const each = (input.Delete?.Objects ?? []).map((one) =>
    lineOf(call, to, "BATCH.DELETE.OBJECT", one.Key, one.VersionId),
  );
  return [own, ...each];
}

function lineOf(
  { context, error, output, notes }: FinishedCall,
  { bucket, accessPoint }: Addressed,
  operation: string,
  key: string | undefined,
  versionId: string | undefined,
): string {
  const { http, now, path, requestId } = context;
  const found = key === undefined ? undefined : newest(context, bucket.name, key);
  const { bytesTransferredOut: sent } = notes.additionalEventData ?? {};
  const status = error
    ? (error.status ?? 400)
    : (context.responseStatus ?? (operation.includes(".DELETE.") ? 204 : 200));
  const isV2 = http?.query.includes("AWSAccessKeyId=");
  const signed = context.caller.principal.kind !== "anonymous";
  return [
    canonicalId(bucket.account),
    bucket.name,
    timeOf(now),
    path.sourceIp || "-",
    requesterOf(context),
    requestId.replaceAll("-", "").slice(0, 16).toUpperCase(),
    operation,
    encoded(key),
    http ? quoted(`${http.method} ${http.path}${http.query ? `?${http.query}` : ""} HTTP/1.1`) : "-",
    String(status),
    error?.code ?? "-",
    typeof sent === "number" && sent > 0 ? String(sent) : "-",
    sizeOf(found, output),
    String(Math.max(0, context.clock.now() - now)),
    "-",
    quoted(http?.headers.referer),
    quoted(http?.headers["user-agent"]),
    versionId ?? "-",
    hostIdOf(requestId),
    signed ? (isV2 ? "SigV2" : "SigV4") : "-",
    path.secure ? "TLS_AES_128_GCM_SHA256" : "-",
    signed ? (http?.headers.authorization ? "AuthHeader" : "QueryString") : "-",
    http?.host || "-",
    path.secure ? "TLSv1.3" : "-",
    accessPoint ? accessPointArn(accessPoint) : "-",
    "-",
  ].join(" ");
}

function sizeOf(found: Readonly<ObjectVersion> | undefined, output: unknown): string {
  const given = (output as { ContentLength?: number } | undefined)?.ContentLength;
  return found && !found.deleteMarker ? String(found.size) : given === undefined ? "-" : String(given);
}
