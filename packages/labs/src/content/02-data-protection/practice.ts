/**
 * Practice roles and practice users: those a learner's policy is tried on. The platform's own roles already carry
 * finished policies, so that a learner's file would never be what decides there. Practice roles may do what a step
 * gives them and nothing else; they are made for a step and go with it. All names start with `PLATFORM-lab2-`.
 */
import type { Bench } from "../../bench.ts";
import type { Task } from "../../model.ts";
import { fillIn } from "../../placeholders.ts";

/** Inline policies of a practice role: what the step gives, and the learner's document. */
const GIVEN = "given";
const LEARNED = "learned";
const gone = (error: unknown) => /NoSuchEntity/.test((error as Error).name);

type Statements = (bench: Bench) => object[];

export const roleName = (bench: Pick<Bench, "platform">, name: string) => `${bench.platform}-lab2-${name}`;
export const roleArn = (bench: Pick<Bench, "platform" | "account">, name: string) =>
  `arn:aws:iam::${bench.account}:role/${roleName(bench, name)}`;
/** A role as the actor of an experiment. */
export const role = (bench: Bench, name: string) => ({ role: roleName(bench, name) });

/** Makes a role that the administrator and Studio may take; one left by an interrupted run is replaced. */
export async function makeRole(
  bench: Bench,
  name: string,
  tags: Record<string, string>,
  given: Statements,
): Promise<void> {
  const RoleName = roleName(bench, name);
  await removeRole(bench, name);
  await bench.admin.call("iam", "CreateRole", {
    RoleName,
    Description: "sagekeep lab 2: a practice role, removed after its step",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${bench.account}:root` },
          Action: "sts:AssumeRole",
        },
        {
          Effect: "Allow",
          Principal: { Service: "sagemaker.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
        },
      ],
    }),
    Tags: Object.entries({ "sagekeep:lab": "02-data-protection", ...tags }).map(([Key, Value]) => ({
      Key,
      Value,
    })),
  });
  await putPolicy(bench, name, GIVEN, JSON.stringify({ Version: "2012-10-17", Statement: given(bench) }));
}

export async function removeRole(bench: Bench, name: string): Promise<void> {
  const RoleName = roleName(bench, name);
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

async function putPolicy(bench: Bench, name: string, PolicyName: string, PolicyDocument: string) {
  await bench.admin.call("iam", "PutRolePolicy", {
    RoleName: roleName(bench, name),
    PolicyName,
    PolicyDocument,
  });
}

/** How a learner's file comes into force on practice roles and goes again. */
export function onRoles(...names: string[]): Pick<Task, "kind" | "apply" | "remove"> {
  return {
    kind: "inline",
    async apply(bench, document) {
      const filled = await fillIn(bench, document);
      for (const name of names) await putPolicy(bench, name, LEARNED, filled);
    },
    async remove(bench) {
      for (const name of names)
        await bench.admin
          .call("iam", "DeleteRolePolicy", { RoleName: roleName(bench, name), PolicyName: LEARNED })
          .catch((error: unknown) => {
            if (!gone(error)) throw error;
          });
    },
  };
}

const POLL_MS = 250;
const POLLS = 480;

/** Makes a Studio user whose apps run as a practice role. */
export async function makeUser(bench: Bench, domain: string, user: string, name: string): Promise<void> {
  await removeUser(bench, domain, user);
  const id = { DomainId: await bench.domainId(domain), UserProfileName: user };
  const settings = { UserSettings: { ExecutionRole: roleArn(bench, name) } };
  // on AWS a role is known everywhere only after some seconds
  for (let tries = 0; ; tries++)
    try {
      await bench.admin.call("sagemaker", "CreateUserProfile", { ...id, ...settings });
      break;
    } catch (error) {
      if (tries >= 20 || !/assume role/i.test((error as Error).message)) throw error;
      await pause();
    }
  for (let polls = 0; polls < POLLS; polls++) {
    const { Status, FailureReason } = await bench.admin.call("sagemaker", "DescribeUserProfile", id);
    if (Status === "InService") return;
    if (Status === "Failed") throw new Error(`the profile \`${user}\` could not be made: ${FailureReason}`);
    await pause();
  }
  throw new Error(`the profile \`${user}\` is still not in service after two minutes`);
}

export async function removeUser(bench: Bench, domain: string, user: string): Promise<void> {
  const id = { DomainId: await bench.domainId(domain), UserProfileName: user };
  const absent = (error: unknown) => (error as Error).name === "ResourceNotFound";
  bench.forget(user);
  try {
    await bench.admin.call("sagemaker", "DeleteUserProfile", id);
    for (let polls = 0; polls < POLLS; polls++) {
      await bench.admin.call("sagemaker", "DescribeUserProfile", id);
      await pause();
    }
    throw new Error(`the profile \`${user}\` is still there after two minutes`);
  } catch (error) {
    if (!absent(error)) throw error;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
