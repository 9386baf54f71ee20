/** User profiles: their domain must be there, their settings override the domain's. */
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { encode } from "../engine/stored.ts";
import { inUse, validation } from "../errors.ts";
import { domainOf, inDomain } from "./domain.ts";
import { deepMerge } from "./merge.ts";
import { dropInterface } from "./network.ts";
import { assignUser, unassignUser } from "./sign-on.ts";

/** First user id that SageMaker gives on a domain's file system. */
const FIRST_UID = 200_005;

export const userProfileHooks: Hooks = {
  deleted(resource, _, context) {
    const domain = find(kindNamed("Domain"), [resource.id[0] ?? ""], context);
    if (domain?.input.AuthMode === "SSO") {
      unassignUser(domain, resource.input.SingleSignOnUserValue, context);
    }
    return dropInterface(resource, context);
  },
  create(resource, input, context) {
    const domain = domainOf(input.DomainId, context);
    if (domain.status === "Failed" || domain.status === "Deleting") {
      throw validation(`Domain ${domain.id[0]} is in status ${domain.status}. It must be InService.`);
    }
    const sso = domain.input.AuthMode === "SSO";
    const named = input.SingleSignOnUserIdentifier !== undefined || input.SingleSignOnUserValue !== undefined;
    if (named && !sso) {
      throw validation(
        "SingleSignOnUserIdentifier and SingleSignOnUserValue are not allowed for a Domain with AuthMode IAM.",
      );
    }
    if (sso) assignUser(domain, input, context);
    const count = inDomain("UserProfile", String(input.DomainId), context).length;
    resource.fields = { HomeEfsFileSystemUid: String(FIRST_UID + count * 5) };
  },
  update(resource, input) {
    if (input.UserSettings !== undefined) {
      resource.input.UserSettings = deepMerge(resource.input.UserSettings, encode(input.UserSettings));
    }
  },
  delete(resource, _, context) {
    const [domainId = "", name = ""] = resource.id;
    const apps = inDomain("App", domainId, context).filter((app) => app.input.UserProfileName === name);
    if (apps.length > 0) {
      throw inUse(
        `Unable to delete UserProfile ${resource.arn} because UserProfile has apps. Delete all apps and try again.`,
      );
    }
    const spaces = inDomain("Space", domainId, context).filter(
      (space) => (space.input.OwnershipSettings as Fields | undefined)?.OwnerUserProfileName === name,
    );
    if (spaces.length > 0) {
      throw inUse(
        `Unable to delete UserProfile ${resource.arn} because UserProfile has spaces. Delete all spaces and try again.`,
      );
    }
  },
};
