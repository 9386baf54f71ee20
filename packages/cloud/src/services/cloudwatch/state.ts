/** What CloudWatch keeps: metrics and their data, alarms, dashboards. Times are epoch milliseconds. */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";

export type Dimensions = Record<string, string>;

export interface MetricRecord {
  namespace: string;
  name: string;
  dimensions: Dimensions;
  lastSeen: number;
}

export interface Point {
  time: number;
  sum: number;
  count: number;
  min: number;
  max: number;
  unit: string;
  /** Values with their counts, for percentiles; absent for statistic sets. */
  values?: [value: number, count: number][];
}

export interface AlarmRecord {
  name: string;
  /** As PutMetricAlarm was given it. */
  settings: Record<string, unknown>;
  state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  reason: string;
  /** JSON of what the state was worked out from. */
  reasonData?: string;
  changed: number;
  updated: number;
  /** Set by SetAlarmState; lasts until the next evaluation finds otherwise. */
  forcedUntil?: number;
  tags: Record<string, string>;
  actionsEnabled: boolean;
}

export interface DashboardRecord {
  name: string;
  body: string;
  modified: number;
  tags?: Record<string, string>;
}

const SEPARATOR = "\u001f";

export function tagMap(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

export const metrics = (context: ReadContext) => context.table<MetricRecord>("cloudwatch.metric");
export const alarms = (context: ReadContext) => context.table<AlarmRecord>("cloudwatch.alarm");
export const dashboards = (context: ReadContext) => context.table<DashboardRecord>("cloudwatch.dashboard");

export function metricKey(namespace: string, name: string, dimensions: Dimensions): string {
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return [namespace, name, ...pairs.flat()].join(SEPARATOR);
}

/** Each metric's data are a table of their own. */
export const points = (context: ReadContext, key: string) =>
  context.table<Point>(`cloudwatch.point${SEPARATOR}${key}`);

export const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
export const missing = (message: string) => new AwsError("MissingParameter", message);
export const combination = (message: string) => new AwsError("InvalidParameterCombination", message);

export const dimensionsOf = (
  list: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined,
): Dimensions => Object.fromEntries((list ?? []).map(({ Name = "", Value = "" }) => [Name, Value]));

export const dimensionList = (dimensions: Readonly<Dimensions>) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** A page of a list. */
export function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next?: string } {
  const start = token ? Number(Buffer.from(token, "base64url").toString()) : 0;
  if (!Number.isSafeInteger(start) || start < 0) throw new AwsError("InvalidNextToken", "Invalid nextToken");
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, next: Buffer.from(String(end)).toString("base64url") } : { items };
}
