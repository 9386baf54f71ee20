/**
 * A role of the lab: stands for a person or a job whose only permissions are the ones a step is about. Made by
 * `prepare`, removed by `undo`; both can be run again.
 */
import type { Bench } from "../../bench.ts";
import { fillIn } from "../../placeholders.ts";
import { arnOfRole } from "./people.ts";

/** Name of the one inline policy of each role of the lab. */
export const POLICY = "lab";

export interface LabRole {
  /** Without the platform's prefix. */
  name: string;
  /** Who may take it. @default principals of the account whose own policies allow it */
  service?: string;
  tags?: Record<string, string>;
  policy?: object;
}

export const labRoleName = (bench: Bench, name: string) => `${bench.platform}-lab-${name}`;
export const labRoleArn = (bench: Bench, name: string) => arnOfRole(bench, labRoleName(bench, name));

export async function makeLabRole(bench: Bench, role: LabRole): Promise<string> {
  const { name, service, tags = {}, policy } = role;
  const RoleName = labRoleName(bench, name);
  const Principal = service ? { Service: service } : { AWS: `arn:aws:iam::${bench.account}:root` };
  await bench.admin
    .call("iam", "CreateRole", {
      RoleName,
      Description: "made by a step of the labs; its undo removes it",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          // the domain puts its users' names on the sessions of their jobs
          {
            Effect: "Allow",
            Principal,
            Action: ["sts:AssumeRole", ...(service ? ["sts:SetSourceIdentity"] : [])],
          },
        ],
      }),
      Tags: Object.entries({ ...tags, "sagekeep:lab": "01-domain" }).map(([Key, Value]) => ({ Key, Value })),
    })
    .catch(unless("EntityAlreadyExistsException"));
  if (policy) await putLabPolicy(bench, name, JSON.stringify(policy));
  if (!service) await untilAssumable(bench, RoleName);
  return RoleName;
}

/** @param document may hold the labs' placeholders */
export async function putLabPolicy(bench: Bench, name: string, document: string): Promise<void> {
  const RoleName = labRoleName(bench, name);
  const PolicyDocument = await fillIn(bench, document);
  await bench.admin.call("iam", "PutRolePolicy", { RoleName, PolicyName: POLICY, PolicyDocument });
}

export async function dropLabPolicy(bench: Bench, name: string): Promise<void> {
  const RoleName = labRoleName(bench, name);
  await bench.admin
    .call("iam", "DeleteRolePolicy", { RoleName, PolicyName: POLICY })
    .catch(unless("NoSuchEntityException"));
}

export async function dropLabRole(bench: Bench, name: string): Promise<void> {
  await dropLabPolicy(bench, name);
  await bench.admin
    .call("iam", "DeleteRole", { RoleName: labRoleName(bench, name) })
    .catch(unless("NoSuchEntityException"));
  // sessions of the role are worth nothing any more, also not for one of the same name
  bench.forgetAll();
}

/** Swallows one error: the work was done before. */
export function unless(name: string) {
  return (error: unknown): void => {
    if ((error as Error).name !== name) throw error;
  };
}

/** AWS takes some seconds until a new role can be assumed everywhere. */
async function untilAssumable(bench: Bench, RoleName: string): Promise<void> {
  const input = { RoleArn: arnOfRole(bench, RoleName), RoleSessionName: "sagekeep-lab" };
  for (let tries = bench.isLocal ? 1 : 15; tries > 0; tries--) {
    try {
      await bench.admin.call("sts", "AssumeRole", input);
      return;
    } catch (error) {
      if (tries === 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}
