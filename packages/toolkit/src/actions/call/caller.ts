/** Somebody somewhere: the target that calls as a user or a role, from a network position. */
import type { Clients } from "../../aws/clients.ts";
import { as, type Target } from "../../aws/target.ts";
import { ToolkitError } from "../../errors.ts";
import { domainIdOf, findProfileDomain, signIn } from "../studio/sign-in.ts";
import { enterVpc } from "./enter-vpc.ts";

export type Who = "admin" | { user: string; domain?: string } | { role: string; sessionName?: string };

export interface Caller {
  target: Target;
  /** `user user1 from vpc`, for people. */
  described: string;
  leave(): Promise<void>;
}

/**
 * @param from `vpc`, `internet` or an address of this machine. @default "vpc" for users, "internet" for others
 * @param admin signs users in and assumes roles; on the local cloud it is whoever calls when nobody is named
 */
export async function becomeCaller(
  admin: Clients,
  who: Who,
  from: string | undefined,
  state: string,
): Promise<Caller> {
  const { target } = admin;
  const user = typeof who === "object" && "user" in who ? who : undefined;
  const where = from ?? (user ? "vpc" : "internet");
  if (
    where !== "vpc" &&
    where !== "internet" &&
    !/^(127(\.\d{1,3}){3}|\d{1,3}(\.\d{1,3}){3}|::1)$/.test(where)
  )
    throw new ToolkitError("CALL0007", `got \`--from ${where}\`, expected vpc, internet or an IP address`, {
      help: "an address must be one of this machine: every 127.x.y.z is another client to the local cloud",
      exit: "invalid",
    });
  const described = `${user ? `user ${user.user}` : who === "admin" ? "the administrator" : `role ${(who as { role: string }).role}`} from ${where}`;
  const stay = async () => {};
  if (user) {
    const domain = user.domain
      ? await domainIdOf(admin, user.domain)
      : await findProfileDomain(admin, user.user);
    const session = await signIn(admin, domain, user.user, { connectTimeout: 1 });
    if (where === "vpc")
      return { target: as(target, session.credentials, session.endpoint), described, leave: stay };
    return { target: { ...as(target, session.credentials), ...addressOf(where) }, described, leave: stay };
  }
  const base =
    who === "admin" ? target : { ...target, credentials: await assume(admin, who as { role: string }) };
  if (where !== "vpc") return { target: { ...base, ...addressOf(where) }, described, leave: stay };
  const place = await enterVpc(admin, state);
  return { target: as(base, base.credentials as never, place.endpoint), described, leave: place.leave };
}

const addressOf = (where: string) => (where === "internet" ? {} : { localAddress: where });

async function assume(admin: Clients, { role, sessionName }: { role: string; sessionName?: string }) {
  const { Account, Arn } = await admin.call("sts", "GetCallerIdentity", {});
  if (Arn?.endsWith(":root"))
    throw new ToolkitError("CALL0008", "the root user cannot assume a role, on AWS or here", {
      help: "start the labs (`sagekeep lab start`), which make an IAM user; or point AWS_ACCESS_KEY_ID at one of yours",
      exit: "invalid",
    });
  const { Credentials } = await admin.call("sts", "AssumeRole", {
    RoleArn: role.startsWith("arn:") ? role : `arn:aws:iam::${Account}:role/${role}`,
    RoleSessionName: sessionName ?? "sagekeep-call",
  });
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}
