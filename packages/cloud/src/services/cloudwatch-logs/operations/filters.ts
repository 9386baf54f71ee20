/**
 * Metric filters, which are worked; subscription filters, whose destinations the local cloud does not have.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
 */
import { AwsError } from "../../../wire/errors.ts";
import { compilePattern } from "../filter-pattern.ts";
import type { Operations } from "../operation.ts";
import {
  groupNamed,
  invalid,
  type LogGroup,
  type MetricFilter,
  metricFilters,
  missing,
  pageOf,
  streamKey,
} from "../state.ts";

const view = (one: Readonly<MetricFilter>) => ({
  filterName: one.name,
  filterPattern: one.pattern,
  logGroupName: one.group,
  creationTime: one.created,
  applyOnTransformedLogs: false,
  metricTransformations: one.transformations.map((t) => ({
    ...t,
    unit: t.unit as "Count" | undefined,
    dimensions: t.dimensions && { ...t.dimensions },
  })),
});

/** Filters are not for the cheaper class. */
function checkClass(group: Readonly<LogGroup>): void {
  if (group.class === "STANDARD") return;
  throw new AwsError(
    "InvalidOperationException",
    `This operation is not supported for log groups of the class ${group.class}.`,
  );
}

/** What AWS refuses before it looks for the destination. */
function checkDestination(
  input: { destinationArn: string; roleArn?: string | undefined },
  account: string,
): void {
  const [, , vendor, , owner] = input.destinationArn.split(":");
  if (vendor === "kinesis" && input.roleArn === undefined) {
    throw invalid("destinationArn for vendor kinesis cannot be used without roleArn");
  }
  if (vendor === "lambda" && owner !== account) {
    throw new AwsError(
      "AccessDeniedException",
      "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.",
    );
  }
}

export const filterOperations: Operations = {
  PutMetricFilter(input, context) {
    const group = groupNamed(context, input.logGroupName);
    checkClass(group);
    compilePattern(input.filterPattern);
    if (!/^[^:*]{1,512}$/.test(input.filterName)) throw invalid("Invalid filterName.");
    if (input.metricTransformations.length !== 1) {
      throw invalid(
        "1 validation error detected: Value at 'metricTransformations' failed to satisfy constraint: Member must have length equal to 1",
      );
    }
    const transformations = input.metricTransformations.map((one) => {
      if (one.defaultValue !== undefined && one.dimensions) {
        throw invalid("Invalid metric transformation: dimensions cannot be used with a default value.");
      }
      return {
        metricName: one.metricName ?? "",
        metricNamespace: one.metricNamespace ?? "",
        metricValue: one.metricValue ?? "",
        ...(one.defaultValue !== undefined && { defaultValue: one.defaultValue }),
        ...(one.unit && { unit: one.unit }),
        ...(one.dimensions && { dimensions: one.dimensions as Record<string, string> }),
      };
    });
    metricFilters(context).put(streamKey(group.name, input.filterName), {
      group: group.name,
      name: input.filterName,
      pattern: input.filterPattern,
      transformations,
      created: context.now,
    });
    return {};
  },

  DescribeMetricFilters(input, context) {
    if (input.logGroupName) groupNamed(context, input.logGroupName);
    const known = metricFilters(context)
      .list()
      .filter(
        (one) =>
          (!input.logGroupName || one.group === input.logGroupName) &&
          (!input.filterNamePrefix || one.name.startsWith(input.filterNamePrefix)) &&
          (!input.metricName || one.transformations.some((t) => t.metricName === input.metricName)) &&
          (!input.metricNamespace ||
            one.transformations.some((t) => t.metricNamespace === input.metricNamespace)),
      );
    const { items, next } = pageOf(known, input.limit ?? 50, input.nextToken);
    return { metricFilters: items.map(view), nextToken: next };
  },

  DeleteMetricFilter({ logGroupName, filterName }, context) {
    groupNamed(context, logGroupName);
    if (!metricFilters(context).delete(streamKey(logGroupName, filterName))) throw missing("metric filter");
    return {};
  },

  TestMetricFilter({ filterPattern, logEventMessages }) {
    const matches = compilePattern(filterPattern);
    return {
      matches: logEventMessages.flatMap((eventMessage, index) => {
        const extractedValues = matches(eventMessage);
        return extractedValues ? [{ eventNumber: index + 1, eventMessage, extractedValues }] : [];
      }),
    };
  },

  PutSubscriptionFilter(input, context) {
    checkClass(groupNamed(context, input.logGroupName));
    compilePattern(input.filterPattern);
    checkDestination(input, context.account);
    // delivery to Lambda, Kinesis and Firehose is not there, and a filter that delivers nothing would be a lie
    throw invalid(
      `Subscription filters are not supported by the Sagekeep local cloud: it has no destination ${input.destinationArn}.`,
    );
  },
  DescribeSubscriptionFilters(input, context) {
    groupNamed(context, input.logGroupName);
    return { subscriptionFilters: [] };
  },
  DeleteSubscriptionFilter(input, context) {
    groupNamed(context, input.logGroupName);
    throw missing("subscription filter");
  },
};
