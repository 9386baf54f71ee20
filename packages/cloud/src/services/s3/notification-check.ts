/**
 * What S3 demands of a notification configuration, destinations included. There is no SQS, SNS or Lambda in the local
 * cloud, so no destination is ever found; who asks not to look for it sends events to nobody, as on AWS.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
import { randomUUID } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import { AwsError } from "../../wire/errors.ts";
import { invalidArgument, malformedXml } from "./errors.ts";

type One = Pick<S3.QueueConfiguration, "Events" | "Filter" | "Id">;
const KINDS = { Topic: "sns", Queue: "sqs", CloudFunction: "lambda" } as const;
const DESTINATIONS = { Topic: "topic", Queue: "queue", CloudFunction: "Lambda" } as const;

/** @param unchecked whether the destinations are to be taken as they are. @throws MalformedXML, InvalidArgument */
export function checkNotifications(given: S3.NotificationConfiguration, unchecked: boolean): void {
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
  if (all.length === 0 || unchecked) return;
  throw new AwsError("InvalidArgument", "Unable to validate the following destination configurations", {
    status: 400,
    members: Object.fromEntries(
      all.flatMap(([kind, arn], at) => [
        [`ArgumentName${at + 1}`, arn],
        [`ArgumentValue${at + 1}`, `The destination ${DESTINATIONS[kind]} does not exist`],
      ]),
    ),
  });
}

/** As it is given back: every configuration has an id, and the names of filters are written large. */
export function namedNotifications(given: S3.NotificationConfiguration): S3.NotificationConfiguration {
  const named = <T extends One>(all: readonly T[] | undefined): T[] | undefined =>
    all?.map((one) => ({
      ...one,
      Id: one.Id ?? Buffer.from(randomUUID()).toString("base64"),
      ...(one.Filter?.Key?.FilterRules && {
        Filter: {
          Key: {
            FilterRules: one.Filter.Key.FilterRules.map(({ Name, Value }) => ({
              Name: Name?.toLowerCase() === "prefix" ? "Prefix" : "Suffix",
              Value,
            })),
          },
        },
      }),
    }));
  const topics = named(given.TopicConfigurations);
  const queues = named(given.QueueConfigurations);
  const functions = named(given.LambdaFunctionConfigurations);
  return {
    ...(topics && { TopicConfigurations: topics }),
    ...(queues && { QueueConfigurations: queues }),
    ...(functions && { LambdaFunctionConfigurations: functions }),
  };
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
