/** Metric filters: what matches becomes data of a CloudWatch metric. */
import type { CallContext } from "../../context.ts";
import { compilePattern } from "./filter-pattern.ts";
import { selectJson } from "./json-pattern.ts";
import { metricFilters, SEPARATOR } from "./state.ts";

/** Publishes the metrics of a group's filters for events that came in. */
export function publishMetrics(
  context: CallContext,
  group: string,
  list: readonly { timestamp: number; message: string }[],
): void {
  for (const filter of metricFilters(context).list({ prefix: `${group}${SEPARATOR}` })) {
    const matches = compilePattern(filter.pattern);
    for (const one of filter.transformations) {
      const data = list.flatMap(({ timestamp, message }) => {
        const named = matches(message);
        const text = named
          ? one.metricValue.startsWith("$")
            ? (named[one.metricValue] ?? selectJson(message, one.metricValue))
            : one.metricValue
          : one.defaultValue;
        const Value = Number(text);
        if (text === undefined || Number.isNaN(Value)) return [];
        const Dimensions = Object.entries(one.dimensions ?? {}).map(([Name, selector]) => ({
          Name,
          Value: String(selectJson(message, selector) ?? named?.[selector] ?? ""),
        }));
        return [
          {
            MetricName: one.metricName,
            Timestamp: new Date(timestamp),
            Value,
            ...(one.unit && { Unit: one.unit }),
            ...(Dimensions.length && { Dimensions }),
          },
        ];
      });
      if (data.length) {
        context.callSync("cloudwatch", "PutMetricData", { Namespace: one.metricNamespace, MetricData: data });
      }
    }
  }
}
