/** Signs in as every user and really attempts what the platform expects them to be able, and not able, to do. */
import type { Expectation } from "@sagekeep/constructs";
import { exportsOf } from "../../account/exports.ts";
import { Clients } from "../../aws/clients.ts";
import { as } from "../../aws/target.ts";
import { type Io, step } from "../../messages.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import { domainIdOf, type StudioSession, signIn } from "../studio/sign-in.ts";
import { type Attempt, attempt, type Operation } from "./attempt.ts";

export interface AccessResult {
  user: string;
  persona: string;
  team: string;
  /** What is attempted, in words: the row of the matrix. */
  describe: string;
  operation: string;
  expected: Expectation["expect"];
  why: string;
  actual: Attempt["outcome"];
  ok: boolean;
  attempt: Attempt;
}

export interface AccessMatrix {
  users: { name: string; persona: string; team: string; arn: string }[];
  results: AccessResult[];
  /** Attempts that did not end as expected. */
  surprises: number;
}

/** Seconds after which the local cloud closes a connection without a path: "no path" is its word, not our impatience. */
const NO_PATH = 1;
/** Milliseconds until any request is given up. */
const PATIENCE = 30_000;

export async function checkAccess(file: PlatformFile, admin: Clients, io: Io): Promise<AccessMatrix> {
  const { platform } = file;
  const { accessExpectations, fillAttempt, readout } = await import("@sagekeep/constructs");
  const made = readout(platform);
  const domainIds = new Map<string, string>();
  for (const domain of made.domains) domainIds.set(domain.name, await domainIdOf(admin, domain.domainName));
  const sessions = new Map<string, StudioSession>();
  const bySignOn = new Set(platform.domains.filter((one) => one.auth === "SSO").map((one) => one.name));
  const opened = made.users.filter((one) => !bySignOn.has(one.domain));
  const skipped = made.users.length - opened.length;
  if (skipped > 0)
    io.emit({
      type: "warning",
      text: `${skipped} user${skipped === 1 ? "" : "s"} of ${[...bySignOn].map((one) => `\`${one}\``).join(", ")} not tried: only Identity Center opens Studio in SSO mode, no API does`,
      help: "`sagekeep simulate` and `sagekeep explain` judge what their roles may do",
    });
  await step(
    io,
    "sign-in",
    "sign in as each user",
    async () => {
      for (const { name, domain, profileName } of opened)
        sessions.set(
          name,
          await signIn(admin, domainIds.get(domain) as string, profileName, { connectTimeout: NO_PATH }),
        );
    },
    () => `(${sessions.size} Studio sessions)`,
  );
  const exports = await exportsOf(admin);
  const expectations = accessExpectations(platform).filter((one) => sessions.has(one.user));
  const results = await step(
    io,
    "attempt",
    "attempt every operation over the wire",
    async () => {
      const byUser = group(expectations);
      // users side by side, each user's attempts in order: later ones may build on earlier ones
      const all = await Promise.all(
        [...byUser].map(async ([user, own]) => {
          const session = sessions.get(user) as StudioSession;
          const clients = new Clients({
            ...as(admin.target, session.credentials, session.endpoint),
            connectTimeout: PATIENCE,
          });
          try {
            const done: AccessResult[] = [];
            for (const one of own) {
              const outcome = await attempt(clients, fillAttempt(one.request, exports) as Operation);
              done.push(judge(one, outcome));
              // what an attempt made is removed again, by the administrator if the user may not
              if (one.undo && outcome.outcome === "allowed")
                await attempt(admin, fillAttempt(one.undo, exports) as Operation);
            }
            return done;
          } finally {
            clients.close();
          }
        }),
      );
      return all.flat();
    },
    (done) => `(${done.length} attempts)`,
  );
  return {
    users: platform.users.flatMap(({ name, persona, team }) => {
      const arn = sessions.get(name)?.arn;
      return arn === undefined ? [] : [{ name, persona, team, arn }];
    }),
    results,
    surprises: results.filter((one) => !one.ok).length,
  };
}

function judge(expectation: Expectation, outcome: Attempt): AccessResult {
  const { user, persona, team, describe, request, expect, why } = expectation;
  return {
    user,
    persona,
    team,
    describe,
    operation: `${request.service}:${request.operation}`,
    expected: expect,
    why,
    actual: outcome.outcome,
    ok: outcome.outcome === expect,
    attempt: outcome,
  };
}

function group(expectations: readonly Expectation[]): Map<string, Expectation[]> {
  const map = new Map<string, Expectation[]>();
  for (const one of expectations) map.set(one.user, [...(map.get(one.user) ?? []), one]);
  return map;
}
