/** CloudTrail events, from an account's event history or from delivered files; one after the other, bounded memory. */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import type { Clients } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";

/** An event in CloudTrail's own field names. */
export interface TrailEvent {
  eventTime: string;
  eventName: string;
  eventSource: string;
  awsRegion?: string;
  eventID?: string;
  requestID?: string;
  readOnly?: boolean;
  errorCode?: string;
  errorMessage?: string;
  sourceIPAddress?: string;
  vpcEndpointId?: string;
  recipientAccountId?: string;
  userIdentity: {
    type?: string;
    arn?: string;
    accountId?: string;
    principalId?: string;
    userName?: string;
    invokedBy?: string;
    sessionContext?: {
      sessionIssuer?: { arn?: string; userName?: string; principalId?: string };
      sourceIdentity?: string;
      attributes?: Record<string, string>;
    };
  };
  requestParameters?: Record<string, unknown> | null;
  resources?: { ARN?: string; accountId?: string; type?: string }[];
}

export interface TimeRange {
  since?: Date;
  until?: Date;
}

/** The event history, newest first. AWS keeps 90 days of management events there. */
export async function* fromAccount(
  clients: Clients,
  { since, until }: TimeRange,
): AsyncGenerator<TrailEvent> {
  const input = { ...(since && { StartTime: since }), ...(until && { EndTime: until }), MaxResults: 50 };
  for await (const page of clients.pages("cloudtrail", "LookupEvents", input, {
    in: "NextToken",
    out: "NextToken",
  })) {
    for (const { CloudTrailEvent } of page.Events ?? [])
      if (CloudTrailEvent) yield JSON.parse(CloudTrailEvent) as TrailEvent;
  }
}

/** Delivered files: `.json`, `.json.gz` (with `Records`), or JSON lines; folders are walked. */
export async function* fromFiles(
  paths: readonly string[],
  { since, until }: TimeRange = {},
): AsyncGenerator<TrailEvent> {
  const inRange = ({ eventTime }: TrailEvent) =>
    (!since || Date.parse(eventTime) >= since.getTime()) &&
    (!until || Date.parse(eventTime) <= until.getTime());
  for (const path of paths) {
    for (const file of walk(path)) {
      for await (const event of eventsOf(file)) if (inRange(event)) yield event;
    }
  }
}

function* walk(path: string): Generator<string> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw new ToolkitError("TRAIL0001", `no trail file at \`${path}\``, {
      help: "give files or folders that a trail delivered",
      exit: "invalid",
    });
  }
  if (!isFolder) yield path;
  else for (const name of readdirSync(path).sort()) yield* walk(join(path, name));
}

async function* eventsOf(file: string): AsyncGenerator<TrailEvent> {
  if (/\.(jsonl|ndjson)$/.test(file)) {
    let line = 0;
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line++;
      if (text.trim()) yield parse<TrailEvent>(text, `${file}:${line}`);
    }
    return;
  }
  if (!/\.json(\.gz)?$/.test(file)) return;
  const bytes = await readFile(file);
  const text = (
    file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: 512 * 2 ** 20 }) : bytes
  ).toString("utf8");
  const { Records } = parse<{ Records?: TrailEvent[] }>(text, file);
  yield* Records ?? [];
}

function parse<T>(text: string, place: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new ToolkitError("TRAIL0002", `${place} is not JSON: ${(error as Error).message}`, {
      help: "give files as CloudTrail delivers them",
      exit: "invalid",
    });
  }
}
