/** Spaces: shared by a domain's users or private to one. */
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { encode } from "../engine/stored.ts";
import { inUse, validation } from "../errors.ts";
import { domainOf, inDomain, studioHost } from "./domain.ts";
import { deepMerge } from "./merge.ts";
import { dropInterface } from "./network.ts";

export const spaceHooks: Hooks = {
  deleted: (resource, _, context) => dropInterface(resource, context),
  create(resource, input, context) {
    const domain = domainOf(input.DomainId, context);
    const owner = (input.OwnershipSettings as Fields | undefined)?.OwnerUserProfileName;
    const sharing = (input.SpaceSharingSettings as Fields | undefined)?.SharingType;
    if ((owner === undefined) !== (sharing === undefined)) {
      throw validation("OwnershipSettings and SpaceSharingSettings must be specified together.");
    }
    if (
      owner !== undefined &&
      !find(kindNamed("UserProfile"), [String(input.DomainId), String(owner)], context)
    ) {
      throw validation(`UserProfile with name ${owner} does not exist in Domain ${input.DomainId}.`);
    }
    if (owner === undefined && domain.input.DefaultSpaceSettings === undefined) {
      throw validation(
        "DefaultSpaceSettings must be specified for the Domain before a Space can be created.",
      );
    }
    const count = inDomain("Space", String(input.DomainId), context).length;
    resource.fields = {
      HomeEfsFileSystemUid: String(200_000 + count * 5),
      Url: `https://${studioHost(String(input.DomainId), context.region)}/${String(input.SpaceName)}`,
    };
  },
  update(resource, input) {
    const { SpaceSettings, SpaceDisplayName } = input;
    if (SpaceDisplayName !== undefined) resource.input.SpaceDisplayName = SpaceDisplayName;
    if (SpaceSettings !== undefined) {
      resource.input.SpaceSettings = deepMerge(resource.input.SpaceSettings, encode(SpaceSettings));
    }
  },
  delete(resource, _, context) {
    const [domainId = "", name = ""] = resource.id;
    const apps = inDomain("App", domainId, context).filter((app) => app.input.SpaceName === name);
    if (apps.length > 0) {
      throw inUse(
        `Unable to delete Space ${resource.arn} because Space has apps. Delete all apps and try again.`,
      );
    }
  },
  describe(resource) {
    const settings = resource.input.SpaceSettings as Fields | undefined;
    const storage = settings?.SpaceStorageSettings;
    return {
      SpaceSettingsSummary: {
        ...(settings?.AppType !== undefined && { AppType: settings.AppType }),
        ...(settings?.RemoteAccess !== undefined && { RemoteAccess: settings.RemoteAccess }),
        ...(storage !== undefined && { SpaceStorageSettings: storage }),
      },
      ...(resource.input.SpaceSharingSettings !== undefined && {
        SpaceSharingSettingsSummary: resource.input.SpaceSharingSettings,
      }),
      ...(resource.input.OwnershipSettings !== undefined && {
        OwnershipSettingsSummary: resource.input.OwnershipSettings,
      }),
    };
  },
};
