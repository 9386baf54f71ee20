/** What CloudWatch Logs keeps: groups, streams, events and what hangs on a group. Times are epoch milliseconds. */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

export interface LogGroup {
  name: string;
  created: number;
  retentionDays?: number;
  kmsKeyId?: string;
  class: "STANDARD" | "INFREQUENT_ACCESS" | "DELIVERY";
  tags: Record<string, string>;
  storedBytes: number;
  deletionProtection?: boolean;
}

export interface LogStream {
  group: string;
  name: string;
  created: number;
  firstEvent?: number;
  lastEvent?: number;
  lastIngestion?: number;
  /** Grows with each event; orders those of one millisecond. */
  sequence: number;
}

export interface LogEvent {
  timestamp: number;
  ingested: number;
  message: string;
}

export interface MetricFilter {
  group: string;
  name: string;
  pattern: string;
  transformations: {
    metricName: string;
    metricNamespace: string;
    metricValue: string;
    defaultValue?: number;
    unit?: string;
    dimensions?: Record<string, string>;
  }[];
  created: number;
}

export interface ResourcePolicy {
  name: string;
  document: string;
  updated: number;
}

export interface Query {
  id: string;
  groups: string[];
  text: string;
  /** Seconds, both included. */
  from: number;
  to: number;
  created: number;
  results: { field?: string; value?: string }[][];
  statistics: Record<string, number>;
}

export interface QueryDefinition {
  id: string;
  name: string;
  text: string;
  groups: string[];
  modified: number;
}

export interface ExportTask {
  id: string;
  name?: string;
  group: string;
  streamPrefix?: string;
  from: number;
  to: number;
  bucket: string;
  prefix: string;
  status: "PENDING" | "COMPLETED" | "CANCELLED" | "FAILED";
  message?: string;
  created: number;
  completed?: number;
}

/** Between the parts of a key: in no name. */
export const SEPARATOR = "\u001f";

export const groups = (context: ReadContext) => context.table<LogGroup>("logs.group");
export const streams = (context: ReadContext) => context.table<LogStream>("logs.stream");
export const metricFilters = (context: ReadContext) => context.table<MetricFilter>("logs.metric-filter");
export const resourcePolicies = (context: ReadContext) =>
  context.table<ResourcePolicy>("logs.resource-policy");
export const queries = (context: ReadContext) => context.table<Query>("logs.query");
export const queryDefinitions = (context: ReadContext) =>
  context.table<QueryDefinition>("logs.query-definition");
export const exportTasks = (context: ReadContext) => context.table<ExportTask>("logs.export-task");
/** Each stream's events are a table of their own, so that listing one never reads another. */
export const events = (context: ReadContext, group: string, stream: string) =>
  context.table<LogEvent>(`logs.event${SEPARATOR}${group}${SEPARATOR}${stream}`);

/** Place of an event in its stream: its time, then the order it came in. */
export const eventKey = (timestamp: number, sequence: number): string =>
  `${String(timestamp).padStart(14, "0")}${String(sequence).padStart(18, "0")}`;

export const streamKey = (group: string, stream: string) => `${group}${SEPARATOR}${stream}`;

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);
export const missing = (what: string) =>
  new AwsError("ResourceNotFoundException", `The specified ${what} does not exist.`);

export function groupNamed(context: ReadContext, name: string): Readonly<LogGroup> {
  const group = groups(context).get(name);
  if (!group) throw missing("log group");
  return group;
}

export function streamNamed(context: ReadContext, group: string, name: string): Readonly<LogStream> {
  groupNamed(context, group);
  const stream = streams(context).get(streamKey(group, name));
  if (!stream) throw missing("log stream");
  return stream;
}

/** A group's name out of a name or an ARN. @throws AwsError when neither is given */
export function groupName(name: string | undefined, identifier: string | undefined): string {
  if (name && identifier) {
    const message = "LogGroup name and LogGroup ARN are mutually exclusive parameters.";
    throw new AwsError("ValidationException", message);
  }
  const text = identifier ?? name;
  if (!text) throw invalid("LogGroupName or LogGroupIdentifier must be specified.");
  if (!text.startsWith("arn:")) return text;
  const found = /^arn:[^:]*:logs:[^:]*:\d*:log-group:([^:]+)(:\*)?$/.exec(text)?.[1];
  if (!found) throw invalid(`Invalid log group ARN: ${text}`);
  return found;
}

export const groupArn = (context: ReadContext, name: string) => context.arn("logs", `log-group:${name}`);

/** Events before this time are gone by the group's retention. */
export const retainedSince = (context: ReadContext, group: Readonly<LogGroup>): number =>
  group.retentionDays === undefined ? 0 : context.now - group.retentionDays * 86_400_000;

/** A page of a list; the token is the place of the next. */
export function pageOf<T>(
  all: readonly T[],
  limit: number,
  token: string | undefined,
): { items: T[]; next?: string } {
  let start = 0;
  if (token) {
    start = Number(Buffer.from(token, "base64url").toString().replace(/^at:/, ""));
    if (!Number.isSafeInteger(start) || start < 0) throw invalid("The specified nextToken is invalid.");
  }
  const end = start + limit;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(`at:${end}`).toString("base64url") } : { items };
}
