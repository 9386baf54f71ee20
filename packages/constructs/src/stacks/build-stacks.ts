/** Which stacks a platform has, and in which order they deploy. */

import type { Platform } from "@sagekeep/spec";
import type { App } from "aws-cdk-lib/core";
import { AccessStack } from "./access-stack.ts";
import { DataStack } from "./data-stack.ts";
import { DomainStack } from "./domain-stack.ts";
import { NetworkStack } from "./network-stack.ts";
import { PersonaStack } from "./persona-stack.ts";
import { TeamsStack } from "./teams-stack.ts";
import { UsersStack } from "./users-stack.ts";

/** Users a stack: a profile is about 700 bytes of template. */
const USERS_A_STACK = 50;
/** Teams a stack: a team with every kind of job is about 20 KB of template. */
const TEAMS_A_STACK = 1;

export function buildStacks(app: App, platform: Platform): void {
  const network = new NetworkStack(app, { platform });
  const access = new AccessStack(app, { platform });
  const personas = platform.personas.map((persona) => {
    const stack = new PersonaStack(app, persona, { platform });
    stack.addStackDependency(network);
    return stack;
  });
  new DataStack(app, { platform });
  const domains = platform.domains.map((domain) => {
    const stack = new DomainStack(app, domain, { platform });
    stack.addStackDependency(network);
    stack.addStackDependency(access);
    return stack;
  });
  const teams = new Map<string, TeamsStack>();
  for (const group of chunks(platform.teams, TEAMS_A_STACK)) {
    const stack = new TeamsStack(app, { platform, teams: group, id: `team-${group[0]!.name}` });
    for (const one of [...personas, ...domains]) stack.addStackDependency(one);
    for (const team of group) teams.set(team.name, stack);
  }
  for (const domain of platform.domains) {
    const users = platform.users.filter((user) => user.domain === domain.name);
    for (const [index, group] of chunks(users, USERS_A_STACK).entries()) {
      const id = index === 0 ? `users-${domain.name}` : `users-${domain.name}-${index + 1}`;
      const stack = new UsersStack(app, { platform, users: group, id });
      for (const team of new Set(group.map((user) => teams.get(user.team)!))) stack.addStackDependency(team);
    }
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let start = 0; start < items.length; start += size) groups.push(items.slice(start, start + size));
  return groups;
}
