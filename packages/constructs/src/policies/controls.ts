/**
 * Preventive controls as denials. Three rules keep them honest:
 * a denial names only actions that support its key (AWS's list), it also holds when the key is missing, and
 * every key has a statement of its own, because the keys of one condition block are ANDed.
 */

import type { Exception, Platform } from "@sagekeep/spec";
import { allActions, supporting } from "../catalogue.ts";
import type { Scope } from "../scope.ts";
import { both, type Condition, type Statement } from "./statement.ts";

export type Control = Exception["control"];

/** Actions that start work or define it: what the job controls are about. */
const WORK =
  /^(Create|Update)(AutoMLJob(V2)?|HyperParameterTuningJob|Job|Model|ProcessingJob|TrainingJob|TransformJob|MonitoringSchedule|(DataQuality|ModelBias|ModelExplainability|ModelQuality)JobDefinition)$/;
/** Endpoints take their network from the model, their disks and machines from the endpoint's configuration. */
const WORK_AND_ENDPOINTS = new RegExp(`${WORK.source}|^CreateEndpointConfig$`);
/** Everything that starts a machine for a user. */
const MACHINES = new RegExp(`${WORK_AND_ENDPOINTS.source}|^(Create|Update)(App|Space)$`);
/**
 * A schedule may point at a definition by name and then carries no settings itself; those of the definition
 * were controlled when it was made. An inline definition always names an instance type.
 */
const INLINE_ONLY: Condition = { Null: { "sagemaker:InstanceTypes": "false" } };

function actionsFor(key: string, among: RegExp): { plain: string[]; schedules: string[] } {
  const names = supporting(`sagemaker:${key}`).filter((name) => among.test(name));
  const schedules = names.filter((name) => name.endsWith("MonitoringSchedule"));
  const plain = names.filter((name) => !schedules.includes(name));
  return {
    plain: compact(
      plain,
      allActions().map((one) => one.name),
    ).map((name) => `sagemaker:${name}`),
    schedules: schedules.map((name) => `sagemaker:${name}`),
  };
}

/** Families of actions that always come together: one pattern instead of many names keeps policies small. */
const PATTERNS = ["Create*JobDefinition", "CreateAutoMLJob*"] as const;

/** Replaces names by a pattern where the pattern matches exactly these names and no other action. */
function compact(names: readonly string[], all: readonly string[]): string[] {
  let rest = [...names];
  const used: string[] = [];
  for (const pattern of PATTERNS) {
    const [start = "", end = ""] = pattern.split("*");
    const fits = (name: string) => name.startsWith(start) && name.endsWith(end);
    const matched = all.filter(fits);
    if (!matched.every((name) => names.includes(name))) continue;
    rest = rest.filter((name) => !fits(name));
    used.push(pattern);
  }
  return [...rest, ...used];
}

/** A denial that also holds when the key is missing, for jobs and for schedules with inline definitions. */
function mustHave(sid: string, key: string, missing: Condition, among = WORK): Statement[] {
  const { plain, schedules } = actionsFor(key, among);
  const reason = "denied for any resource: the condition decides";
  const statements: Statement[] = [
    { Sid: sid, Effect: "Deny", Action: plain, Resource: ["*"], Condition: missing, reason },
  ];
  if (schedules.length > 0)
    statements.push({
      Sid: `${sid}InSchedules`,
      Effect: "Deny",
      Action: schedules,
      Resource: ["*"],
      Condition: mergeNull(missing, INLINE_ONLY),
      reason,
    });
  return statements;
}

function mustBe(sid: string, key: string, wrong: Condition, among = WORK): Statement[] {
  const { plain, schedules } = actionsFor(key, among);
  const reason = "denied for any resource: the condition decides";
  return [
    { Sid: sid, Effect: "Deny", Action: [...plain, ...schedules], Resource: ["*"], Condition: wrong, reason },
  ];
}

function mergeNull(one: Condition, other: Condition): Condition {
  return both(one, other);
}

const isMissing = (key: string): Condition => ({ Null: { [`sagemaker:${key}`]: "true" } });

/** The denials of one control, exceptions not yet applied. */
function statementsOf(control: Control, scope: Scope): Statement[] {
  const { controls } = scope.platform;
  switch (control) {
    case "vpc":
      return [
        ...mustHave("DenyNoSubnets", "VpcSubnets", isMissing("VpcSubnets")),
        ...mustHave("DenyNoGroups", "VpcSecurityGroupIds", isMissing("VpcSecurityGroupIds")),
        ...mustBe("DenyOtherSubnets", "VpcSubnets", {
          "ForAnyValue:StringNotEquals": { "sagemaker:VpcSubnets": scope.subnets() },
        }),
        ...mustBe("DenyOtherGroups", "VpcSecurityGroupIds", {
          "ForAnyValue:StringNotEquals": { "sagemaker:VpcSecurityGroupIds": scope.jobGroup() },
        }),
      ];
    case "volumeKey":
      return [
        ...mustHave("DenyNoVolumeKey", "VolumeKmsKeyArn", isMissing("VolumeKmsKeyArn"), WORK_AND_ENDPOINTS),
        ...otherKey(
          "DenyOtherVolumeKey",
          "VolumeKmsKeyArn",
          scope.platform.controls.keys === "customer" ? [scope.key("jobs")] : [],
        ),
      ];
    case "outputKey":
      return [
        ...mustHave("DenyNoOutputKey", "OutputKmsKeyArn", isMissing("OutputKmsKeyArn")),
        ...otherKey(
          "DenyOtherOutputKey",
          "OutputKmsKeyArn",
          scope.platform.controls.keys === "customer" ? [scope.key("data"), scope.key("jobs")] : [],
        ),
      ];
    case "trafficEncryption":
      return mustHave("DenyPlainTraffic", "InterContainerTrafficEncryption", {
        BoolIfExists: { "sagemaker:InterContainerTrafficEncryption": "false" },
      });
    case "networkIsolation":
      return mustHave("DenyNoIsolation", "NetworkIsolation", {
        BoolIfExists: { "sagemaker:NetworkIsolation": "false" },
      });
    case "instanceTypes": {
      if (controls.instanceTypes === "any") return [];
      const types = [...controls.instanceTypes, "system"];
      return [
        ...mustBe(
          "DenyOtherInstances",
          "InstanceTypes",
          { "ForAnyValue:StringNotLike": { "sagemaker:InstanceTypes": types } },
          MACHINES,
        ),
        {
          Sid: "DenyUnlimitedAutoML",
          Effect: "Deny",
          Action: ["sagemaker:CreateAutoMLJob", "sagemaker:CreateAutoMLJobV2"],
          Resource: ["*"],
          reason: "AutoML chooses its own instance types and supports no key to limit them",
        },
      ];
    }
  }
}

/** A key that is given must be ours; one that is missing is the other statement's business. */
function otherKey(sid: string, key: string, keys: readonly string[]): Statement[] {
  if (keys.length === 0) return [];
  return mustBe(
    sid,
    key,
    { Null: { [`sagemaker:${key}`]: "false" }, ArnNotEquals: { [`sagemaker:${key}`]: keys } },
    WORK_AND_ENDPOINTS,
  );
}

function isRequired(platform: Platform, control: Control): boolean {
  if (control === "instanceTypes") return platform.controls.instanceTypes !== "any";
  return platform.controls.jobs[control] === "required";
}

const CONTROLS: readonly Control[] = [
  "vpc",
  "volumeKey",
  "outputKey",
  "trafficEncryption",
  "networkIsolation",
  "instanceTypes",
];

/** All denials for one persona. An exception lifts a control for one team until its day, by the clock of IAM. */
export function controlStatements(scope: Scope, persona: string): Statement[] {
  const { platform } = scope;
  return CONTROLS.filter((control) => isRequired(platform, control)).flatMap((control) => {
    const statements = statementsOf(control, scope);
    const exceptions = platform.exceptions.filter(
      (one) => one.control === control && (one.persona === undefined || one.persona === persona),
    );
    return exceptions.length === 0
      ? statements
      : statements.flatMap((statement) => withExceptions(statement, exceptions));
  });
}

function withExceptions(statement: Statement, exceptions: readonly Exception[]): Statement[] {
  const exempt = [...new Set(exceptions.map((one) => one.team))];
  const others: Statement = {
    ...statement,
    Condition: both(statement.Condition, { StringNotEquals: { "aws:PrincipalTag/team": exempt } }),
  };
  const expiries = exempt.map((team): Statement => {
    const last = exceptions
      .filter((one) => one.team === team)
      .map((one) => one.expires)
      .sort()
      .at(-1)!;
    return {
      ...statement,
      Sid: `${statement.Sid}${pascalTeam(team)}Expired`,
      Condition: both(statement.Condition, {
        StringEquals: { "aws:PrincipalTag/team": team },
        DateGreaterThanEquals: { "aws:CurrentTime": `${last}T00:00:00Z` },
      }),
    };
  });
  return [others, ...expiries];
}

function pascalTeam(team: string): string {
  return team
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
