/** Users. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { find, noteUse, stamp, userName } from "../entities.ts";
import { alreadyExists, deleteConflict } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { accessKeys, groups, keyOf, principalIds, type User, users } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";
import { checkBoundary, shownBoundary } from "./boundaries.ts";

/** A user as AWS shows it. */
export function shownUser(user: User, full = true): Iam.User {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.created),
    ...(user.passwordLastUsed !== undefined && { PasswordLastUsed: new Date(user.passwordLastUsed) }),
    ...(full && { ...shownBoundary(user.boundary), ...shownTags(user.tags) }),
  };
}

export const userOperations: Handlers<typeof Iam, CallContext> = {
  CreateUser(input, context) {
    checkName("user", "userName", input.UserName);
    const path = checkPath(input.Path);
    if (users(context).has(keyOf(input.UserName))) {
      throw alreadyExists(`User with name ${input.UserName} already exists.`);
    }
    const boundary = checkBoundary(input.PermissionsBoundary, context);
    const user = users(context).put(keyOf(input.UserName), {
      name: input.UserName,
      path,
      id: uniqueId("AIDA"),
      arn: iamArn(context.account, "user", path, input.UserName),
      created: stamp(context),
      inline: {},
      attached: [],
      tags: newTags(input.Tags),
      groups: [],
      accessKeys: [],
      ...(boundary && { boundary }),
    });
    principalIds(context).put(user.id, { arn: user.arn });
    if (boundary) noteUse(context, boundary, "boundary", "user", user.name, true);
    return { User: shownUser(user) };
  },

  GetUser(input, context) {
    const { principal } = context.caller;
    if (input.UserName === undefined && principal.kind === "root") {
      const created = accountStart(context);
      return {
        User: {
          Path: undefined,
          UserName: undefined,
          UserId: context.account,
          Arn: `arn:aws:iam::${context.account}:root`,
          CreateDate: created,
        },
      };
    }
    return { User: shownUser(find("user", userName(input.UserName, context), context)) };
  },

  ListUsers(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const all = users(context)
      .list()
      .filter((user) => user.path.startsWith(prefix) || `${user.path}${user.name}`.startsWith(prefix));
    const { items, more } = page(all, (user) => keyOf(user.name), input);
    return { Users: items.map((user) => shownUser(user, false)), ...more };
  },

  UpdateUser(input, context) {
    const user = find("user", input.UserName, context);
    const name = input.NewUserName ?? user.name;
    const path = input.NewPath === undefined ? user.path : checkPath(input.NewPath, "newPath");
    checkName("user", "newUserName", name);
    if (keyOf(name) !== keyOf(user.name) && users(context).has(keyOf(name))) {
      throw alreadyExists(`User with name ${name} already exists.`);
    }
    const moved = { ...structuredClone(user), name, path, arn: iamArn(context.account, "user", path, name) };
    users(context).delete(keyOf(user.name));
    users(context).put(keyOf(name), moved);
    principalIds(context).put(user.id, { arn: moved.arn });
    for (const arn of user.attached) {
      noteUse(context, arn, "attached", "user", user.name, false);
      noteUse(context, arn, "attached", "user", name, true);
    }
    if (user.boundary) {
      noteUse(context, user.boundary, "boundary", "user", user.name, false);
      noteUse(context, user.boundary, "boundary", "user", name, true);
    }
    for (const id of user.accessKeys) {
      accessKeys(context).update(id, (key) => {
        key.user = name;
      });
    }
    for (const group of user.groups) {
      groups(context).update(keyOf(group), (draft) => {
        draft.members = draft.members.map((one) => (one === user.name ? name : one));
      });
    }
    return {};
  },

  DeleteUser(input, context) {
    const user = find("user", input.UserName, context);
    if (user.groups.length > 0) {
      throw deleteConflict("Cannot delete entity, must remove users from group first.");
    }
    if (user.attached.length > 0) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (Object.keys(user.inline).length > 0) {
      throw deleteConflict("Cannot delete entity, must delete policies first.");
    }
    if (user.accessKeys.length > 0) {
      throw deleteConflict("Cannot delete entity, must delete access keys first.");
    }
    if (user.login) throw deleteConflict("Cannot delete entity, must delete login profile first.");
    if (user.mfa?.length) throw deleteConflict("Cannot delete entity, must delete MFA device first.");
    if (user.certificates?.length) {
      throw deleteConflict("Cannot delete entity, must delete signing certificates first.");
    }
    if (user.sshKeys?.length)
      throw deleteConflict("Cannot delete entity, must delete SSH public keys first.");
    if (user.serviceCredentials?.length) {
      throw deleteConflict("Cannot delete entity, must delete service specific credentials first.");
    }
    if (user.boundary) noteUse(context, user.boundary, "boundary", "user", user.name, false);
    users(context).delete(keyOf(user.name));
    principalIds(context).delete(user.id);
    return {};
  },
};

/** When the account was made, as far as this cloud knows: its first key. */
function accountStart(context: CallContext): Date {
  const rows = accessKeys(context).list();
  const first = rows.find((key) => key.account === context.account && key.user === undefined);
  return new Date(first?.created ?? stamp(context));
}
