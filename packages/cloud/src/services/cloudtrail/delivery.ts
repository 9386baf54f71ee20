/**
 * From the trail to S3 and Logs. Events that a trail selects wait in a table of their own (so that nothing is lost
 * when the process dies) and are delivered about every five minutes of the cloud's clock, as AWS does.
 */
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { CallAs, CallContext } from "../../context.ts";
import type { CloudRuntime } from "../../service.ts";
import type { CloudTrailEvent } from "../../trail/event.ts";
import { trailOf } from "../../trail/store.ts";
import { bodyOf } from "../../wire/body.ts";
import { isAwsError } from "../../wire/errors.ts";
import { logFolder } from "./checks.ts";
import { type DeliveredFile, deliverDigest } from "./digest.ts";
import { records } from "./selectors.ts";
import { type Trail, trails } from "./state.ts";

const EVERY = 5 * 60 * 1000;
/** Events of one file. */
const FILE = 5_000;
/** Name that CloudTrail gives its session when it writes to Logs. */
const LOGS_SESSION = "CLOUDWATCHLOGS_DELIVERY_SESSION";
const compress = promisify(gzip);

interface Statement {
  run(...values: unknown[]): { changes: number };
  all(...values: unknown[]): unknown[];
}

/** Events of one account and region, which go into a file and a stream of their own. */
interface Place {
  account: string;
  region: string;
  events: CloudTrailEvent[];
}

/** Delivers for all trails of one cloud. */
export class Delivery {
  readonly #cloud: CloudRuntime;
  readonly #insert: Statement;
  #active: Trail[] | undefined;
  #scheduled = false;

  constructor(cloud: CloudRuntime) {
    this.#cloud = cloud;
    const { database } = cloud.store;
    cloud.store.define(
      "CREATE TABLE IF NOT EXISTS trail_pending (sequence INTEGER PRIMARY KEY, trail TEXT NOT NULL, body TEXT NOT NULL)",
    );
    this.#insert = database.prepare(
      "INSERT INTO trail_pending (trail, body) VALUES (?, ?)",
    ) as unknown as Statement;
    trailOf(cloud.store, cloud.clock).listen((events) => this.#take(events));
    if (this.#trails().length > 0) this.#schedule();
  }

  /** Called when a trail was made, changed, started or stopped. */
  refresh(): void {
    this.#active = undefined;
    if (this.#trails().length > 0) this.#schedule();
  }

  #trails(): Trail[] {
    if (!this.#active) {
      this.#active = this.#cloud.store
        .scopes("cloudtrail.trail")
        .flatMap((account) => this.#cloud.store.table<Trail>("cloudtrail.trail", account).list())
        .filter((one) => one.logging);
    }
    return this.#active;
  }

  #take(events: readonly CloudTrailEvent[]): void {
    const active = this.#trails();
    if (active.length === 0) return;
    const { within } = this.#cloud;
    const organizationOf = (account: string) =>
      within.call(this.#cloud, account, "us-east-1").organizationOf(account)?.id;
    const rows: [string, string][] = [];
    for (const event of events) {
      if (isDelivery(event)) continue;
      for (const one of active)
        if (records(one, event, organizationOf)) rows.push([one.arn, JSON.stringify(event)]);
    }
    if (rows.length === 0) return;
    this.#cloud.store.unitOfWork(() => {
      this.#cloud.store.beforeStatement();
      for (const row of rows) this.#insert.run(...row);
    });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#cloud.clock.at(this.#cloud.clock.now() + EVERY, async () => {
      this.#scheduled = false;
      this.#active = undefined;
      await this.deliver();
      if (this.#trails().length > 0) this.#schedule();
    });
  }

  /** Delivers what waits, for every trail. */
  async deliver(): Promise<void> {
    trailOf(this.#cloud.store, this.#cloud.clock).flush();
    const { database } = this.#cloud.store;
    const select = database.prepare(
      "SELECT sequence, body FROM trail_pending WHERE trail = ? AND sequence <= ? ORDER BY sequence LIMIT ?",
    ) as unknown as Statement;
    const remove = (arn: string, upTo: number): void => {
      this.#cloud.store.beforeStatement();
      forget.run(arn, upTo);
    };
    const forget = database.prepare(
      "DELETE FROM trail_pending WHERE trail = ? AND sequence <= ?",
    ) as unknown as Statement;
    // what comes while we deliver waits for the next time
    const newest = database.prepare(
      "SELECT max(sequence) AS newest FROM trail_pending",
    ) as unknown as Statement;
    const limit = (newest.all()[0] as { newest: number | null }).newest ?? 0;
    const waiting = database.prepare("SELECT DISTINCT trail FROM trail_pending") as unknown as Statement;
    const arns = new Set([
      ...(waiting.all() as { trail: string }[]).map((row) => row.trail),
      ...this.#trails().map((one) => one.arn),
    ]);
    for (const arn of arns) {
      const trail = this.#cloud.store.table<Trail>("cloudtrail.trail", arn.split(":")[4] ?? "").get(arn);
      if (!trail) {
        remove(arn, Number.MAX_SAFE_INTEGER);
        continue;
      }
      for (;;) {
        const rows = select.all(arn, limit, FILE) as { sequence: number; body: string }[];
        const last = rows.at(-1);
        if (!last) break;
        await this.#deliver(
          trail,
          rows.map((row) => JSON.parse(row.body) as CloudTrailEvent),
        );
        // as AWS: what could not be delivered is reported in the status and kept no longer
        remove(arn, last.sequence);
      }
      if (trail.validation) await this.#digest(trail.arn);
    }
  }

  async #deliver(trail: Trail, events: readonly CloudTrailEvent[]): Promise<void> {
    const context = this.#cloud.within(trail.account, trail.region, "cloudtrail");
    // a file for each account and region
    const places = new Map<string, Place>();
    for (const event of events) {
      const { recipientAccountId: account, awsRegion: region } = event;
      const place = places.get(`${account}/${region}`);
      if (place) place.events.push(event);
      else places.set(`${account}/${region}`, { account, region, events: [event] });
    }
    let error: string | undefined;
    const files: DeliveredFile[] = [];
    for (const { account, region, events: list } of places.values()) {
      const now = new Date(context.now).toISOString();
      const stamp = now.slice(0, 16).replace(/[-:]/g, "");
      const name = `${account}_CloudTrail_${region}_${stamp}Z_${randomName()}.json.gz`;
      const key = `${folderOf(trail, "CloudTrail", region, now, account)}/${name}`;
      const plain = JSON.stringify({ Records: list });
      try {
        await putObject(trail, key, await compress(plain), context);
        files.push({ key, region, plain, events: list });
      } catch (failure) {
        error = isAwsError(failure) ? failure.code : "InternalError";
      }
    }
    const logs = await deliverToLogs(trail, [...places.values()], context);
    trails(context).update(trail.arn, (draft) => {
      draft.lastAttempt = context.now;
      delete draft.lastError;
      if (error) draft.lastError = error;
      else draft.lastDelivery = context.now;
      if (!draft.logGroupArn) return;
      delete draft.lastLogsError;
      if (logs) draft.lastLogsError = logs;
      else draft.lastLogsDelivery = context.now;
    });
    if (trail.validation && files.length > 0) noteFiles(trail.arn, files, context);
  }

  async #digest(arn: string): Promise<void> {
    const account = arn.split(":")[4] as string;
    const trail = this.#cloud.store.table<Trail>("cloudtrail.trail", account).get(arn);
    if (!trail) return;
    await deliverDigest(trail, this.#cloud.within(account, trail.region, "cloudtrail"), putObject, folderOf);
  }
}

/** A delivery's own call: it would otherwise deliver itself for ever. */
function isDelivery({ userIdentity }: CloudTrailEvent): boolean {
  const { invokedBy, arn } = userIdentity as { invokedBy?: string; arn?: string };
  return invokedBy === "cloudtrail.amazonaws.com" || (arn?.endsWith(`/${LOGS_SESSION}`) ?? false);
}

/** Remembers delivered files until the hourly digest lists them. */
function noteFiles(arn: string, files: readonly DeliveredFile[], context: CallContext): void {
  const table = context.accountTable<{ files: DeliveredFile[] }>("cloudtrail.delivered");
  table.put(arn, { files: [...(table.get(arn)?.files ?? []), ...files.map((one) => summary(one))] });
}

function summary({ key, region, plain, events }: DeliveredFile): DeliveredFile {
  const times = (events ?? []).map((one) => one.eventTime).sort();
  return { key, region, plain, oldest: times[0] ?? "", newest: times.at(-1) ?? "" };
}

/** `prefix/AWSLogs/[organization/]account/CloudTrail/region/yyyy/mm/dd`. */
export function folderOf(
  trail: Trail,
  kind: string,
  region: string,
  now: string,
  account = trail.account,
): string {
  const day = now.slice(0, 10).replaceAll("-", "/");
  return `${logFolder({ ...trail, account })}/${kind}/${region}/${day}`;
}

/** CloudTrail itself, on behalf of the trail: only the bucket's policy can allow it. */
export function asTrail(trail: Trail): CallAs {
  return { kind: "service", sourceArn: trail.arn, sourceAccount: trail.account };
}

async function putObject(
  trail: Trail,
  key: string,
  content: Buffer,
  context: CallContext,
  metadata?: Record<string, string>,
): Promise<void> {
  await context.call(
    "s3",
    "PutObject",
    {
      Bucket: trail.bucket,
      Key: key,
      Body: bodyOf(content, content.length),
      ContentLength: content.length,
      ContentType: "application/json",
      ContentEncoding: "gzip",
      ACL: "bucket-owner-full-control",
      ...(metadata && { Metadata: metadata }),
      ...(trail.keyId !== undefined && {
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: trail.keyId,
        // what the key policy of CloudTrail's guide asks for
        SSEKMSEncryptionContext: Buffer.from(JSON.stringify({ "aws:cloudtrail:arn": trail.arn })).toString(
          "base64",
        ),
      }),
    },
    asTrail(trail),
  );
}

/** Code of what went wrong, or nothing. */
async function deliverToLogs(
  trail: Trail,
  places: readonly Place[],
  context: CallContext,
): Promise<string | undefined> {
  if (!trail.logGroupArn || !trail.roleArn) return undefined;
  const logGroupName = trail.logGroupArn.split(":")[6];
  const as: CallAs = { kind: "role", arn: trail.roleArn, sessionName: LOGS_SESSION };
  try {
    for (const { account, region, events } of places) {
      const whose = trail.organization ? `${trail.organization}_${account}` : account;
      const logStreamName = `${whose}_CloudTrail_${region}`;
      try {
        await context.call("cloudwatch-logs", "CreateLogStream", { logGroupName, logStreamName }, as);
      } catch (error) {
        if (!isAwsError(error) || error.code !== "ResourceAlreadyExistsException") throw error;
      }
      const logEvents = events
        .map((one) => ({ timestamp: Date.parse(one.eventTime), message: JSON.stringify(one) }))
        .sort((a, b) => a.timestamp - b.timestamp);
      for (let start = 0; start < logEvents.length; start += 500) {
        const batch = logEvents.slice(start, start + 500);
        await context.call(
          "cloudwatch-logs",
          "PutLogEvents",
          { logGroupName, logStreamName, logEvents: batch },
          as,
        );
      }
    }
    return undefined;
  } catch (error) {
    return isAwsError(error) ? error.code : "InternalError";
  }
}

function randomName(): string {
  return randomBytes(12).toString("base64").replace(/[+/=]/g, "x").slice(0, 16);
}
