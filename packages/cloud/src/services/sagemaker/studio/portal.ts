/**
 * Signing in to a domain in SSO mode. On AWS people begin at Identity Center's portal and choose the domain's
 * application; here a control route stands in for the portal: it asks for no password (the local cloud keeps none) and
 * takes the same decisions: is the user, or one of the user's groups, assigned to the application; has the user a
 * profile; who comes by a group for the first time gets one with the domain's defaults.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/domain-groups-add.html
 */
import { randomBytes } from "node:crypto";
import type { RequestContext } from "../../../runtime/request-context.ts";
import type { Runtime } from "../../../runtime/runtime.ts";
import { AwsError } from "../../../wire/errors.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Resource } from "../engine/resource.ts";
import { inDomain, studioHost } from "./domain.ts";
import { hashOf, keepTicket, SESSION_SECONDS, URL_SECONDS } from "./presigned.ts";
import { mayOpen } from "./sign-on.ts";

export interface SignOn {
  domainId: string;
  /** User name in the identity store. */
  userName: string;
  account: string;
  region: string;
}

const denied = (message: string) => new AwsError("AccessDeniedException", message, { status: 403 });

/** Checks a user's way into an SSO domain. @throws AwsError `AccessDeniedException` in words */
export function demandAssigned(
  domain: Readonly<Resource> | undefined,
  userName: string,
  context: RequestContext,
): asserts domain is Readonly<Resource> {
  if (domain?.input.AuthMode !== "SSO") throw denied("There is no such domain in SSO mode.");
  if (!mayOpen(domain, userName, context))
    throw denied(`The user ${userName} is not assigned to the application of domain ${domain.id[0]}.`);
}

/** Signs a user on. @returns the URL that opens Studio, once. @throws AwsError `AccessDeniedException` */
export async function signOn(
  { domainId, userName, account, region }: SignOn,
  runtime: Runtime,
): Promise<string> {
  const context = runtime.within(account, region, "sagemaker");
  const domain = find(kindNamed("Domain"), [domainId], context);
  demandAssigned(domain, userName, context);
  const userProfileName =
    profileOf(domainId, userName, context) ?? (await makeProfile(domainId, userName, context));
  const token = randomBytes(48).toString("base64url");
  keepTicket(
    hashOf(token),
    {
      account,
      region,
      domainId,
      userProfileName,
      expires: context.now + URL_SECONDS * 1000,
      sessionSeconds: SESSION_SECONDS,
      signedOn: userName,
      from: {},
    },
    context,
  );
  return `https://${studioHost(domainId, region)}/auth?${new URLSearchParams({ token })}`;
}

function profileOf(domainId: string, userName: string, context: RequestContext): string | undefined {
  const found = inDomain("UserProfile", domainId, context).find(
    (one) => one.input.SingleSignOnUserValue === userName,
  );
  return found?.id[1];
}

/** A profile for who comes the first time by a group; named after the user. (assumed: AWS adds letters of its own) */
async function makeProfile(DomainId: string, userName: string, context: RequestContext): Promise<string> {
  const UserProfileName = userName
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  await context.call("sagemaker", "CreateUserProfile", {
    DomainId,
    UserProfileName,
    SingleSignOnUserIdentifier: "UserName",
    SingleSignOnUserValue: userName,
  });
  return UserProfileName;
}
