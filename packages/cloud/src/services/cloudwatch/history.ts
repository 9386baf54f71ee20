/**
 * What happened to alarms: made, changed, deleted, and gone from one state to another. Kept for 30 days, also when the
 * alarm is gone. Actions are not carried out here, so none are told of.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
import type { CallContext, ReadContext } from "../../context.ts";
import type { AlarmRecord } from "./state.ts";

export interface HistoryRecord {
  alarm: string;
  time: number;
  type: "ConfigurationUpdate" | "StateUpdate";
  summary: string;
  /** JSON. */
  data: string;
}

export const KEPT = 30 * 86_400_000;

export const histories = (context: ReadContext) => context.table<HistoryRecord>("cloudwatch.alarm-history");

function record(context: CallContext, entry: Omit<HistoryRecord, "time">): void {
  const table = histories(context);
  for (const [key, { time }] of table.entries({ limit: 10 })) {
    if (time < context.now - KEPT) table.delete(key);
  }
  const prefix = `${String(context.now).padStart(15, "0")}-`;
  const key = prefix + String(table.entries({ prefix }).length).padStart(6, "0");
  table.put(key, { ...entry, time: context.now });
}

/** `AlarmName` → `alarmName`, as the history writes its members. */
const lower = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );

const participle = { Create: "created", Update: "updated", Delete: "deleted" } as const;

export function configured(
  context: CallContext,
  type: keyof typeof participle,
  { name, settings }: Readonly<AlarmRecord>,
): void {
  const done = participle[type];
  record(context, {
    alarm: name,
    type: "ConfigurationUpdate",
    summary: `Alarm "${name}" ${done}`,
    data: JSON.stringify({ version: "1.0", type, [`${done}Alarm`]: lower(settings) }),
  });
}

type State = Pick<AlarmRecord, "state" | "reason" | "reasonData">;

function stateOf({ state, reason, reasonData }: Readonly<State>): Record<string, unknown> {
  return {
    stateValue: state,
    stateReason: reason,
    ...(reasonData !== undefined && { stateReasonData: parsed(reasonData) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Notes a change of state; none where the state stays the same. */
export function transitioned(context: CallContext, from: Readonly<AlarmRecord>, to: State): void {
  if (from.state === to.state) return;
  record(context, {
    alarm: from.name,
    type: "StateUpdate",
    summary: `Alarm updated from ${from.state} to ${to.state}`,
    data: JSON.stringify({ version: "1.0", oldState: stateOf(from), newState: stateOf(to) }),
  });
}
