/** Users, groups and memberships. */
import { randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-identitystore";
import type { CallContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import { page } from "../sso-admin/paging.ts";
import { instances } from "../sso-admin/state.ts";
import {
  type Membership,
  memberships,
  type StoreGroup,
  type StoreUser,
  storeGroups,
  storeKey,
  storeUsers,
} from "./state.ts";

type ResourceType = "USER" | "GROUP" | "GROUP_MEMBERSHIP" | "IDENTITY_STORE";

const notFound = (ResourceType: ResourceType, ResourceId?: string) =>
  new AwsError("ResourceNotFoundException", `${ResourceType} not found.`, {
    members: { ResourceType, ...(ResourceId !== undefined && { ResourceId }) },
  });
const conflict = (message: string) =>
  new AwsError("ConflictException", message, { members: { Reason: "UNIQUENESS_CONSTRAINT_VIOLATION" } });

/** @throws ResourceNotFound for an identity store that is not here */
function checkStore(store: string, context: CallContext): void {
  if (
    !instances(context)
      .list()
      .some((one) => one.storeId === store)
  )
    throw notFound("IDENTITY_STORE", store);
}

function findUser(store: string, id: string, context: CallContext): Readonly<StoreUser> {
  checkStore(store, context);
  const found = storeUsers(context).get(storeKey(store, id));
  if (!found) throw notFound("USER", id);
  return found;
}

function findGroup(store: string, id: string, context: CallContext): Readonly<StoreGroup> {
  checkStore(store, context);
  const found = storeGroups(context).get(storeKey(store, id));
  if (!found) throw notFound("GROUP", id);
  return found;
}

const usersOf = (store: string, context: CallContext) => storeUsers(context).list({ prefix: `${store}|` });
const groupsOf = (store: string, context: CallContext) => storeGroups(context).list({ prefix: `${store}|` });
const membershipsOf = (store: string, context: CallContext) =>
  memberships(context).list({ prefix: `${store}|` });

const shownUser = (one: StoreUser): Sdk.User => ({
  IdentityStoreId: one.store,
  UserId: one.id,
  ...(structuredClone(one.attributes) as Partial<Sdk.User>),
  UserStatus: "ENABLED",
  CreatedAt: new Date(one.created),
  CreatedBy: one.createdBy,
  UpdatedAt: new Date(one.updated),
  UpdatedBy: one.createdBy,
});
const shownGroup = (one: StoreGroup): Sdk.Group => ({
  IdentityStoreId: one.store,
  GroupId: one.id,
  DisplayName: one.name,
  ...(one.description !== undefined && { Description: one.description }),
  CreatedAt: new Date(one.created),
  CreatedBy: one.createdBy,
  UpdatedAt: new Date(one.updated),
  UpdatedBy: one.createdBy,
});
const shownMembership = (one: Membership): Sdk.GroupMembership => ({
  IdentityStoreId: one.store,
  MembershipId: one.id,
  GroupId: one.group,
  MemberId: { UserId: one.user },
  CreatedAt: new Date(one.created),
});

/** Value of an attribute path, without regard to the case of its first letter. */
function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const part of path.split(".")) {
    if (Array.isArray(at)) at = at[0];
    if (typeof at !== "object" || at === null) return undefined;
    const key = Object.keys(at).find((one) => one.toLowerCase() === part.toLowerCase());
    at = key === undefined ? undefined : (at as Record<string, unknown>)[key];
  }
  return at;
}

function unique(identifier: Sdk.AlternateIdentifier | undefined): { path: string; value: string } {
  const attribute = identifier?.UniqueAttribute;
  if (!attribute?.AttributePath) {
    throw new AwsError("ValidationException", "Only unique attributes identify users and groups here.");
  }
  return { path: attribute.AttributePath, value: String(attribute.AttributeValue) };
}

function apply(draft: Record<string, unknown>, operations: readonly Sdk.AttributeOperation[]): void {
  for (const { AttributePath, AttributeValue } of operations) {
    const parts = (AttributePath ?? "").split(".").map((one) => one.charAt(0).toUpperCase() + one.slice(1));
    const last = parts.pop() as string;
    let at = draft;
    for (const part of parts) {
      const next = at[part];
      at[part] = typeof next === "object" && next !== null ? next : {};
      at = at[part] as Record<string, unknown>;
    }
    if (last === "__proto__" || parts.includes("__proto__")) continue;
    if (AttributeValue === undefined || AttributeValue === null) delete at[last];
    else at[last] = AttributeValue;
  }
}

export const operations: Handlers<typeof Sdk, CallContext> = {
  CreateUser({ IdentityStoreId, ...attributes }, context) {
    checkStore(IdentityStoreId, context);
    const name = attributes.UserName;
    if (name === undefined || attributes.DisplayName === undefined || !attributes.Name) {
      throw new AwsError("ValidationException", "UserName, DisplayName and Name are required.");
    }
    const taken = usersOf(IdentityStoreId, context).some(
      (one) => one.attributes.UserName.toLowerCase() === name.toLowerCase(),
    );
    if (taken) throw conflict("Duplicate UserName");
    const id = `${IdentityStoreId.slice(2)}-${randomUUID()}`;
    storeUsers(context).put(storeKey(IdentityStoreId, id), {
      id,
      store: IdentityStoreId,
      created: context.now,
      updated: context.now,
      createdBy: context.caller.arn,
      attributes: { ...attributes, UserName: name } as StoreUser["attributes"],
    });
    return { UserId: id, IdentityStoreId };
  },

  DescribeUser: ({ IdentityStoreId, UserId }, context) =>
    shownUser(findUser(IdentityStoreId, UserId, context)),

  ListUsers(input, context) {
    checkStore(input.IdentityStoreId, context);
    const filters = input.Filters ?? [];
    const all = usersOf(input.IdentityStoreId, context).filter((one) =>
      filters.every(
        (filter) => valueAt(one.attributes, filter.AttributePath ?? "") === filter.AttributeValue,
      ),
    );
    const { items, next } = page(all, input);
    return { Users: items.map(shownUser), ...next };
  },

  UpdateUser({ IdentityStoreId, UserId, Operations }, context) {
    findUser(IdentityStoreId, UserId, context);
    storeUsers(context).update(storeKey(IdentityStoreId, UserId), (draft) => {
      apply(draft.attributes, Operations);
      draft.updated = context.now;
    });
    return {};
  },

  DeleteUser({ IdentityStoreId, UserId }, context) {
    findUser(IdentityStoreId, UserId, context);
    for (const one of membershipsOf(IdentityStoreId, context)) {
      if (one.user === UserId) memberships(context).delete(storeKey(IdentityStoreId, one.id));
    }
    storeUsers(context).delete(storeKey(IdentityStoreId, UserId));
    return {};
  },

  GetUserId({ IdentityStoreId, AlternateIdentifier }, context) {
    checkStore(IdentityStoreId, context);
    const { path, value } = unique(AlternateIdentifier);
    const lookup = path.toLowerCase() === "emails.value" ? "emails.value" : path;
    const found = usersOf(IdentityStoreId, context).find(
      (one) => String(valueAt(one.attributes, lookup)).toLowerCase() === value.toLowerCase(),
    );
    if (!found) throw notFound("USER");
    return { UserId: found.id, IdentityStoreId };
  },

  CreateGroup({ IdentityStoreId, DisplayName, Description }, context) {
    checkStore(IdentityStoreId, context);
    if (DisplayName === undefined) throw new AwsError("ValidationException", "DisplayName is required.");
    if (groupsOf(IdentityStoreId, context).some((one) => one.name === DisplayName)) {
      throw conflict("Duplicate GroupDisplayName");
    }
    const id = `${IdentityStoreId.slice(2)}-${randomUUID()}`;
    storeGroups(context).put(storeKey(IdentityStoreId, id), {
      id,
      store: IdentityStoreId,
      created: context.now,
      updated: context.now,
      createdBy: context.caller.arn,
      name: DisplayName,
      ...(Description !== undefined && { description: Description }),
    });
    return { GroupId: id, IdentityStoreId };
  },

  DescribeGroup: ({ IdentityStoreId, GroupId }, context) =>
    shownGroup(findGroup(IdentityStoreId, GroupId, context)),

  ListGroups(input, context) {
    checkStore(input.IdentityStoreId, context);
    const filters = input.Filters ?? [];
    const all = groupsOf(input.IdentityStoreId, context).filter((one) =>
      filters.every(
        (filter) => valueAt({ DisplayName: one.name }, filter.AttributePath ?? "") === filter.AttributeValue,
      ),
    );
    const { items, next } = page(all, input);
    return { Groups: items.map(shownGroup), ...next };
  },

  UpdateGroup({ IdentityStoreId, GroupId, Operations }, context) {
    findGroup(IdentityStoreId, GroupId, context);
    const changed: Record<string, unknown> = {};
    apply(changed, Operations);
    storeGroups(context).update(storeKey(IdentityStoreId, GroupId), (draft) => {
      if (typeof changed.DisplayName === "string") draft.name = changed.DisplayName;
      if (typeof changed.Description === "string") draft.description = changed.Description;
      draft.updated = context.now;
    });
    return {};
  },

  DeleteGroup({ IdentityStoreId, GroupId }, context) {
    findGroup(IdentityStoreId, GroupId, context);
    for (const one of membershipsOf(IdentityStoreId, context)) {
      if (one.group === GroupId) memberships(context).delete(storeKey(IdentityStoreId, one.id));
    }
    storeGroups(context).delete(storeKey(IdentityStoreId, GroupId));
    return {};
  },

  GetGroupId({ IdentityStoreId, AlternateIdentifier }, context) {
    checkStore(IdentityStoreId, context);
    const { value } = unique(AlternateIdentifier);
    const found = groupsOf(IdentityStoreId, context).find((one) => one.name === value);
    if (!found) throw notFound("GROUP");
    return { GroupId: found.id, IdentityStoreId };
  },

  CreateGroupMembership({ IdentityStoreId, GroupId, MemberId }, context) {
    findGroup(IdentityStoreId, GroupId, context);
    const user = findUser(IdentityStoreId, MemberId.UserId ?? "", context).id;
    if (membershipsOf(IdentityStoreId, context).some((one) => one.group === GroupId && one.user === user)) {
      throw conflict("Member and Group relationship already exists.");
    }
    const id = `${IdentityStoreId.slice(2)}-${randomUUID()}`;
    const made = { id, store: IdentityStoreId, group: GroupId, user, created: context.now };
    memberships(context).put(storeKey(IdentityStoreId, id), made);
    return { MembershipId: id, IdentityStoreId };
  },

  DescribeGroupMembership({ IdentityStoreId, MembershipId }, context) {
    checkStore(IdentityStoreId, context);
    const found = memberships(context).get(storeKey(IdentityStoreId, MembershipId));
    if (!found) throw notFound("GROUP_MEMBERSHIP", MembershipId);
    return shownMembership(found) as Sdk.DescribeGroupMembershipResponse;
  },

  GetGroupMembershipId({ IdentityStoreId, GroupId, MemberId }, context) {
    checkStore(IdentityStoreId, context);
    const found = membershipsOf(IdentityStoreId, context).find(
      (one) => one.group === GroupId && one.user === MemberId.UserId,
    );
    if (!found) throw notFound("GROUP_MEMBERSHIP");
    return { MembershipId: found.id, IdentityStoreId };
  },

  ListGroupMemberships(input, context) {
    findGroup(input.IdentityStoreId, input.GroupId, context);
    const all = membershipsOf(input.IdentityStoreId, context).filter((one) => one.group === input.GroupId);
    const { items, next } = page(all, input);
    return { GroupMemberships: items.map(shownMembership), ...next };
  },

  ListGroupMembershipsForMember(input, context) {
    findUser(input.IdentityStoreId, input.MemberId.UserId ?? "", context);
    const all = membershipsOf(input.IdentityStoreId, context).filter(
      (one) => one.user === input.MemberId.UserId,
    );
    const { items, next } = page(all, input);
    return { GroupMemberships: items.map(shownMembership), ...next };
  },

  DeleteGroupMembership({ IdentityStoreId, MembershipId }, context) {
    checkStore(IdentityStoreId, context);
    if (!memberships(context).delete(storeKey(IdentityStoreId, MembershipId))) {
      throw notFound("GROUP_MEMBERSHIP", MembershipId);
    }
    return {};
  },

  IsMemberInGroups({ IdentityStoreId, MemberId, GroupIds }, context) {
    const user = findUser(IdentityStoreId, MemberId.UserId ?? "", context).id;
    const mine = new Set(
      membershipsOf(IdentityStoreId, context)
        .filter((one) => one.user === user)
        .map((one) => one.group),
    );
    return {
      Results: GroupIds.map((GroupId) => ({
        GroupId,
        MemberId: { UserId: user },
        MembershipExists: mine.has(GroupId),
      })),
    };
  },
};
