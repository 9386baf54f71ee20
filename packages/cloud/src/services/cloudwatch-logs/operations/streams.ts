/** Log streams. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import {
  events,
  groupArn,
  groupName,
  groupNamed,
  invalid,
  pageOf,
  SEPARATOR,
  streamKey,
  streamNamed,
  streams,
} from "../state.ts";

export const streamOperations: Operations = {
  CreateLogStream({ logGroupName, logStreamName }, context) {
    groupNamed(context, logGroupName);
    if (!/^[^:*]{1,512}$/.test(logStreamName)) {
      throw invalid(
        `1 validation error detected: Value '${logStreamName}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
      );
    }
    const key = streamKey(logGroupName, logStreamName);
    if (streams(context).has(key)) {
      throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
    }
    streams(context).put(key, {
      group: logGroupName,
      name: logStreamName,
      created: context.now,
      sequence: 0,
    });
    return {};
  },

  DeleteLogStream({ logGroupName, logStreamName }, context) {
    const stream = streamNamed(context, logGroupName, logStreamName);
    const table = events(context, logGroupName, stream.name);
    for (const [key] of table.entries()) table.delete(key);
    streams(context).delete(streamKey(logGroupName, stream.name));
    return {};
  },

  DescribeLogStreams(input, context) {
    const group = groupNamed(context, groupName(input.logGroupName, input.logGroupIdentifier));
    const byTime = input.orderBy === "LastEventTime";
    if (byTime && input.logStreamNamePrefix) {
      throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    const known = streams(context).list({
      prefix: `${group.name}${SEPARATOR}${input.logStreamNamePrefix ?? ""}`,
    });
    if (byTime) known.sort((a, b) => (a.lastEvent ?? 0) - (b.lastEvent ?? 0));
    if (input.descending) known.reverse();
    const { items, next } = pageOf(known, input.limit ?? 50, input.nextToken);
    return {
      logStreams: items.map((one) => ({
        logStreamName: one.name,
        arn: `${groupArn(context, group.name)}:log-stream:${one.name}`,
        creationTime: one.created,
        firstEventTimestamp: one.firstEvent,
        lastEventTimestamp: one.lastEvent,
        lastIngestionTime: one.lastIngestion,
        ...(one.sequence > 0 && { uploadSequenceToken: String(one.sequence).padStart(56, "4") }),
        storedBytes: 0,
      })),
      nextToken: next,
    };
  },
};
