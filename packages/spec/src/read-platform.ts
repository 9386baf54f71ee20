/** Reads platform.yaml: text in, a platform or every problem out. */

import { checkNames } from "./checks/names.ts";
import { checkNetwork } from "./checks/network.ts";
import { checkPersonas } from "./checks/personas.ts";
import { checkReferences } from "./checks/references.ts";
import { checkValues } from "./checks/values.ts";
import { PlatformError } from "./errors.ts";
import { Findings } from "./findings.ts";
import { dnsSuffixOf, partitionOf } from "./names.ts";
import { planNetwork } from "./network-plan.ts";
import { resolvePersona } from "./personas.ts";
import type { Persona, Platform, Team, User } from "./platform.ts";
import type { Problem } from "./problem.ts";
import { field } from "./raw.ts";
import { type PlatformDocument, platformSchema } from "./schema.ts";
import { reportIssue } from "./shape.ts";
import { readSource, type Source } from "./source.ts";

export interface ReadOptions {
  /** Name of the file, for messages. @default "platform.yaml" */
  readonly file?: string;
  /** Today as an ISO date, against which exceptions expire. @default the clock's date, UTC */
  readonly today?: string;
}

export interface ReadResult {
  /** Present when no problem is an error. */
  readonly platform?: Platform;
  /** Every problem of the file, in its order. */
  readonly problems: readonly Problem[];
}

/** Reads a platform file. Never throws for bad input: all problems come back together, with places. */
export function readPlatform(text: string, options: ReadOptions = {}): ReadResult {
  const file = options.file ?? "platform.yaml";
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const { source, problems } = readSource(text, file);
  if (problems.some((one) => one.severity === "error")) return { problems };
  const findings = new Findings(source);
  const raw = source.value;
  const parsed = platformSchema.safeParse(raw);
  if (!parsed.success) for (const issue of parsed.error.issues) reportIssue(findings, raw, issue);
  if (typeof raw === "object" && raw !== null) {
    checkReferences(findings, raw);
    checkPersonas(findings, raw);
    checkNetwork(findings, raw, networkOf(raw));
    checkNames(findings, raw);
    checkValues(findings, raw, today);
  }
  const all = [...problems, ...findings.problems].sort(
    (one, other) => one.place.line - other.place.line || one.place.column - other.place.column,
  );
  if (!parsed.success || all.some((one) => one.severity === "error")) return { problems: all };
  return { platform: toPlatform(parsed.data, source), problems: all };
}

/** Like `readPlatform`, for callers that want one or the other. @throws PlatformError with all problems */
export function parsePlatform(text: string, options: ReadOptions = {}): Platform {
  const { platform, problems } = readPlatform(text, options);
  if (platform === undefined) throw new PlatformError(problems);
  return platform;
}

function networkOf(raw: unknown): PlatformDocument["network"] | undefined {
  const parsed = platformSchema.shape.network.safeParse(field(raw, "network"));
  return parsed.success ? parsed.data : undefined;
}

function toPlatform(document: PlatformDocument, source: Source): Platform {
  const personas = new Map<string, Persona>();
  const teams: Team[] = Object.entries(document.teams).map(([name, team]) => {
    const users = Object.entries(team.users).map(([user, written]): User => {
      const own = typeof written === "string" ? { persona: written, space: false, tags: {} } : written;
      if (!personas.has(own.persona))
        personas.set(own.persona, resolvePersona(own.persona, document.personas)!);
      return {
        name: user,
        team: name,
        domain: team.domain,
        persona: own.persona,
        identity:
          document.domains[team.domain]?.auth === "SSO"
            ? (("identity" in own ? own.identity : undefined) ?? user)
            : undefined,
        space: own.space,
        instanceType: "instanceType" in own ? own.instanceType : undefined,
        tags: own.tags,
      };
    });
    const used = [...new Set(users.map((user) => user.persona))];
    const workloads = new Set(used.flatMap((persona) => personas.get(persona)!.workloads));
    return {
      name,
      domain: team.domain,
      users,
      personas: used,
      workloads: [...workloads],
      spaces: Object.entries(team.spaces).map(([space, written]) => ({ name: space, ...written })),
      groups: team.groups,
      tags: team.tags,
    };
  });
  return {
    name: document.name,
    description: document.description,
    region: document.region,
    partition: partitionOf(document.region),
    dnsSuffix: dnsSuffixOf(document.region),
    account: document.account,
    tags: document.tags,
    network: planNetwork(document.network),
    domains: Object.entries(document.domains).map(([name, domain]) => ({ name, ...domain })),
    teams,
    users: teams.flatMap((team) => team.users),
    personas: [...personas.values()],
    data: Object.entries(document.data).map(([name, data]) => ({ name, ...data })),
    defaultBucket: document.defaultBucket,
    controls: document.controls,
    exceptions: document.exceptions,
    access: document.access,
    identityCenter: document.identityCenter,
    guardrails: document.guardrails,
    budget: document.budget,
    guarantees: document.guarantees,
    source,
  };
}
