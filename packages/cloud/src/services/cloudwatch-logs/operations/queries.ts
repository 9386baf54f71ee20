/**
 * Logs Insights: queries over events of groups, done when they are started and kept for a week.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
import { randomUUID } from "node:crypto";
import type { StartQueryCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { readQuery } from "../insights/commands.ts";
import { fieldsOf, runQuery, type SourceEvent } from "../insights/run.ts";
import type { Operations } from "../operation.ts";
import {
  events,
  groupName,
  groupNamed,
  groups,
  invalid,
  type LogGroup,
  pageOf,
  type Query,
  queries,
  SEPARATOR,
  streams,
} from "../state.ts";
import { readEvents } from "./events.ts";

const WEEK = 7 * 86_400_000;
const MOST = 10_000;

/** Where an event is, so that `@ptr` leads back to it. */
const pointerTo = (group: string, stream: string, key: string): string =>
  Buffer.from([group, stream, key].join(SEPARATOR)).toString("base64");

/** Group, stream and place of a pointer. */
export function readPointer(pointer: string): { group: string; stream: string; key: string } {
  const [group, stream, key, ...rest] = Buffer.from(pointer, "base64").toString().split(SEPARATOR);
  if (!group || !stream || !key || rest.length) throw invalid("The specified log record pointer is invalid.");
  return { group, stream, key };
}

/** Names of the groups of a query. @throws InvalidParameterException unless they are said in one way */
export function queriedGroups(input: StartQueryCommandInput): string[] {
  const ways = [input.logGroupName && [input.logGroupName], input.logGroupNames, input.logGroupIdentifiers];
  const given = ways.filter((way) => way !== undefined && way !== "");
  if (given.length !== 1) {
    throw invalid(
      "Exactly one of LogGroupName, LogGroupNames, or LogGroupIdentifiers must be specified in the request.",
    );
  }
  return [...new Set((given[0] as string[]).map((one) => groupName(undefined, one)))];
}

function found(context: CallContext, name: string): Readonly<LogGroup> {
  const group = groups(context).get(name);
  if (group) return group;
  throw new AwsError(
    "ResourceNotFoundException",
    `Log group '${name}' does not exist for account ID '${context.account}' (Service: AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ${context.requestId}; Proxy: null)`,
  );
}

const sourceEvents = (
  context: CallContext,
  group: Readonly<LogGroup>,
  from: number,
  to: number,
): SourceEvent[] =>
  streams(context)
    .list({ prefix: `${group.name}${SEPARATOR}` })
    .flatMap((stream) =>
      readEvents(context, group, stream.name, from, to).map(({ key, event }) => ({
        account: context.account,
        group: group.name,
        stream: stream.name,
        timestamp: event.timestamp,
        ingested: event.ingested,
        message: event.message,
        pointer: pointerTo(group.name, stream.name, key),
      })),
    );

/** @throws ResourceNotFoundException */
export function queryNamed(context: ReadContext, id: string): Readonly<Query> {
  const query = queries(context).get(id);
  if (!query) throw new AwsError("ResourceNotFoundException", "The specified query does not exist.");
  return query;
}

export const queryOperations: Operations = {
  StartQuery(input, context) {
    if (input.queryLanguage !== undefined && input.queryLanguage !== "CWLI") {
      throw new AwsError(
        "UnsupportedOperationException",
        `The query language ${input.queryLanguage} is not supported by the Sagekeep local cloud.`,
      );
    }
    const known = queriedGroups(input).map((name) => found(context, name));
    const { startTime: from, endTime: to } = input;
    if (from < 0 || to < 0 || from > to) {
      throw invalid("The query's start time must not be after its end time.");
    }
    const steps = readQuery(input.queryString ?? "");
    const last = to * 1000 + 999;
    if (known.every((group) => last < group.created)) {
      throw new AwsError(
        "MalformedQueryException",
        "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings",
      );
    }
    const list = known.flatMap((group) => sourceEvents(context, group, from * 1000, last + 1));
    const { results, matched } = runQuery(steps, list, context.now, input.limit ?? MOST);
    const table = queries(context);
    for (const one of table.list()) if (one.created < context.now - WEEK) table.delete(one.id);
    const id = randomUUID();
    table.put(id, {
      id,
      groups: known.map((group) => group.name),
      text: input.queryString ?? "",
      from,
      to,
      created: context.now,
      results: results as Query["results"],
      statistics: {
        recordsMatched: matched,
        recordsScanned: list.length,
        estimatedRecordsSkipped: 0,
        bytesScanned: list.reduce((sum, one) => sum + Buffer.byteLength(one.message), 0),
        estimatedBytesSkipped: 0,
        logGroupsScanned: known.length,
      },
    });
    return { queryId: id };
  },

  ListLogGroupsForQuery(input, context) {
    const { groups: names } = queryNamed(context, input.queryId);
    const { items, next } = pageOf(names, input.maxResults ?? 500, input.nextToken);
    return { logGroupIdentifiers: [...items], nextToken: next };
  },

  GetQueryResults(input, context) {
    const query = queryNamed(context, input.queryId);
    return {
      queryLanguage: "CWLI",
      results: query.results.map((row) => row.map((one) => ({ ...one }))),
      statistics: { ...query.statistics },
      status: "Complete",
    };
  },

  StopQuery(input, context) {
    queryNamed(context, input.queryId);
    throw invalid("Query already ended with status: Complete");
  },

  DescribeQueries(input, context) {
    if (input.logGroupName) groupNamed(context, input.logGroupName);
    const { status, logGroupName, queryLanguage } = input;
    const known = queries(context)
      .list()
      .filter(
        (one) =>
          (!logGroupName || one.groups.includes(logGroupName)) &&
          (!status || status === "Complete") &&
          (!queryLanguage || queryLanguage === "CWLI") &&
          one.created >= context.now - WEEK,
      )
      .sort((a, b) => b.created - a.created);
    const { items, next } = pageOf(known, input.maxResults ?? 1000, input.nextToken);
    return {
      queries: items.map((one) => ({
        queryLanguage: "CWLI" as const,
        queryId: one.id,
        queryString: `SOURCE ${one.groups.map((name) => `"${name}"`).join(", ")} START=${one.from}000 END=${one.to}999 | ${one.text}`,
        status: "Complete" as const,
        createTime: one.created,
        ...(one.groups.length === 1 && { logGroupName: one.groups[0] }),
      })),
      nextToken: next,
    };
  },

  GetLogRecord(input, context) {
    const { group, stream, key } = readPointer(input.logRecordPointer);
    const event = events(context, group, stream).get(key);
    if (!event) throw new AwsError("ResourceNotFoundException", "The specified log record does not exist.");
    const fields = fieldsOf({ account: context.account, group, stream, pointer: "", ...event });
    return {
      logRecord: Object.fromEntries([...fields].map(([name, value]) => [name, String(value)])),
    };
  },

  GetLogGroupFields(input, context) {
    const group = groupNamed(context, groupName(input.logGroupName, input.logGroupIdentifier));
    // eight minutes on either side of a time that is said, and otherwise the last fifteen
    const middle = input.time === undefined ? undefined : input.time * 1000;
    const [from, to] =
      middle === undefined
        ? [context.now - 15 * 60_000, context.now + 1]
        : [middle - 8 * 60_000, middle + 8 * 60_000];
    const list = sourceEvents(context, group, from, to);
    const counts = new Map<string, number>();
    for (const one of list) {
      for (const name of fieldsOf(one).keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return {
      logGroupFields: [...counts]
        .map(([name, count]) => ({ name, percent: Math.round((100 * count) / list.length) }))
        .sort((a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1)),
    };
  },
};
