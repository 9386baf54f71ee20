/** Which stacks a platform has, and in which order they deploy. */

import type { Platform, Team, User } from "@sagekeep/spec";
import type { App, Stack } from "aws-cdk-lib/core";
import { PROFILES_A_STACK } from "../scope.ts";
import { AccessStack } from "./access-stack.ts";
import { DataStack } from "./data-stack.ts";
import { DomainStack } from "./domain-stack.ts";
import { EndpointsStack } from "./endpoints-stack.ts";
import { GuardrailsStack } from "./guardrails-stack.ts";
import { JobsStack } from "./jobs-stack.ts";
import { KeysStack } from "./keys-stack.ts";
import { LogsStack } from "./logs-stack.ts";
import { isCommon, NetworkStack } from "./network-stack.ts";
import { PersonaStack } from "./persona-stack.ts";
import { TeamStack } from "./team-stack.ts";
import { UsersStack } from "./users-stack.ts";

/** Name of the stack that a user's profile is deployed in now; undefined for a new user. */
export type DeployedStackOf = (user: string) => string | undefined;

/** Adds every stack of the platform to an app. */
export function buildStacks(
  app: App,
  platform: Platform,
  deployedStackOf: DeployedStackOf = () => undefined,
): void {
  const after = <T extends Stack>(stack: T, before: readonly Stack[]): T => {
    for (const one of before) stack.addStackDependency(one);
    return stack;
  };
  const network = new NetworkStack(app, { platform });
  if (platform.network.endpoints.some((name) => !isCommon(name)))
    after(new EndpointsStack(app, { platform }), [network]);
  const keys =
    platform.controls.keys === "customer" ? [after(new KeysStack(app, { platform }), [network])] : [];
  const base = [network, ...keys];
  const access = after(new AccessStack(app, { platform }), base);
  const personas = new Map(
    platform.personas.map((persona) => [
      persona.name,
      after(new PersonaStack(app, persona, { platform }), base),
    ]),
  );
  const hasJobs = platform.teams.some((team) => team.workloads.length > 0);
  const jobs = hasJobs ? [after(new JobsStack(app, { platform }), base)] : [];
  const domains = new Map(
    platform.domains.map((domain) => [
      domain.name,
      after(new DomainStack(app, domain, { platform }), [...base, access]),
    ]),
  );
  for (const team of platform.teams) {
    const [first = [], ...more] = placeUsers(platform, team, deployedStackOf);
    const before = [...team.personas.map((name) => personas.get(name)!), ...jobs, domains.get(team.domain)!];
    const stack = after(new TeamStack(app, { platform, team, users: first }), before);
    for (const [index, users] of more.entries())
      if (users.length > 0)
        after(new UsersStack(app, { platform, team, users, id: overflow(team, index) }), [stack]);
  }
  const sets = [...platform.data, ...(platform.defaultBucket ? [undefined] : [])];
  if (sets.length > 0) {
    const logs = new LogsStack(app, { platform });
    for (const data of sets) after(new DataStack(app, { platform, data }), [...base, logs]);
  }
  if (platform.guardrails) new GuardrailsStack(app, { platform });
}

function overflow(team: Team, index: number): string {
  return `team-${team.name}-users-${index + 2}`;
}

/**
 * Shares the users of a large team among stacks. A user who is deployed stays where they are, because a profile
 * that changes its stack is deleted and made again; a new one goes to the first stack with room.
 */
function placeUsers(platform: Platform, team: Team, deployedStackOf: DeployedStackOf): User[][] {
  const groups: User[][] = [[]];
  const waiting: User[] = [];
  const names = new Map<string, number>([[`${platform.name}-team-${team.name}`, 0]]);
  for (let index = 0; index < team.users.length; index++)
    names.set(`${platform.name}-${overflow(team, index)}`, index + 1);
  for (const user of team.users) {
    const place = names.get(deployedStackOf(user.name) ?? "");
    if (place === undefined) waiting.push(user);
    else {
      while (groups.length <= place) groups.push([]);
      groups[place]!.push(user);
    }
  }
  for (const user of waiting) {
    const room = groups.find((group) => group.length < PROFILES_A_STACK);
    if (room) room.push(user);
    else groups.push([user]);
  }
  return groups;
}
