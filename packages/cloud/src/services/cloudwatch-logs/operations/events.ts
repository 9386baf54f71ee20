/**
 * Log events: putting, reading a stream forwards and backwards, searching a group.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
import type { CallContext } from "../../../context.ts";
import { compilePattern } from "../filter-pattern.ts";
import { publishMetrics } from "../metric-filters.ts";
import type { Operations } from "../operation.ts";
import {
  eventKey,
  events,
  groupName,
  groupNamed,
  groups,
  invalid,
  type LogEvent,
  type LogGroup,
  retainedSince,
  SEPARATOR,
  streamKey,
  streamNamed,
  streams,
} from "../state.ts";

const DAY = 86_400_000;
const OVERHEAD = 26;
const MAX_BATCH = 1_048_576;

export interface Entry {
  key: string;
  event: Readonly<LogEvent>;
}

/** Events of a stream in order, within the bounds and the retention. @param to exclusive */
export function readEvents(
  context: CallContext,
  group: Readonly<LogGroup>,
  stream: string,
  from?: number,
  to?: number,
): Entry[] {
  const since = Math.max(from ?? 0, retainedSince(context, group));
  return events(context, group.name, stream)
    .entries(since > 0 ? { after: eventKey(since, 0).slice(0, 14) } : {})
    .map(([key, event]) => ({ key, event }))
    .filter(({ event }) => event.timestamp >= since && (to === undefined || event.timestamp < to));
}

const limitOf = (limit: number | undefined) => {
  if (limit !== undefined && (limit < 1 || limit > 10_000)) {
    throw invalid(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${limit < 1 ? "greater than or equal to 1" : "less than or equal to 10000"}`,
    );
  }
  return limit ?? 10_000;
};

export const eventOperations: Operations = {
  PutLogEvents(input, context) {
    const group = groupNamed(context, input.logGroupName);
    const stream = streamNamed(context, group.name, input.logStreamName);
    const list = input.logEvents;
    if (list.length === 0 || list.length > 10_000) {
      throw invalid(
        `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and 10000`,
      );
    }
    let bytes = 0;
    let last = -1;
    for (const { timestamp = 0, message = "" } of list) {
      if (timestamp < last) {
        throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
      }
      if (message.length === 0) {
        throw invalid(
          "1 validation error detected: Value '' at 'logEvents.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1",
        );
      }
      last = timestamp;
      bytes += Buffer.byteLength(message) + OVERHEAD;
    }
    if (bytes > MAX_BATCH) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH}`);
    if ((list.at(-1)?.timestamp ?? 0) - (list[0]?.timestamp ?? 0) > DAY) {
      throw invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
      );
    }
    const tooOld = context.now - 14 * DAY;
    const expired = retainedSince(context, group);
    const tooNew = context.now + 2 * 3_600_000;
    const at = (index: number) => list[index]?.timestamp ?? 0;
    let tooOldEnd: number | undefined;
    let expiredEnd: number | undefined;
    let tooNewStart: number | undefined;
    const kept: { timestamp: number; message: string }[] = [];
    list.forEach(({ timestamp = 0, message = "" }, index) => {
      if (at(index) < expired) expiredEnd = index + 1;
      else if (at(index) < tooOld) tooOldEnd = index + 1;
      else if (at(index) > tooNew) tooNewStart ??= index;
      else kept.push({ timestamp, message });
    });
    const table = events(context, group.name, stream.name);
    let sequence = stream.sequence;
    for (const { timestamp, message } of kept) {
      table.put(eventKey(timestamp, ++sequence), { timestamp, message, ingested: context.now });
    }
    const size = kept.reduce((sum, one) => sum + Buffer.byteLength(one.message) + OVERHEAD, 0);
    if (kept.length) {
      groups(context).update(group.name, (draft) => {
        draft.storedBytes += size;
      });
      streams(context).update(streamKey(group.name, stream.name), (draft) => {
        draft.sequence = sequence;
        draft.firstEvent = Math.min(draft.firstEvent ?? Number.POSITIVE_INFINITY, kept[0]!.timestamp);
        draft.lastEvent = Math.max(draft.lastEvent ?? 0, kept.at(-1)!.timestamp);
        draft.lastIngestion = context.now;
      });
      forget(context, group, stream.name);
      publishMetrics(context, group.name, kept);
    }
    const rejected = {
      ...(tooNewStart !== undefined && { tooNewLogEventStartIndex: tooNewStart }),
      ...(tooOldEnd !== undefined && { tooOldLogEventEndIndex: tooOldEnd }),
      ...(expiredEnd !== undefined && { expiredLogEventEndIndex: expiredEnd }),
    };
    return {
      nextSequenceToken: String(sequence).padStart(56, "4"),
      ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
    };
  },

  GetLogEvents(input, context) {
    const group = groupNamed(context, groupName(input.logGroupName, input.logGroupIdentifier));
    const stream = streamNamed(context, group.name, input.logStreamName);
    const limit = limitOf(input.limit);
    const all = readEvents(context, group, stream.name, input.startTime, input.endTime);
    const token = input.nextToken;
    const match = token === undefined ? undefined : /^([fb])\/(\d{32})\/s$/.exec(token);
    if (token !== undefined && !match) throw invalid("The specified nextToken is invalid.");
    let chosen: Entry[];
    if (match?.[1] === "f") chosen = all.filter(({ key }) => key > match[2]!).slice(0, limit);
    else if (match) chosen = all.filter(({ key }) => key < match[2]!).slice(-limit);
    else chosen = input.startFromHead ? all.slice(0, limit) : all.slice(-limit);
    const none =
      match?.[2] ??
      (input.startFromHead || !all.length ? eventKey(input.startTime ?? 0, 0) : all.at(-1)!.key);
    return {
      events: chosen.map(({ event }) => ({
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingested,
      })),
      nextForwardToken: `f/${chosen.at(-1)?.key ?? none}/s`,
      nextBackwardToken: `b/${chosen[0]?.key ?? none}/s`,
    };
  },

  FilterLogEvents(input, context) {
    const group = groupNamed(context, groupName(input.logGroupName, input.logGroupIdentifier));
    const { logStreamNames: names, logStreamNamePrefix } = input;
    if (names?.length && logStreamNamePrefix) {
      throw invalid("LogStreamNamePrefix and LogStreamNames are mutually exclusive.");
    }
    for (const name of names ?? []) streamNamed(context, group.name, name);
    const limit = limitOf(input.limit);
    const matches = compilePattern(input.filterPattern);
    const searched = streams(context)
      .list({ prefix: `${group.name}${SEPARATOR}${logStreamNamePrefix ?? ""}` })
      .filter((one) => !names?.length || names.includes(one.name));
    const until = input.endTime === undefined ? undefined : input.endTime + 1;
    const found = searched
      .flatMap((stream) =>
        readEvents(context, group, stream.name, input.startTime, until).map((entry) => ({
          ...entry,
          place: `${entry.key}${SEPARATOR}${stream.name}`,
          stream: stream.name,
        })),
      )
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const after = input.nextToken ? Buffer.from(input.nextToken, "base64url").toString() : "";
    if (input.nextToken && !(/^\d{32}/.test(after) && after[32] === SEPARATOR))
      throw invalid("The specified nextToken is invalid.");
    const chosen: typeof found = [];
    let more = false;
    for (const one of found) {
      if (one.place <= after || !matches(one.event.message)) continue;
      if (chosen.length === limit) {
        more = true;
        break;
      }
      chosen.push(one);
    }
    return {
      events: chosen.map(({ key, event, stream }) => ({
        logStreamName: stream,
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingested,
        eventId: key.padStart(56, "3"),
      })),
      searchedLogStreams: [],
      ...(more && { nextToken: Buffer.from(chosen.at(-1)!.place).toString("base64url") }),
    };
  },
};

/** Removes what the retention has ended; done when the stream is written to. */
function forget(context: CallContext, group: Readonly<LogGroup>, stream: string): void {
  const since = retainedSince(context, group);
  if (since <= 0) return;
  const table = events(context, group.name, stream);
  for (const [key, event] of table.entries({ limit: 1000 })) {
    if (event.timestamp >= since) return;
    table.delete(key);
  }
}
