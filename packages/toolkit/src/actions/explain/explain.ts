/** Why somebody may or may not do something, and the smallest change that would turn the answer. */
import type { Explanation, StatementReport } from "@sagekeep/engine";
import { Judge, type Position, type Question } from "../../account/judge.ts";
import type { AccountSnapshot, Gap } from "../../account/snapshot.ts";
import { findWho } from "../../account/who.ts";
import { ToolkitError } from "../../errors.ts";

export interface ExplainOptions {
  who: string;
  /** `sagemaker:CreateApp` */
  action: string;
  /** ARN, `*`, or `bucket/key` for S3. @default "*" */
  resource?: string;
  /** `studio`, `internet`, an address, or an endpoint id. @default studio for a Studio user, else internet */
  from?: string;
  /** Further condition keys. */
  context?: Record<string, string | string[]>;
}

export interface ExplainedAccess {
  who: string;
  from: string;
  explanation: Explanation;
  /** What would turn the answer, smallest first. */
  changes: string[];
  gaps: Gap[];
}

export function explainAccess(snapshot: AccountSnapshot, options: ExplainOptions): ExplainedAccess {
  const who = findWho(snapshot, options.who);
  if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(options.action)) {
    throw new ToolkitError("EXPLAIN0002", `\`${options.action}\` is not an action`, {
      help: "write it as `service:Action`, e.g. `sagemaker:CreateApp`",
      exit: "invalid",
    });
  }
  const resource = fullArn(options.resource ?? "*", options.action);
  const from = positionOf(options.from, who.profile?.vpcId);
  const question: Question = {
    ...who,
    action: options.action,
    resource,
    from,
    ...(options.context && { context: options.context }),
  };
  const explanation = new Judge(snapshot).explain(question);
  return {
    who: who.profile ? `${who.profile.name} (${who.principal.name})` : who.principal.name,
    from: describe(from),
    explanation,
    changes: changesFor(explanation),
    gaps: snapshot.gaps,
  };
}

/** S3 resources may be written without their ARN. */
function fullArn(resource: string, action: string): string {
  if (resource === "*" || resource.startsWith("arn:")) return resource;
  if (action.startsWith("s3:")) return `arn:aws:s3:::${resource.replace(/^s3:\/\//, "")}`;
  throw new ToolkitError("EXPLAIN0003", `\`${resource}\` is not an ARN`, {
    help: "give the resource's ARN, or `*`",
    exit: "invalid",
  });
}

function positionOf(from: string | undefined, vpcId: string | undefined): Position {
  if (from === undefined) return vpcId ? { kind: "vpc", vpcId } : { kind: "internet" };
  if (from === "internet") return { kind: "internet" };
  if (from === "studio") {
    if (vpcId) return { kind: "vpc", vpcId };
    throw new ToolkitError("EXPLAIN0004", "only users of a VpcOnly domain work from `studio`", {
      help: "use `--from internet`, a VPC or an endpoint id",
      exit: "invalid",
    });
  }
  if (from.startsWith("vpce-")) return { kind: "endpoint", id: from };
  if (from.startsWith("vpc-")) return { kind: "vpc", vpcId: from };
  if (/^[\d.]+$|:/.test(from)) return { kind: "internet", sourceIp: from };
  throw new ToolkitError("EXPLAIN0004", `\`${from}\` is not a position`, {
    help: "give `studio`, `internet`, an address, a VPC or an endpoint id",
    exit: "invalid",
  });
}

function describe(from: Position): string {
  switch (from.kind) {
    case "internet":
      return from.sourceIp ? `the internet (${from.sourceIp})` : "the internet";
    case "vpc":
      return `inside ${from.vpcId}`;
    case "endpoint":
      return `through ${from.id}`;
  }
}

/** In words: what one would change, most specific first. */
export function changesFor(explanation: Explanation): string[] {
  const { outcome, action, resource, blockedBy, wouldAllow, by, layers } = explanation;
  if (outcome === "Allowed") {
    const grant = layers.flatMap((one) => one.matched).find((one) => one.effect === "Allow");
    return grant ? [`deny it: remove ${name(grant)}, or add a Deny for ${action} on ${resource}`] : [];
  }
  if (blockedBy) {
    const held = blockedBy.conditions.filter((one) => one.holds);
    return [
      ...held.map(
        (one) =>
          `make ${name(blockedBy)} not apply: ${one.operator} ${one.key} holds now (policy ${list(one.policyValues)}, request ${list(one.requestValues)})`,
      ),
      `remove or narrow ${name(blockedBy)}`,
    ];
  }
  const near = wouldAllow.flatMap((one) => {
    const failed = one.conditions.filter((condition) => !condition.holds);
    if (!one.resourceMatches) return [`let ${name(one)} cover ${resource}`];
    if (!one.principalMatches) return [`let ${name(one)} name the caller`];
    return failed.length
      ? [
          `satisfy ${name(one)}: ${failed.map((c) => `${c.operator} ${c.key} = ${list(c.policyValues)} (request has ${list(c.requestValues)})`).join(", ")}`,
        ]
      : [];
  });
  return [...near, `add an Allow for ${action} on ${resource} to the ${by} layer`];
}

function name({ policy, sid, index }: StatementReport): string {
  return `\`${policy}\`, statement ${sid ? `\`${sid}\`` : index + 1}`;
}

function list(values: string | readonly string[] | undefined): string {
  if (values === undefined) return "none";
  const all = typeof values === "string" ? [values] : values;
  return (
    all
      .slice(0, 3)
      .map((one) => `\`${one}\``)
      .join(", ") + (all.length > 3 ? " …" : "")
  );
}
