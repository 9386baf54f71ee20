/**
 * A persona's policies, by purpose: what it sees, where it works, what it works on, and what is denied.
 *
 * They name no team: the team and the domain are tags of the role, so that one set serves every team.
 */

import type { Capability, Persona, Team } from "@sagekeep/spec";
import { KINDS, pascal } from "../kinds.ts";
import type { Scope } from "../scope.ts";
import {
  domainRegistryStatements,
  imagePullStatements,
  logStatements,
  readStatements,
  serviceCatalogStatements,
  settingsStatements,
} from "./baseline.ts";
import { controlStatements } from "./controls.ts";
import { dataKeyStatements, jobKeyStatements, studioKeyStatements } from "./data.ts";
import { deniedServices, teamIsolation } from "./denials.ts";
import { passRole, passRoleStatements } from "./jobs.ts";
import type { Statement } from "./statement.ts";
import {
  administrationStatements,
  canvasStatements,
  sharedSpaceStatements,
  studioStatements,
} from "./studio.ts";
import { tagging, workWith } from "./work.ts";

const PURPOSES = ["baseline", "studio", "science", "operations", "denials", "controls"] as const;
type Purpose = (typeof PURPOSES)[number];

/** A persona's policies come in two families: what it may do, and what holds whatever it may. */
export const FAMILIES = ["access", "limits"] as const;
export type Family = (typeof FAMILIES)[number];

const FAMILY_OF: Readonly<Record<Purpose, Family>> = {
  baseline: "access",
  studio: "access",
  science: "access",
  operations: "access",
  denials: "limits",
  controls: "limits",
};

/** The statements of one family, by purpose; a policy is filled before the next begins, since a role takes ten. */
export function familyStatements(scope: Scope, persona: Persona, family: Family): Statement[] {
  return PURPOSES.filter((purpose) => FAMILY_OF[purpose] === family).flatMap((purpose) =>
    personaStatements(scope, persona, purpose),
  );
}

const PURPOSE_OF: Readonly<Record<Capability, Purpose | "team">> = {
  read: "baseline",
  settings: "baseline",
  logs: "baseline",
  "service-catalog": "baseline",
  studio: "studio",
  "shared-spaces": "team",
  canvas: "studio",
  images: "studio",
  "domain-administration": "studio",
  data: "team",
  jobs: "science",
  experiments: "science",
  models: "science",
  registry: "science",
  "feature-store": "science",
  "domain-registry": "science",
  pipelines: "operations",
  endpoints: "operations",
  monitoring: "operations",
};

/** The statements of one purpose; empty when the persona has no such capability. */
function personaStatements(scope: Scope, persona: Persona, purpose: Purpose): Statement[] {
  if (purpose === "denials") return [...deniedServices(persona), ...teamIsolation(scope.platform)];
  if (purpose === "controls")
    return persona.workloads.length > 0 || persona.statements.length > 0
      ? controlStatements(scope, persona.name)
      : [];
  const statements = persona.capabilities
    .filter((capability) => PURPOSE_OF[capability] === purpose)
    .flatMap((capability) => capabilityStatements(scope, capability));
  if (purpose === "studio" && persona.capabilities.includes("data"))
    statements.push(...dataKeyStatements(scope));
  if (purpose === "science" && persona.workloads.length > 0) statements.push(...jobKeyStatements(scope));
  if (purpose === "operations")
    statements.push(
      ...tagging(
        scope,
        persona.capabilities.flatMap((one) => KINDS[one] ?? []),
      ),
      ...ownStatements(persona),
    );
  return statements;
}

function capabilityStatements(scope: Scope, capability: Capability): Statement[] {
  switch (capability) {
    case "read":
      return readStatements(scope);
    case "settings":
      return settingsStatements(scope);
    case "logs":
      return logStatements(scope);
    case "service-catalog":
      return serviceCatalogStatements(scope);
    case "studio":
      return [...studioStatements(scope), ...imagePullStatements(scope), ...studioKeyStatements(scope)];
    case "canvas":
      return canvasStatements(scope);
    case "domain-administration":
      return administrationStatements(scope);
    case "domain-registry":
      return domainRegistryStatements(scope);
    case "shared-spaces":
    case "data":
      return [];
    case "jobs":
    case "experiments":
    case "models":
    case "registry":
    case "feature-store":
    case "pipelines":
    case "endpoints":
    case "monitoring":
    case "images":
      return workWith(scope, pascal(capability), KINDS[capability] ?? []);
  }
}

/** Statements the platform file adds as they are, with a Sid when they have none. */
function ownStatements(persona: Persona): Statement[] {
  return persona.statements.map((statement, index) => {
    const { Action, Resource, Sid, Effect, ...rest } = statement;
    const own = { Sid: Sid ?? `Own${index + 1}`, Effect, Action: listed(Action), Resource: listed(Resource) };
    return { ...(rest as Pick<Statement, "Condition">), ...own, reason: "written in the platform file" };
  });
}

function listed(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
}

/** The statements that name a team: its shared spaces, its job roles. Data has a policy of its own. */
export function teamStatements(scope: Scope, team: Team, persona: Persona): Statement[] {
  const can = new Set(persona.capabilities);
  return [
    ...(can.has("shared-spaces") ? sharedSpaceStatements(scope, team) : []),
    ...passRoleStatements(scope, team, persona),
    ...(can.has("domain-administration")
      ? [
          passRole(
            scope,
            "PassProfileRoles",
            team.personas.map((one) => scope.personaRole(team.name, one)),
          ),
        ]
      : []),
  ];
}
