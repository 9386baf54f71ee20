/** Instance profiles: a role's way to EC2. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { find, stamp } from "../entities.ts";
import { alreadyExists, deleteConflict, noSuchEntity, quota } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { type InstanceProfile, instanceProfiles, keyOf, roles } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";
import { shownRole } from "./roles.ts";

/** An instance profile as AWS shows it, with its role. */
export function shownProfile(
  profile: InstanceProfile,
  context: ReadContext,
  tags: "shown" | "always" | "never" = "never",
): Iam.InstanceProfile {
  const role = profile.role === undefined ? undefined : roles(context).get(keyOf(profile.role));
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: new Date(profile.created),
    Roles: role ? [shownRole({ ...role, tags: [] }, context, "created")] : [],
    ...(tags === "shown" && shownTags(profile.tags)),
    ...(tags === "always" && { Tags: profile.tags.map((one) => ({ ...one })) }),
  };
}

function findProfile(name: string, context: ReadContext): Readonly<InstanceProfile> {
  const profile = instanceProfiles(context).get(keyOf(name));
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

export const instanceProfileOperations: Handlers<typeof Iam, CallContext> = {
  CreateInstanceProfile(input, context) {
    checkName("instance-profile", "instanceProfileName", input.InstanceProfileName);
    const path = checkPath(input.Path);
    if (instanceProfiles(context).has(keyOf(input.InstanceProfileName))) {
      throw alreadyExists(`Instance Profile ${input.InstanceProfileName} already exists.`);
    }
    const profile = instanceProfiles(context).put(keyOf(input.InstanceProfileName), {
      name: input.InstanceProfileName,
      path,
      id: uniqueId("AIPA"),
      arn: iamArn(context.account, "instance-profile", path, input.InstanceProfileName),
      created: stamp(context),
      tags: newTags(input.Tags, "exact"),
    });
    return { InstanceProfile: shownProfile(profile, context, "shown") };
  },

  GetInstanceProfile: ({ InstanceProfileName }, context) => ({
    InstanceProfile: shownProfile(findProfile(InstanceProfileName, context), context, "always"),
  }),

  ListInstanceProfiles(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const all = instanceProfiles(context)
      .list()
      .filter((one) => one.path.startsWith(prefix));
    const { items, more } = page(all, (one) => keyOf(one.name), input);
    return { InstanceProfiles: items.map((one) => shownProfile(one, context)), ...more };
  },

  ListInstanceProfilesForRole(input, context) {
    const role = find("role", input.RoleName, context);
    const all = instanceProfiles(context)
      .list()
      .filter((one) => one.role === role.name);
    const { items, more } = page(all, (one) => keyOf(one.name), input);
    return { InstanceProfiles: items.map((one) => shownProfile(one, context)), ...more };
  },

  DeleteInstanceProfile({ InstanceProfileName }, context) {
    if (findProfile(InstanceProfileName, context).role !== undefined) {
      throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
    }
    instanceProfiles(context).delete(keyOf(InstanceProfileName));
    return {};
  },

  AddRoleToInstanceProfile({ InstanceProfileName, RoleName }, context) {
    const profile = findProfile(InstanceProfileName, context);
    const role = find("role", RoleName, context);
    if (profile.role !== undefined) throw quota("InstanceSessionsPerInstanceProfile", 1);
    instanceProfiles(context).update(keyOf(InstanceProfileName), (draft) => {
      draft.role = role.name;
    });
    return {};
  },

  RemoveRoleFromInstanceProfile({ InstanceProfileName, RoleName }, context) {
    const profile = findProfile(InstanceProfileName, context);
    const role = find("role", RoleName, context);
    if (profile.role !== role.name) {
      throw noSuchEntity(`Role ${RoleName} in Instance Profile ${InstanceProfileName} cannot be found.`);
    }
    instanceProfiles(context).update(keyOf(InstanceProfileName), (draft) => {
      delete draft.role;
    });
    return {};
  },
};
