/** Statistics of metric data by period. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
import type { ReadContext } from "../../context.ts";
import { invalid, type Point, points } from "./state.ts";

export interface Bucket {
  start: number;
  points: Readonly<Point>[];
}

/** Data of a metric in [from, to), by periods that begin at multiples of the period. */
export function buckets(
  context: ReadContext,
  key: string,
  from: number,
  to: number,
  period: number,
  unit?: string,
): Bucket[] {
  const length = period * 1000;
  const first = Math.floor(from / length) * length;
  const found = new Map<number, Bucket>();
  for (const point of points(context, key).list({ after: String(first - 1).padStart(14, "0") })) {
    if (point.time >= to) break;
    if (point.time < first || (unit && point.unit !== unit)) continue;
    const start = Math.floor(point.time / length) * length;
    let bucket = found.get(start);
    if (!bucket) found.set(start, (bucket = { start, points: [] }));
    bucket.points.push(point);
  }
  return [...found.values()];
}

/** The same data, each unit's by itself. */
export const byUnit = (list: readonly Bucket[]): Bucket[] =>
  list.flatMap(({ start, points: all }) =>
    [...new Set(all.map((one) => one.unit))].map((unit) => ({
      start,
      points: all.filter((one) => one.unit === unit),
    })),
  );

/** @throws AwsError for a statistic that is none, or that is not supported */
export function statistic(name: string, { points: list }: Bucket): number {
  const sum = list.reduce((total, one) => total + one.sum, 0);
  const count = list.reduce((total, one) => total + one.count, 0);
  switch (name) {
    case "Sum":
      return sum;
    case "SampleCount":
      return count;
    case "Average":
      return sum / count;
    case "Minimum":
      return Math.min(...list.map((one) => one.min));
    case "Maximum":
      return Math.max(...list.map((one) => one.max));
  }
  const rank = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1];
  if (rank === undefined)
    throw invalid(`The statistic ${name} is not supported by the Sagekeep local cloud.`);
  const values = list.flatMap((one) => one.values ?? [[one.sum / one.count, one.count] as [number, number]]);
  values.sort(([a], [b]) => a - b);
  const total = values.reduce((n, [, times]) => n + times, 0);
  const place = (Number(rank) / 100) * (total - 1);
  const at = (index: number): number => {
    let seen = 0;
    for (const [value, times] of values) {
      seen += times;
      if (index < seen) return value;
    }
    return values.at(-1)?.[0] ?? 0;
  };
  const [low, high] = [at(Math.floor(place)), at(Math.ceil(place))];
  return low + (high - low) * (place - Math.floor(place));
}
