/**
 * Opening a presigned URL: the one place where a token becomes a session of Studio. A token opens once, before it
 * expires, from the network position that it was made in, and only while its maker would still be allowed to make it.
 * The session runs under the execution role, named `SageMaker`, with the profile's name as source identity where the
 * domain says so, and knows its domain and profile (`sagemaker:DomainId`, `sagemaker:UserProfileName`).
 */
import type { NetworkPath, NetworkPosition } from "../../../network/path.ts";
import { RequestContext } from "../../../runtime/request-context.ts";
import type { Runtime } from "../../../runtime/runtime.ts";
import { AwsError } from "../../../wire/errors.ts";
import { type IssuedCredentials, issue, open } from "../../sts/session.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { positionOf } from "../network/reach.ts";
import { touch } from "./idle.ts";
import { interfaceOf } from "./network.ts";
import { demandAssigned } from "./portal.ts";
import { hashOf, type StudioTicket, ticketTable } from "./presigned.ts";

export interface OpenedSession {
  /** Of the execution role; they last as long as the session. */
  credentials: IssuedCredentials;
  /** ARN of the assumed role's session. */
  arn: string;
  account: string;
  region: string;
  domainId: string;
  userProfileName: string;
  spaceName?: string;
  sourceIdentity?: string;
  /** Where the session's requests leave from: an interface in the domain's VPC, or Studio's own network. */
  position: NetworkPosition;
  landingUri?: string;
}

/** Studio's address on the internet, in a domain whose apps do not go through the VPC. (assumed) */
const STUDIO_ADDRESS = "52.94.133.130";

const denied = (message: string) => new AwsError("AccessDeniedException", message, { status: 403 });

/**
 * Opens the session that a token stands for.
 * @param path how the browser's request came in
 * @throws AwsError `AccessDeniedException` that says what is wrong
 */
export async function openStudioSession(
  token: string,
  path: NetworkPath,
  runtime: Runtime,
): Promise<OpenedSession> {
  const tickets = ticketTable(runtime.within("", ""));
  const key = hashOf(token);
  const ticket = tickets.get(key);
  if (!ticket) throw denied("The presigned URL is not valid.");
  const now = runtime.clock.now();
  if (ticket.used) throw denied("The presigned URL has already been used. Request a new one.");
  if (now > ticket.expires) throw denied("The presigned URL has expired. Request a new one.");
  if (ticket.signedOn === undefined) {
    demandSamePosition(ticket, path);
    authorizeAgain(ticket, path, runtime);
  } else {
    const context = runtime.within(ticket.account, ticket.region, "sagemaker");
    demandAssigned(find(kindNamed("Domain"), [ticket.domainId], context), ticket.signedOn, context);
  }
  tickets.put(key, { ...ticket, used: true });
  return enter(ticket, runtime);
}

/** Inside a VPC the VPC counts, elsewhere the address. */
function demandSamePosition(ticket: StudioTicket, path: NetworkPath): void {
  const place = (context: NetworkPath["context"]) => context["aws:SourceVpc"] ?? context["aws:SourceIp"];
  if (place(ticket.from) === place(path.context)) return;
  throw denied("The presigned URL can be opened only from the network that it was requested from.");
}

/** The maker's permissions count again when the URL is opened, with the opener's network path. */
function authorizeAgain(ticket: StudioTicket, path: NetworkPath, runtime: Runtime): void {
  const { account, region, caller, domainId, userProfileName } = ticket;
  if (!caller) throw denied("The presigned URL is not valid.");
  const context = new RequestContext(runtime, {
    account,
    region,
    caller,
    path,
    service: "sagemaker",
    operation: "CreatePresignedDomainUrl",
  });
  const resource = context.arn("sagemaker", `user-profile/${domainId}/${userProfileName}`.toLowerCase());
  runtime.authorizer.demand(context, { action: "sagemaker:CreatePresignedDomainUrl", resource });
}

async function enter(ticket: StudioTicket, runtime: Runtime): Promise<OpenedSession> {
  const { account, region, domainId, userProfileName, spaceName } = ticket;
  const context = runtime.within(account, region, "sagemaker");
  const domain = find(kindNamed("Domain"), [domainId], context);
  const profile = find(kindNamed("UserProfile"), [domainId, userProfileName], context);
  const space =
    spaceName === undefined ? undefined : find(kindNamed("Space"), [domainId, spaceName], context);
  if (!domain || !profile || (spaceName !== undefined && !space)) {
    throw denied("The user profile that the presigned URL is for does not exist any more.");
  }
  const role = executionRole(domain, profile, space);
  const identity = (domain.input.DomainSettings as Fields | undefined)?.ExecutionRoleIdentityConfig;
  const sourceIdentity = identity === "USER_PROFILE_NAME" ? userProfileName : undefined;
  const credentials = await assumeRole(role, sourceIdentity, ticket, context);
  const made = interfaceOf(domain, space ?? profile, context);
  touch(domainId, space ?? profile, context);
  return {
    credentials: credentials.issued,
    arn: credentials.arn,
    account,
    region,
    domainId,
    userProfileName,
    ...(spaceName !== undefined && { spaceName }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    position: made ? positionOf(made, context) : { kind: "internet", sourceIp: STUDIO_ADDRESS },
    ...(ticket.landingUri !== undefined && { landingUri: ticket.landingUri }),
  };
}

/** A shared space has the domain's role for spaces; everything else the profile's, or else the domain's. */
export function executionRole(
  domain: Readonly<Resource>,
  profile: Readonly<Resource> | undefined,
  space: Readonly<Resource> | undefined,
): string {
  const role = (settings: unknown) => (settings as Fields | undefined)?.ExecutionRole as string | undefined;
  const shared = (space?.input.SpaceSharingSettings as Fields | undefined)?.SharingType === "Shared";
  const own = shared ? role(domain.input.DefaultSpaceSettings) : role(profile?.input.UserSettings);
  return own ?? role(domain.input.DefaultUserSettings) ?? "";
}

/** Assumes the role as SageMaker, so that its trust policy decides, and gives the session its context. */
async function assumeRole(
  role: string,
  sourceIdentity: string | undefined,
  ticket: StudioTicket,
  context: RequestContext,
): Promise<{ issued: IssuedCredentials; arn: string }> {
  const input = {
    RoleArn: role,
    RoleSessionName: "SageMaker",
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
  const { Credentials, AssumedRoleUser } = (await context.call("sts", "AssumeRole", input, {
    kind: "service",
  })) as {
    Credentials: IssuedCredentials;
    AssumedRoleUser: { Arn: string };
  };
  const session = open(Credentials.SessionToken, context)?.session;
  if (!session) throw new Error("STS answered credentials that it cannot open");
  const { accessKeyId: _, ...rest } = session;
  const { domainId, userProfileName, spaceName, sessionSeconds } = ticket;
  const issued = issue(
    {
      ...rest,
      // Studio renews its credentials until the session ends
      expires: Math.floor(context.now / 1000 + sessionSeconds) * 1000,
      context: {
        ...rest.context,
        "sagemaker:DomainId": domainId,
        ...(spaceName === undefined
          ? { "sagemaker:UserProfileName": userProfileName }
          : { "sagemaker:SpaceName": spaceName }),
      },
    },
    context,
  );
  return { issued, arn: AssumedRoleUser.Arn };
}
