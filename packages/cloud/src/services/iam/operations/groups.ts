/** Groups and who is in them. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, noteUse, stamp } from "../entities.ts";
import { alreadyExists, deleteConflict, quota } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { type Group, groups, keyOf, users } from "../state.ts";
import { shownUser } from "./users.ts";

const GROUPS_PER_USER = 10;

/** A group as AWS shows it. */
export function shownGroup(group: Group): Iam.Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.created),
  };
}

export const groupOperations: Handlers<typeof Iam, CallContext> = {
  CreateGroup(input, context) {
    checkName("group", "groupName", input.GroupName);
    const path = checkPath(input.Path);
    if (groups(context).has(keyOf(input.GroupName))) {
      throw alreadyExists(`Group with name ${input.GroupName} already exists.`);
    }
    const group = groups(context).put(keyOf(input.GroupName), {
      name: input.GroupName,
      path,
      id: uniqueId("AGPA"),
      arn: iamArn(context.account, "group", path, input.GroupName),
      created: stamp(context),
      inline: {},
      attached: [],
      members: [],
    });
    return { Group: shownGroup(group) };
  },

  GetGroup(input, context) {
    const group = find("group", input.GroupName, context);
    const members = group.members.flatMap((name) => users(context).get(keyOf(name)) ?? []);
    members.sort((a, b) => (keyOf(a.name) < keyOf(b.name) ? -1 : 1));
    const { items, more } = page(members, (user) => keyOf(user.name), input);
    return { Group: shownGroup(group), Users: items.map((user) => shownUser(user, false)), ...more };
  },

  ListGroups(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const all = groups(context)
      .list()
      .filter((group) => group.path.startsWith(prefix) || `${group.path}${group.name}`.startsWith(prefix));
    const { items, more } = page(all, (group) => keyOf(group.name), input);
    return { Groups: items.map(shownGroup), ...more };
  },

  ListGroupsForUser(input, context) {
    const user = find("user", input.UserName, context);
    const all = [...user.groups].sort().flatMap((name) => groups(context).get(keyOf(name)) ?? []);
    const { items, more } = page(all, (group) => keyOf(group.name), input);
    return { Groups: items.map(shownGroup), ...more };
  },

  UpdateGroup(input, context) {
    const group = find("group", input.GroupName, context);
    const name = input.NewGroupName ?? group.name;
    const path = input.NewPath === undefined ? group.path : checkPath(input.NewPath, "newPath");
    checkName("group", "newGroupName", name);
    if (keyOf(name) !== keyOf(group.name) && groups(context).has(keyOf(name))) {
      throw alreadyExists(`Group with name ${name} already exists.`);
    }
    groups(context).delete(keyOf(group.name));
    groups(context).put(keyOf(name), {
      ...structuredClone(group),
      name,
      path,
      arn: iamArn(context.account, "group", path, name),
    });
    for (const arn of group.attached) {
      noteUse(context, arn, "attached", "group", group.name, false);
      noteUse(context, arn, "attached", "group", name, true);
    }
    for (const member of group.members) {
      users(context).update(keyOf(member), (draft) => {
        draft.groups = draft.groups.map((one) => (one === group.name ? name : one));
      });
    }
    return {};
  },

  DeleteGroup({ GroupName }, context) {
    const group = find("group", GroupName, context);
    if (group.members.length > 0) {
      throw deleteConflict("Cannot delete entity, must remove users from group first.");
    }
    if (group.attached.length > 0) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (Object.keys(group.inline).length > 0) {
      throw deleteConflict("Cannot delete entity, must delete policies first.");
    }
    groups(context).delete(keyOf(GroupName));
    return {};
  },

  AddUserToGroup({ GroupName, UserName }, context) {
    const user = find("user", UserName, context);
    const group = find("group", GroupName, context);
    if (user.groups.includes(group.name)) return {};
    if (user.groups.length >= GROUPS_PER_USER) throw quota("GroupsPerUser", GROUPS_PER_USER);
    change("user", UserName, context, (draft) => {
      draft.groups.push(group.name);
    });
    change("group", GroupName, context, (draft) => {
      draft.members.push(user.name);
    });
    return {};
  },

  RemoveUserFromGroup({ GroupName, UserName }, context) {
    // the user is looked for first; one who is no member may be removed as well
    const user = find("user", UserName, context);
    const group = find("group", GroupName, context);
    if (!group.members.includes(user.name)) return {};
    change("user", UserName, context, (draft) => {
      draft.groups = draft.groups.filter((one) => one !== group.name);
    });
    change("group", GroupName, context, (draft) => {
      draft.members = draft.members.filter((one) => one !== user.name);
    });
    return {};
  },
};
