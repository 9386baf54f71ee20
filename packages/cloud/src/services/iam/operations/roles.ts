/** Roles and their trust policies. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { checkTrustPolicy, policySize } from "../document.ts";
import { change, find, noteUse, stamp } from "../entities.ts";
import { alreadyExists, deleteConflict, quota, unmodifiable, validationError } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { instanceProfiles, keyOf, principalIds, type Role, roles } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";
import { currentTrust, trustedIds } from "../trust.ts";
import { checkBoundary, shownBoundary } from "./boundaries.ts";

/** AWS's default quota for trust policies. */
const TRUST_SIZE = 2048;

/** How much of a role an answer shows. */
type Detail = "created" | "listed" | "full";

/** A role as AWS shows it. */
export function shownRole(role: Role, context: ReadContext, detail: Detail = "full"): Iam.Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodeURIComponent(currentTrust(role, context)),
    // CreateRole answers with neither
    ...(detail !== "created" && {
      ...(role.description !== undefined && role.description !== "" && { Description: role.description }),
      MaxSessionDuration: role.maxSession,
    }),
    ...(detail !== "listed" && { ...shownBoundary(role.boundary), ...shownTags(role.tags) }),
    ...(detail === "full" && {
      RoleLastUsed: role.lastUsed
        ? { LastUsedDate: new Date(role.lastUsed.time), Region: role.lastUsed.region }
        : {},
    }),
  };
}

/** @throws UnmodifiableEntity for a service-linked role */
export function notLinked(role: Role): void {
  if (role.linkedService) {
    throw unmodifiable(
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    );
  }
}

function checkDuration(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 3600 || seconds > 43200) {
    throw validationError(
      `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value ${seconds < 3600 ? "greater than or equal to 3600" : "less than or equal to 43200"}`,
    );
  }
  return seconds;
}

function checkedTrust(
  document: string,
  context: ReadContext,
): { trust: string; trustIds?: Record<string, string> } {
  checkTrustPolicy(document);
  if (policySize(document) > TRUST_SIZE) throw quota("ACLSizePerRole", TRUST_SIZE);
  const trustIds = trustedIds(document, context);
  return { trust: document, ...(Object.keys(trustIds).length > 0 && { trustIds }) };
}

/** Writes a new role; also used for service-linked ones. */
export function putRole(
  role: Omit<Role, "id" | "arn" | "created" | "inline">,
  context: CallContext,
): Readonly<Role> {
  const made = roles(context).put(keyOf(role.name), {
    ...role,
    id: uniqueId("AROA"),
    arn: iamArn(context.account, "role", role.path, role.name),
    created: stamp(context),
    inline: {},
  });
  principalIds(context).put(made.id, { arn: made.arn });
  return made;
}

export const roleOperations: Handlers<typeof Iam, CallContext> = {
  CreateRole(input, context) {
    checkName("role", "roleName", input.RoleName);
    const path = checkPath(input.Path);
    const maxSession = checkDuration(input.MaxSessionDuration) ?? 3600;
    const tags = newTags(input.Tags);
    if (path.startsWith("/aws-service-role/")) {
      throw validationError(
        "The specified value for path is invalid. It must not begin with /aws-service-role/",
      );
    }
    if (roles(context).has(keyOf(input.RoleName))) {
      throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
    }
    const trust = checkedTrust(input.AssumeRolePolicyDocument, context);
    const boundary = checkBoundary(input.PermissionsBoundary, context);
    const role = putRole(
      {
        name: input.RoleName,
        path,
        attached: [],
        tags,
        maxSession,
        ...trust,
        ...(boundary && { boundary }),
        ...(input.Description !== undefined && { description: input.Description }),
      },
      context,
    );
    if (boundary) noteUse(context, boundary, "boundary", "role", role.name, true);
    return { Role: shownRole(role, context, "created") };
  },

  GetRole({ RoleName }, context) {
    return { Role: shownRole(find("role", RoleName, context), context) };
  },

  ListRoles(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const all = roles(context)
      .list()
      .filter((role) => role.path.startsWith(prefix) || `${role.path}${role.name}`.startsWith(prefix));
    const { items, more } = page(all, (role) => keyOf(role.name), input);
    return { Roles: items.map((role) => shownRole(role, context, "listed")), ...more };
  },

  UpdateRole(input, context) {
    notLinked(find("role", input.RoleName, context));
    const duration = checkDuration(input.MaxSessionDuration);
    change("role", input.RoleName, context, (draft) => {
      if (input.Description !== undefined) draft.description = input.Description;
      if (duration !== undefined) draft.maxSession = duration;
    });
    return {};
  },

  UpdateRoleDescription(input, context) {
    notLinked(find("role", input.RoleName, context));
    const role = change("role", input.RoleName, context, (draft) => {
      draft.description = input.Description;
    });
    const { MaxSessionDuration: _, RoleLastUsed: __, ...shown } = shownRole(role, context);
    return { Role: shown };
  },

  UpdateAssumeRolePolicy(input, context) {
    notLinked(find("role", input.RoleName, context));
    const trust = checkedTrust(input.PolicyDocument, context);
    change("role", input.RoleName, context, (draft) => {
      delete draft.trustIds;
      Object.assign(draft, trust);
    });
    return {};
  },

  DeleteRole({ RoleName }, context) {
    const role = find("role", RoleName, context);
    notLinked(role);
    if (
      instanceProfiles(context)
        .list()
        .some((profile) => profile.role === role.name)
    ) {
      throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
    }
    if (role.attached.length > 0) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (Object.keys(role.inline).length > 0) {
      throw deleteConflict("Cannot delete entity, must delete policies first.");
    }
    dropRole(role, context);
    return {};
  },
};

/** Removes a role that nothing holds any more. */
export function dropRole(role: Role, context: CallContext): void {
  if (role.boundary) noteUse(context, role.boundary, "boundary", "role", role.name, false);
  roles(context).delete(keyOf(role.name));
  principalIds(context).delete(role.id);
}
