/**
 * Recorded calls put to two states of an account, as it is and as it would be: which would end otherwise.
 * Who called is found by the role or user of the event; ids that differ between the two states (VPC, subnets,
 * domains, keys) are translated by the names under which the stacks export them.
 */
import { Judge, type Position, type Question } from "../../account/judge.ts";
import type { AccountSnapshot, PrincipalRecord, ProfileRecord } from "../../account/snapshot.ts";
import type { TrailEvent } from "./events.ts";
import { questionOf } from "./question.ts";

export interface ReplayChange {
  who: string;
  action: string;
  resource: string;
  before: "allowed" | "denied";
  after: "allowed" | "denied";
  /** How many recorded calls this stands for, and the last of them. */
  calls: number;
  lastTime: string;
  eventId?: string;
}

export interface ReplayReport {
  events: number;
  /** Calls that were judged. */
  judged: number;
  /** Calls left out, by reason. */
  skipped: Record<string, number>;
  /** Calls whose recorded outcome is not the one that today's policies give: the account, or what we know of the call, differs. */
  unlikeRecorded: number;
  changes: ReplayChange[];
}

export interface ReplayOptions {
  /** Values of the first state → values of the second. */
  translate?: ReadonlyMap<string, string>;
  onProgress?: (events: number) => void;
}

interface Verdict {
  before: boolean;
  after: boolean | undefined;
}

export async function replay(
  events: AsyncIterable<TrailEvent>,
  before: AccountSnapshot,
  after: AccountSnapshot,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const now = new Side(before);
  const then = new Side(after);
  const report: ReplayReport = { events: 0, judged: 0, skipped: {}, unlikeRecorded: 0, changes: [] };
  const verdicts = new Map<string, Verdict>();
  const changes = new Map<string, ReplayChange>();
  const skip = (why: string) => {
    report.skipped[why] = (report.skipped[why] ?? 0) + 1;
  };
  for await (const event of events) {
    if (++report.events % 10_000 === 0) options.onProgress?.(report.events);
    const asked = questionOf(event);
    if (!asked) {
      skip("no policy decides it, or the action is not known");
      continue;
    }
    if (event.userIdentity.type === "Root") {
      skip("the root user, whom the account's policies do not bind");
      continue;
    }
    const name = callerName(event);
    const from = event.vpcEndpointId ?? "internet";
    const id = `${name}\0${event.userIdentity.sessionContext?.sourceIdentity ?? ""}\0${from}\0${asked.action}\0${asked.resource}\0${JSON.stringify(asked.context)}`;
    let verdict = verdicts.get(id);
    if (!verdict) {
      const own = now.ask(event, asked);
      if (!own) {
        skip("the caller is not in the account any more");
        continue;
      }
      const translated = options.translate?.size ? translate(asked, options.translate) : asked;
      const other = then.ask(event, translated, options.translate);
      verdict = { before: now.judge.decide(own).allowed, after: other && then.judge.decide(other).allowed };
      if (verdicts.size < 500_000) verdicts.set(id, verdict);
    }
    report.judged++;
    const denied = /AccessDenied|Unauthorized|Forbidden/.test(event.errorCode ?? "");
    if (denied === verdict.before) report.unlikeRecorded++;
    if (verdict.after === verdict.before) continue;
    const key = `${name}\0${asked.action}\0${asked.resource}\0${verdict.before}`;
    const change = changes.get(key);
    if (change) {
      change.calls++;
      if (event.eventTime > change.lastTime) change.lastTime = event.eventTime;
      continue;
    }
    changes.set(key, {
      who: event.userIdentity.sessionContext?.sourceIdentity ?? name,
      action: asked.action,
      resource: asked.resource,
      before: verdict.before ? "allowed" : "denied",
      // nobody of that name any more can do nothing
      after: verdict.after ? "allowed" : "denied",
      calls: 1,
      lastTime: event.eventTime,
      ...(event.eventID && { eventId: event.eventID }),
    });
  }
  report.changes = [...changes.values()].sort((one, other) => other.calls - one.calls);
  return report;
}

function callerName(event: TrailEvent): string {
  const { sessionContext, userName, arn } = event.userIdentity;
  return sessionContext?.sessionIssuer?.userName ?? userName ?? arn ?? "";
}

/** One state of the account with its callers by name. */
class Side {
  readonly judge: Judge;
  readonly #principals: Map<string, PrincipalRecord>;
  readonly #profiles: Map<string, ProfileRecord>;

  constructor(snapshot: AccountSnapshot) {
    this.judge = new Judge(snapshot);
    this.#principals = new Map(snapshot.principals.map((one) => [one.name, one]));
    this.#profiles = new Map(snapshot.profiles.map((one) => [one.name, one]));
  }

  ask(
    event: TrailEvent,
    asked: { action: string; resource: string; context: Record<string, string | string[]> },
    ids?: ReadonlyMap<string, string>,
  ): Question | undefined {
    const user = event.userIdentity.sessionContext?.sourceIdentity;
    const profile = user === undefined ? undefined : this.#profiles.get(user);
    const principal =
      (profile && this.judge.snapshot.principals.find((one) => one.arn === profile.roleArn)) ??
      this.#principals.get(callerName(event));
    if (!principal) return undefined;
    const endpoint = event.vpcEndpointId;
    const from: Position = endpoint
      ? { kind: "endpoint", id: ids?.get(endpoint) ?? endpoint }
      : { kind: "internet", ...(event.sourceIPAddress && { sourceIp: event.sourceIPAddress }) };
    return { principal, ...(profile && { profile }), from, ...asked };
  }
}

function translate<T>(value: T, ids: ReadonlyMap<string, string>): T {
  if (typeof value === "string") return swap(value, ids) as T;
  if (Array.isArray(value)) return value.map((one) => translate(one, ids)) as T;
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, translate(one, ids)])) as T;
  return value;
}

/** Whole values, and ids as parts of ARNs. */
function swap(text: string, ids: ReadonlyMap<string, string>): string {
  const whole = ids.get(text);
  if (whole !== undefined) return whole;
  return text.startsWith("arn:")
    ? text
        .split(/([:/])/)
        .map((part) => ids.get(part) ?? part)
        .join("")
    : text;
}
