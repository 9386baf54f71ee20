/** Runs a Logs Insights query over events. */
import type { ResultField } from "@aws-sdk/client-cloudwatch-logs";
import { newestFirst, type Row, type Step, type Table } from "./commands.ts";
import { flatten, numberOf, timeText, type Value } from "./values.ts";

export interface SourceEvent {
  account: string;
  group: string;
  stream: string;
  timestamp: number;
  ingested: number;
  message: string;
  pointer: string;
}

/** What Logs makes of an event: its own fields, and those of a JSON message. */
export function fieldsOf(event: SourceEvent): Map<string, Value> {
  const fields = new Map<string, Value>([
    ["@timestamp", event.timestamp],
    ["@message", event.message],
    ["@logStream", event.stream],
    ["@log", `${event.account}:${event.group}`],
    ["@ingestionTime", event.ingested],
  ]);
  const text = event.message.trim();
  if (text.startsWith("{")) {
    try {
      const found = new Map<string, Value>();
      flatten(JSON.parse(text), found);
      for (const [name, value] of found) fields.set(name, value);
    } catch {
      // a message that only looks like JSON has no fields of its own
    }
  }
  return fields;
}

const shown = (value: Value, time: boolean): string | undefined => {
  if (value === undefined) return undefined;
  const epoch = time ? numberOf(value) : undefined;
  return epoch === undefined ? String(value) : timeText(epoch);
};

/** @param most rows where the query sets no limit */
export function runQuery(
  steps: readonly Step[],
  events: readonly SourceEvent[],
  now: number,
  most: number,
): { results: ResultField[][]; matched: number } {
  const table: Table = {
    rows: events.map((event): Row => ({ fields: fieldsOf(event), pointer: event.pointer })),
    columns: [],
    chosen: false,
    times: new Set(["@timestamp", "@ingestionTime"]),
    sorted: false,
    limited: false,
    now,
  };
  for (const step of steps) step(table);
  newestFirst(table);
  const columns = table.chosen ? table.columns : ["@timestamp", "@message", ...table.columns];
  const matched = table.matched ?? table.rows.length;
  const rows = table.limited ? table.rows : table.rows.slice(0, most);
  const results = rows.map((row) => {
    const line: ResultField[] = columns.flatMap((field) => {
      const value = shown(row.fields.get(field), table.times.has(field));
      return value === undefined ? [] : [{ field, value }];
    });
    if (row.pointer) line.push({ field: "@ptr", value: row.pointer });
    return line;
  });
  return { results, matched };
}
