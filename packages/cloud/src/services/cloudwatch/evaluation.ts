/**
 * The state of an alarm by its last periods, with the reason in CloudWatch's words.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
import type { PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import type { ReadContext } from "../../context.ts";
import { type AlarmRecord, dimensionsOf, metricKey } from "./state.ts";
import { type Bucket, buckets, statistic } from "./statistics.ts";

export const compares: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** `2.0`, `21.5` */
const decimal = (number: number): string => (Number.isInteger(number) ? number.toFixed(1) : String(number));
/** `26/10/23 16:42:00` */
function shortTime(epoch: number): string {
  const [date = "", time = ""] = new Date(epoch).toISOString().split("T");
  const [year = "", month, day] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
const longTime = (epoch: number): string => new Date(epoch).toISOString().replace("Z", "+0000");
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
const be = (count: number): string => (count === 1 ? "was" : "were");

function comparison(operator: string): string {
  const how = operator
    .replace(/ToThreshold|Threshold/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return /equal/.test(how) ? `${how} to` : how;
}

export interface Evaluation {
  state: AlarmRecord["state"];
  reason: string;
  /** JSON, as `StateReasonData`. */
  data: string;
}

/** None where there are no data and the alarm ignores that. */
export function evaluate(context: ReadContext, settings: PutMetricAlarmCommandInput): Evaluation | undefined {
  const { Period = 60, EvaluationPeriods = 1, Threshold = 0, TreatMissingData = "missing" } = settings;
  const needed = settings.DatapointsToAlarm ?? EvaluationPeriods;
  const key = metricKey(
    settings.Namespace ?? "",
    settings.MetricName ?? "",
    dimensionsOf(settings.Dimensions),
  );
  const length = Period * 1000;
  const end = Math.floor(context.now / length) * length + length;
  const start = end - EvaluationPeriods * length;
  const stat = (settings.Statistic ?? settings.ExtendedStatistic ?? "Average") as string;
  const found = buckets(context, key, start, end, Period, settings.Unit);
  const values = found.map((bucket) => statistic(stat, bucket));
  const data = JSON.stringify({
    version: "1.0",
    queryDate: longTime(context.now),
    ...(found[0] && { startDate: longTime(found[0].start) }),
    ...(settings.Unit && { unit: settings.Unit }),
    statistic: stat,
    period: Period,
    recentDatapoints: values,
    threshold: Threshold,
    evaluatedDatapoints: evaluated(found, stat, end, length, EvaluationPeriods),
  });
  const missing = EvaluationPeriods;
  if (values.length === 0) {
    if (TreatMissingData === "ignore") return undefined;
    if (TreatMissingData !== "breaching" && TreatMissingData !== "notBreaching") {
      const reason = `Insufficient Data: ${counted(missing, "datapoint")} ${be(missing)} unknown.`;
      return { state: "INSUFFICIENT_DATA", reason, data };
    }
    const breaching = TreatMissingData === "breaching";
    return {
      state: breaching ? "ALARM" : "OK",
      reason: `Threshold Crossed: no datapoints were received for ${counted(missing, "period")} and ${counted(missing, "missing datapoint")} ${be(missing)} treated as [${breaching ? "Breaching" : "NonBreaching"}].`,
      data,
    };
  }
  const operator = settings.ComparisonOperator as string;
  const above = values.filter((value) => compares[operator]!(value, Threshold)).length;
  const state =
    above + (TreatMissingData === "breaching" ? EvaluationPeriods - values.length : 0) >= needed
      ? "ALARM"
      : "OK";
  const list = found.map((bucket, index) => `${decimal(values[index]!)} (${shortTime(bucket.start)})`);
  return {
    state,
    reason: `Threshold Crossed: ${counted(values.length, "datapoint")} [${list.reverse().join(", ")}] ${be(values.length)} ${state === "ALARM" ? "" : "not "}${comparison(operator)} the threshold (${decimal(Threshold)}).`,
    data,
  };
}

/** Every period's datapoint, the latest first; only its time where there is none. */
function evaluated(found: readonly Bucket[], stat: string, end: number, length: number, periods: number) {
  return Array.from({ length: periods }, (_, index) => {
    const start = end - (index + 1) * length;
    const bucket = found.find((one) => one.start === start);
    if (!bucket) return { timestamp: longTime(start) };
    const sampleCount = statistic("SampleCount", bucket);
    return { timestamp: longTime(start), sampleCount, value: statistic(stat, bucket) };
  });
}
