/** CloudWatch: metrics, alarms of one metric, dashboards. */
import type * as CloudWatch from "@aws-sdk/client-cloudwatch";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, Service } from "../../service.ts";
import { alarmOperations } from "./operations/alarms.ts";
import { dashboardOperations } from "./operations/dashboards.ts";
import { metricOperations } from "./operations/metrics.ts";
import { noneOperations } from "./operations/none-of-these.ts";
import { tagOperations } from "./operations/tags.ts";
import { alarms, dashboards } from "./state.ts";

interface Input {
  Namespace?: string;
  AlarmName?: string;
  AlarmNames?: string[];
  AlarmActions?: string[];
  OKActions?: string[];
  InsufficientDataActions?: string[];
  DashboardName?: string;
  DashboardNames?: string[];
  ResourceARN?: string;
  Tags?: { Key?: string; Value?: string }[];
  TagKeys?: string[];
}

const operations = {
  ...metricOperations,
  ...alarmOperations,
  ...dashboardOperations,
  ...tagOperations,
  ...noneOperations,
};

/** Operations on alarms and dashboards by name; the rest is authorized on `*`. */
function resourcesOf(name: string, input: Input, context: ReadContext): string[] {
  if (input.ResourceARN) return [input.ResourceARN];
  const alarmNames = input.AlarmNames ?? (input.AlarmName ? [input.AlarmName] : []);
  if (name.includes("Alarm") && name !== "DescribeAlarmsForMetric") {
    const found = alarmNames.map((one) => context.arn("cloudwatch", `alarm:${one}`));
    return found.length ? found : [context.arn("cloudwatch", "alarm:*")];
  }
  const boards = input.DashboardNames ?? (input.DashboardName ? [input.DashboardName] : []);
  return boards.length
    ? boards.map((one) => `arn:aws:cloudwatch::${context.account}:dashboard/${one}`)
    : ["*"];
}

/** Everything that an alarm is to do. */
function alarmActions({ AlarmActions, OKActions, InsufficientDataActions }: Input): Record<string, string[]> {
  const all = [...(AlarmActions ?? []), ...(OKActions ?? []), ...(InsufficientDataActions ?? [])];
  return all.length > 0 ? { "cloudwatch:AlarmActions": [...new Set(all)] } : {};
}

const rule =
  (name: string): AuthorizationRule<Input> =>
  (input, context) =>
    resourcesOf(name, input, context).map((resource) => ({
      action: `cloudwatch:${name}`,
      resource,
      context: {
        ...alarmActions(input),
        ...(input.Namespace && { "cloudwatch:namespace": input.Namespace }),
        ...(input.TagKeys?.length && { "aws:TagKeys": input.TagKeys }),
        ...(input.Tags?.length && {
          "aws:TagKeys": input.Tags.map((tag) => String(tag.Key)),
          ...Object.fromEntries(input.Tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
        }),
      },
    }));

export const service: Service<typeof CloudWatch> = {
  key: "cloudwatch",
  actionPrefix: "cloudwatch",
  principal: "cloudwatch.amazonaws.com",
  operations,
  authorization: Object.fromEntries(Object.keys(operations).map((name) => [name, rule(name)])),
  resource(arn, context) {
    const [, , , region = "", account = "", kind, name] = arn.split(":");
    const one = kind?.startsWith("dashboard/")
      ? dashboards(context).get(kind.slice(10))
      : kind === "alarm" && name
        ? alarms(context.in(account, region)).get(name)
        : undefined;
    return one && { account, tags: { ...one.tags } };
  },
};
