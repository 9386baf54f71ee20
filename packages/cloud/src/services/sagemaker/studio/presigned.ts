/**
 * Presigned URLs of Studio. A URL holds a random token; what the token stands for is kept here, hashed, until it is
 * used or expires: who made it, for which profile, and the network position it was made in.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html
 */
import { createHash, randomBytes } from "node:crypto";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Caller } from "../../../identity/caller.ts";
import type { NetworkPath } from "../../../network/path.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { notFound, validation } from "../errors.ts";
import { domainOf, studioHost } from "./domain.ts";

/** Seconds; AWS's default is its maximum. */
export const URL_SECONDS = 300;
export const SESSION_SECONDS = 43_200;
/** Milliseconds for which an expired or used token is still known. */
const KEPT = 3_600_000;

/** What a token stands for. */
export interface StudioTicket {
  account: string;
  region: string;
  domainId: string;
  userProfileName: string;
  spaceName?: string;
  landingUri?: string;
  /** Epoch ms. */
  expires: number;
  sessionSeconds: number;
  /** Who made the URL; of a session of Identity Center, the user's name instead. */
  caller?: Caller;
  signedOn?: string;
  /** Keys of the network path that it was made on. */
  from: NetworkPath["context"];
  used?: boolean;
}

export const ticketTable = (context: ReadContext) =>
  context.globalTable<StudioTicket>("sagemaker.studio-ticket");

export const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

export const presignedOperations: Operations = {
  CreatePresignedDomainUrl(input, context) {
    const domain = domainOf(input.DomainId, context);
    if (domain.input.AuthMode !== "IAM") {
      throw validation(
        "CreatePresignedDomainUrl is not supported for a Domain with AuthMode SSO. Sign in through AWS IAM Identity Center.",
      );
    }
    const profile = find(
      kindNamed("UserProfile"),
      [String(input.DomainId), String(input.UserProfileName)],
      context,
    );
    if (!profile) throw notFound(`UserProfile with name ${input.UserProfileName} does not exist.`);
    for (const [what, status] of [
      ["Domain", domain.status],
      ["UserProfile", profile.status],
    ] as const) {
      if (status !== "InService" && status !== "Updating") {
        throw validation(`${what} is in status ${status}. It must be InService to create a presigned URL.`);
      }
    }
    checkSpace(input, context);
    const token = newTicket(input, profile.id, context);
    const query = new URLSearchParams({ token });
    return { AuthorizedUrl: `https://${studioHost(profile.id[0] ?? "", context.region)}/auth?${query}` };
  },
};

function checkSpace(input: Fields, context: CallContext): void {
  if (input.SpaceName === undefined) return;
  const space = find(kindNamed("Space"), [String(input.DomainId), String(input.SpaceName)], context);
  if (!space) throw notFound(`Space with name ${input.SpaceName} does not exist.`);
  const owner = (space.input.OwnershipSettings as Fields | undefined)?.OwnerUserProfileName;
  const sharing = (space.input.SpaceSharingSettings as Fields | undefined)?.SharingType;
  if (sharing === "Private" && owner !== input.UserProfileName) {
    throw validation(`Space ${input.SpaceName} is private to another user profile.`);
  }
}

function newTicket(
  input: Fields,
  [domainId = "", userProfileName = ""]: string[],
  context: CallContext,
): string {
  const seconds = typeof input.ExpiresInSeconds === "number" ? input.ExpiresInSeconds : URL_SECONDS;
  const session = input.SessionExpirationDurationInSeconds;
  const token = randomBytes(48).toString("base64url");
  const ticket: StudioTicket = {
    account: context.account,
    region: context.region,
    domainId,
    userProfileName,
    ...(input.SpaceName !== undefined && { spaceName: String(input.SpaceName) }),
    ...(input.LandingUri !== undefined && { landingUri: String(input.LandingUri) }),
    expires: context.now + seconds * 1000,
    sessionSeconds: typeof session === "number" ? session : SESSION_SECONDS,
    caller: context.caller,
    from: context.path.context,
  };
  keepTicket(hashOf(token), ticket, context);
  return token;
}

/** Keeps a ticket past its end for a while, so that a late opener is told why. */
export function keepTicket(key: string, ticket: StudioTicket, context: CallContext): void {
  ticketTable(context).put(key, ticket);
  context.clock.at(ticket.expires + KEPT, () => {
    ticketTable(context).delete(key);
  });
}
