/** Finds who is meant: a Studio profile, a role or user by name or ARN, a session's ARN. */

import { closest } from "@sagekeep/policy";
import { ToolkitError } from "../errors.ts";
import type { AccountSnapshot, PrincipalRecord, ProfileRecord } from "./snapshot.ts";

export interface Who {
  principal: PrincipalRecord;
  profile?: ProfileRecord;
}

/** @throws ToolkitError with the nearest names when there is nobody of that name */
export function findWho(snapshot: AccountSnapshot, text: string): Who {
  const { principals, profiles } = snapshot;
  const name = text.includes("/") && !text.startsWith("arn:") ? (text.split("/").pop() as string) : text;
  const profile = profiles.find((one) => one.name === name);
  if (profile) {
    const principal = principals.find((one) => one.arn === profile.roleArn);
    if (principal) return { principal, profile };
  }
  const session = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(text)?.[1];
  const principal = principals.find((one) => one.arn === text || one.name === (session ?? name));
  if (principal) return { principal };
  const close = closest(
    name,
    [...profiles, ...principals].map((one) => one.name),
  );
  throw new ToolkitError("EXPLAIN0001", `nobody called \`${text}\` in account ${snapshot.account}`, {
    help: `${close ? `did you mean \`${close}\`? ` : ""}give a Studio user profile, a role or user by name or ARN`,
    exit: "invalid",
  });
}
