/**
 * What S3 demands of a notification configuration before it looks for the destinations.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import { invalidArgument, malformedXml } from "./errors.ts";

type One = Pick<S3.QueueConfiguration, "Events" | "Filter" | "Id">;
const KINDS = { Topic: "sns", Queue: "sqs", CloudFunction: "lambda" } as const;

/** Whether the configuration asks for anything. @throws MalformedXML, InvalidArgument */
export function checkNotifications(given: S3.NotificationConfiguration): boolean {
  const all: [keyof typeof KINDS, string | undefined, One][] = [
    ...(given.TopicConfigurations ?? []).map((one) => ["Topic", one.TopicArn, one] as const),
    ...(given.QueueConfigurations ?? []).map((one) => ["Queue", one.QueueArn, one] as const),
    ...(given.LambdaFunctionConfigurations ?? []).map(
      (one) => ["CloudFunction", one.LambdaFunctionArn, one] as const,
    ),
  ].map((one) => [...one]);
  const ids = new Set<string>();
  for (const [kind, arn = "", one] of all) {
    if (!one.Events?.length) throw malformedXml();
    const parts = arn.split(":");
    if (parts.length < 6 || parts[0] !== "arn")
      throw invalidArgument("The ARN could not be parsed", kind, arn);
    if (parts[2] !== KINDS[kind]) throw invalidArgument("The ARN is not well formed", kind, arn);
    for (const rule of one.Filter?.Key?.FilterRules ?? []) checkFilter(rule);
    if (one.Id === undefined) continue;
    if (ids.has(one.Id))
      throw invalidArgument("Same ID used for multiple configurations. IDs must be unique");
    ids.add(one.Id);
  }
  return all.length > 0 || given.EventBridgeConfiguration !== undefined;
}

function checkFilter({ Name: name, Value: value }: S3.FilterRule): void {
  const kind = name?.toLowerCase();
  if (kind !== "prefix" && kind !== "suffix") {
    throw invalidArgument(
      "filter rule name must be either prefix or suffix",
      "FilterRule.Name",
      String(name ?? ""),
    );
  }
  if (!value) throw invalidArgument("filter value cannot be empty", "FilterRule.Value", value ?? "");
}
