/**
 * The Identity Center that a platform in SSO mode expects to find. On AWS the organization has it; a local cloud made
 * for the platform is started with it, because its API gives instances and groups ids of its own.
 */
import type { ExistingIdentityCenter } from "@sagekeep/cloud";
import type { Platform } from "@sagekeep/spec";

/** Where the file names no instance. */
const SOME_INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef";

/** @returns instance, groups and users as the file names them; `undefined` for a platform without SSO domains */
export function expectedIdentityCenter(platform: Platform): ExistingIdentityCenter | undefined {
  const { identityCenter, users, domains } = platform;
  if (identityCenter === undefined && !domains.some((one) => one.auth === "SSO")) return undefined;
  const names = users.flatMap((user) => (user.identity === undefined ? [] : [user.identity]));
  return {
    instance: identityCenter?.instance ?? SOME_INSTANCE,
    groups: identityCenter?.groups ?? {},
    users: [...new Set(names)],
  };
}
