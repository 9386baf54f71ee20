/** Which stacks a platform has, and in which order they deploy. */

import { type DataSet, type Platform, personaOf, readersOf, type Team, type User } from "@sagekeep/spec";
import type { App, Stack } from "aws-cdk-lib/core";
import { AccessStack } from "./access-stack.ts";
import { DataStack } from "./data-stack.ts";
import { DomainStack } from "./domain-stack.ts";
import { GuardrailsStack } from "./guardrails-stack.ts";
import { JobsStack } from "./jobs-stack.ts";
import { KeysStack } from "./keys-stack.ts";
import { LogsStack } from "./logs-stack.ts";
import { NetworkStack } from "./network-stack.ts";
import { PersonaStack } from "./persona-stack.ts";
import { TeamsStack } from "./teams-stack.ts";
import { UsersStack } from "./users-stack.ts";

/** Room left in a template of 51,200 bytes: estimates below are from above. */
const BUDGET = 44_000;

export function buildStacks(app: App, platform: Platform): void {
  const after = <T extends Stack>(stack: T, before: readonly Stack[]): T => {
    for (const one of before) stack.addStackDependency(one);
    return stack;
  };
  const network = new NetworkStack(app, { platform });
  const keys =
    platform.controls.keys === "customer" ? [after(new KeysStack(app, { platform }), [network])] : [];
  const base = [network, ...keys];
  const access = after(new AccessStack(app, { platform }), base);
  const personas = platform.personas.map((persona) =>
    after(new PersonaStack(app, persona, { platform }), base),
  );
  const hasJobs = platform.teams.some((team) => team.workloads.length > 0);
  const jobs = hasJobs ? [after(new JobsStack(app, { platform }), base)] : [];
  const domains = platform.domains.map((domain) =>
    after(new DomainStack(app, domain, { platform }), [...base, access]),
  );
  const teams = buildTeams(app, platform, [...personas, ...jobs, ...domains], after);
  buildData(app, platform, base, after);
  buildUsers(app, platform, teams, after);
  if (platform.guardrails) new GuardrailsStack(app, { platform });
}

type After = <T extends Stack>(stack: T, before: readonly Stack[]) => T;

function buildTeams(
  app: App,
  platform: Platform,
  before: readonly Stack[],
  after: After,
): Map<string, Stack> {
  const bytes = (team: Team) =>
    1_500 + team.personas.length * 3_500 + team.workloads.length * 1_600 + team.spaces.length * 150;
  const stacks = new Map<string, Stack>();
  for (const [index, group] of fill(platform.teams, bytes).entries()) {
    const stack = after(
      new TeamsStack(app, { platform, teams: group, id: numbered("teams", index) }),
      before,
    );
    for (const team of group) stacks.set(team.name, stack);
  }
  return stacks;
}

function buildData(app: App, platform: Platform, base: readonly Stack[], after: After): void {
  if (platform.data.length === 0 && !platform.defaultBucket) return;
  const logs = new LogsStack(app, { platform });
  const bytes = (data: DataSet) => 5_500 + (data.accessPoints ? readersOf(data).length * 1_300 : 0);
  const groups = fill(platform.data, bytes, 6_000);
  for (const [index, group] of (groups.length > 0 ? groups : [[]]).entries()) {
    const withDefault = index === 0 && platform.defaultBucket;
    after(new DataStack(app, { platform, data: group, withDefault, id: numbered("data", index) }), [
      ...base,
      logs,
    ]);
  }
}

function buildUsers(app: App, platform: Platform, teams: Map<string, Stack>, after: After): void {
  for (const domain of platform.domains) {
    const users = platform.users.filter((user) => user.domain === domain.name);
    const bytes = (user: User) => {
      const spaces = platform.teams
        .find((team) => team.name === user.team)!
        .spaces.filter((space) => space.owner === user.name);
      return 900 + (user.space ? 700 : 0) + spaces.length * 700 + personaOf(platform, user).name.length;
    };
    for (const [index, group] of fill(users, bytes).entries()) {
      const id = numbered(`users-${domain.name}`, index);
      after(new UsersStack(app, { platform, users: group, id }), [
        ...new Set(group.map((user) => teams.get(user.team)!)),
      ]);
    }
  }
}

function numbered(id: string, index: number): string {
  return index === 0 ? id : `${id}-${index + 1}`;
}

/** Fills groups in order up to the budget. */
function fill<T>(items: readonly T[], bytes: (item: T) => number, used = 0): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = bytes(item);
    if (groups.length === 0 || needed > room) {
      groups.push([]);
      room = BUDGET - (groups.length === 1 ? used : 0);
    }
    groups.at(-1)!.push(item);
    room -= needed;
  }
  return groups;
}
