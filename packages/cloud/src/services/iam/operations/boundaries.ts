/** Permissions boundaries of users and roles. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, noteUse } from "../entities.ts";
import { invalidInput, noSuchEntity, unmodifiable } from "../errors.ts";
import { awsManaged } from "../managed/aws-managed.ts";
import { parseIamArn } from "../names.ts";
import { policies } from "../state.ts";

/** The ARN of a policy that can be a boundary. @throws InvalidInput, NoSuchEntity */
export function checkBoundary(arn: string | undefined, context: ReadContext): string | undefined {
  if (arn === undefined || arn === "") return undefined;
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== "policy") {
    throw invalidInput(`ARN ${arn} is not valid.`);
  }
  if (!awsManaged(arn) && !policies(context).has(arn)) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  }
  return arn;
}

/** `PermissionsBoundary` of an answer. */
export function shownBoundary(arn: string | undefined): {
  PermissionsBoundary?: Iam.AttachedPermissionsBoundary;
} {
  if (!arn) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: "Policy" as never, PermissionsBoundaryArn: arn } };
}

function put(kind: "user" | "role", name: string, given: string | undefined, context: CallContext): void {
  const entity = find(kind, name, context);
  if ("linkedService" in entity && entity.linkedService) {
    throw unmodifiable(
      `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
    );
  }
  const arn = given === undefined ? undefined : checkBoundary(given, context);
  if (given === undefined && !entity.boundary) {
    throw noSuchEntity(`The ${kind} with name ${name} does not have a permissions boundary.`);
  }
  if (entity.boundary) noteUse(context, entity.boundary, "boundary", kind, entity.name, false);
  change(kind, name, context, (draft) => {
    delete draft.boundary;
    if (arn) draft.boundary = arn;
  });
  if (arn) noteUse(context, arn, "boundary", kind, entity.name, true);
}

export const boundaryOperations: Handlers<typeof Iam, CallContext> = {
  PutUserPermissionsBoundary({ UserName, PermissionsBoundary }, context) {
    put("user", UserName, PermissionsBoundary, context);
    return {};
  },
  DeleteUserPermissionsBoundary({ UserName }, context) {
    put("user", UserName, undefined, context);
    return {};
  },
  PutRolePermissionsBoundary({ RoleName, PermissionsBoundary }, context) {
    put("role", RoleName, PermissionsBoundary, context);
    return {};
  },
  DeleteRolePermissionsBoundary({ RoleName }, context) {
    put("role", RoleName, undefined, context);
    return {};
  },
};
