/**
 * Practice roles: what a step's policy is tried on. The platform's own roles already carry the finished controls, so a
 * learner's policy would never be what decides there. A practice role may do the work and has no control at all: what
 * it is refused, the learner's file refuses.
 */
import type { InputOf } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { sagekeepCommand } from "../../command-text.ts";
import { type AttemptResult, call, type Experiment, type Task } from "../../model.ts";
import { fillIn } from "../../placeholders.ts";

/** Name of the inline policy that holds the learner's document. */
const LEARNED = "learned";
/** Name of the inline policy a practice role is born with. */
const GIVEN = "given";
const gone = (error: unknown) => /NoSuchEntity/.test((error as Error).name);

export interface PracticeRole {
  /** Ends the role's name, `PLATFORM-lab3-NAME`. */
  name: string;
  /** Statements of what it may do without the learner's policy. */
  given: (bench: Bench) => Promise<object[]> | object[];
  tags?: (bench: Bench) => Promise<Record<string, string>>;
  /** Its trust policy. @default the account's identities may assume it */
  trust?: (bench: Bench) => object;
}

export const practiceRoleName = (bench: Pick<Bench, "platform">, name: string) =>
  `${bench.platform}-lab3-${name}`;

/** The role of an experiment. */
export const practiceActor = (bench: Bench, name: string): { role: string } => ({
  role: practiceRoleName(bench, name),
});

/** Makes the role; one left by an interrupted run is replaced. */
export async function makePracticeRole(bench: Bench, role: PracticeRole): Promise<void> {
  const RoleName = practiceRoleName(bench, role.name);
  await removePracticeRole(bench, role.name);
  const tags = { "sagekeep:lab": "03-controls", ...(await role.tags?.(bench)) };
  await bench.admin.call("iam", "CreateRole", {
    RoleName,
    Description: "sagekeep lab 3: a practice role, removed after its step",
    AssumeRolePolicyDocument: JSON.stringify((role.trust ?? ownAccount)(bench)),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  await putPolicy(bench, RoleName, GIVEN, await role.given(bench));
}

const ownAccount = ({ account }: Bench) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" },
  ],
});

export async function removePracticeRole(bench: Bench, name: string): Promise<void> {
  const RoleName = practiceRoleName(bench, name);
  try {
    const { PolicyNames } = await bench.admin.call("iam", "ListRolePolicies", { RoleName });
    for (const PolicyName of PolicyNames ?? [])
      await bench.admin.call("iam", "DeleteRolePolicy", { RoleName, PolicyName });
    await bench.admin.call("iam", "DeleteRole", { RoleName });
  } catch (error) {
    if (!gone(error)) throw error;
  }
  // credentials of a role that is gone are of no use, even when one of the same name comes back
  bench.forgetAll();
}

async function putPolicy(bench: Bench, RoleName: string, PolicyName: string, Statement: object[]) {
  if (Statement.length === 0) return;
  await bench.admin.call("iam", "PutRolePolicy", {
    RoleName,
    PolicyName,
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
}

/** How a learner's file comes into force on practice roles and goes again. */
export function onPracticeRoles(...names: string[]): Pick<Task, "apply" | "remove"> {
  return {
    async apply(bench, document) {
      const PolicyDocument = await fillIn(bench, document);
      for (const name of names)
        await bench.admin.call("iam", "PutRolePolicy", {
          RoleName: practiceRoleName(bench, name),
          PolicyName: LEARNED,
          PolicyDocument,
        });
    },
    async remove(bench) {
      for (const name of names)
        await bench.admin
          .call("iam", "DeleteRolePolicy", {
            RoleName: practiceRoleName(bench, name),
            PolicyName: LEARNED,
          })
          .catch((error: unknown) => {
            if (!gone(error)) throw error;
          });
    },
  };
}

/** Asks IAM's policy simulator what the role's policies say of a request: for requests that no client can send. */
export function simulation(
  bench: Bench,
  name: string,
  question: { action: string; resource: string; context: Record<string, string | string[]> },
): Experiment["attempt"] {
  const PolicySourceArn = `arn:aws:iam::${bench.account}:role/${practiceRoleName(bench, name)}`;
  const ContextEntries = Object.entries(question.context).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyValues: [value].flat(),
    ContextKeyType: Array.isArray(value) ? ("stringList" as const) : ("string" as const),
  }));
  const ResourceArn = `arn:aws:sagemaker:${bench.region}:${bench.account}:${question.resource}`;
  const request = call("iam", "SimulatePrincipalPolicy", {
    PolicySourceArn,
    ActionNames: [question.action],
    ResourceArns: [ResourceArn],
    ...(ContextEntries.length > 0 && { ContextEntries }),
  });
  return {
    command: sagekeepCommand(request, "admin"),
    async run({ admin }): Promise<AttemptResult> {
      const { EvaluationResults } = await admin.call(
        "iam",
        "SimulatePrincipalPolicy",
        request.input as unknown as InputOf<"iam", "SimulatePrincipalPolicy">,
      );
      const decision = EvaluationResults?.[0]?.EvalDecision;
      if (decision === "allowed") return { outcome: "allowed" };
      return { outcome: "denied", message: `the simulator says ${decision}` };
    },
  };
}
