/** Names, paths and ARNs of IAM entities. */
import type { Kind } from "./errors.ts";
import { validationError } from "./errors.ts";

const NAME_MAX: Record<Kind | "policy" | "instance-profile", number> = {
  user: 64,
  role: 64,
  group: 128,
  policy: 128,
  "instance-profile": 128,
};

/** @throws ValidationError in AWS's words */
export function checkName(kind: keyof typeof NAME_MAX, member: string, name: string): void {
  if (name.length > NAME_MAX[kind]) {
    throw validationError(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${NAME_MAX[kind]}`,
    );
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw validationError(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
}

/** The path of a new entity, `/` when none was given. @throws ValidationError */
export function checkPath(path: string | undefined, member = "path"): string {
  const given = path ?? "/";
  if (given.length > 512) {
    throw validationError(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to 512`,
    );
  }
  if (!/^(\/|\/[!-\x7e]+\/)$/.test(given)) {
    throw validationError(
      `The specified value for ${member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
    );
  }
  return given;
}

/** ARN of an IAM resource, which has no region. */
export function iamArn(account: string, kind: string, path: string, name: string): string {
  return `arn:aws:iam::${account}:${kind}${path}${name}`;
}

/** Kind, path and name in an IAM ARN, or `undefined` when it is not one. */
export function parseIamArn(
  arn: string,
): { account: string; kind: string; path: string; name: string } | undefined {
  const [scheme, partition, service, region, account = "", ...rest] = arn.split(":");
  if (scheme !== "arn" || partition !== "aws" || service !== "iam" || region !== "") return undefined;
  const resource = rest.join(":");
  const slash = resource.indexOf("/");
  if (slash < 0) return { account, kind: resource, path: "/", name: "" };
  const last = resource.lastIndexOf("/");
  return {
    account,
    kind: resource.slice(0, slash),
    path: resource.slice(slash, last + 1),
    name: resource.slice(last + 1),
  };
}
