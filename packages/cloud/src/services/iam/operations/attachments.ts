/** Managed policies attached to users, groups and roles. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, noteUse } from "../entities.ts";
import { invalidInput, type Kind, noSuchPolicy, notAttachable, quota, validationError } from "../errors.ts";
import { awsManaged } from "../managed/aws-managed.ts";
import { parseIamArn } from "../names.ts";
import { page } from "../paging.ts";
import { policies } from "../state.ts";
import { notLinked } from "./roles.ts";

const PER_ENTITY = 10;
const QUOTA: Record<Kind, string> = {
  user: "PoliciesPerUser",
  group: "PoliciesPerGroup",
  role: "PoliciesPerRole",
};

/** @throws `fault` for what is no policy ARN: attaching was recorded with ValidationError in 2026, others say InvalidInput */
export function checkPolicyArn(arn: string, fault = invalidInput): void {
  if (parseIamArn(arn)?.kind !== "policy") throw fault(`ARN ${arn} is not valid.`);
}

function attach(kind: Kind, name: string, arn: string, context: CallContext): void {
  checkPolicyArn(arn, validationError);
  const entity = find(kind, name, context);
  if (kind === "role") notLinked(entity as never);
  const aws = awsManaged(arn);
  if ((!aws && !policies(context).has(arn)) || aws?.path === "/aws-service-role/") throw notAttachable(arn);
  if (entity.attached.includes(arn)) return;
  if (entity.attached.length >= PER_ENTITY) throw quota(QUOTA[kind], PER_ENTITY);
  change(kind, name, context, (draft) => {
    draft.attached.push(arn);
  });
  noteUse(context, arn, "attached", kind, entity.name, true);
}

function detach(kind: Kind, name: string, arn: string, context: CallContext): void {
  checkPolicyArn(arn, validationError);
  const entity = find(kind, name, context);
  if (kind === "role") notLinked(entity as never);
  if (!entity.attached.includes(arn)) throw noSuchPolicy(arn);
  change(kind, name, context, (draft) => {
    draft.attached = draft.attached.filter((one) => one !== arn);
  });
  noteUse(context, arn, "attached", kind, entity.name, false);
}

function list(
  kind: Kind,
  name: string,
  input: {
    PathPrefix?: string | undefined;
    Marker?: string | undefined;
    MaxItems?: number | undefined;
  },
  context: CallContext,
) {
  const prefix = input.PathPrefix ?? "/";
  const all = find(kind, name, context)
    .attached.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn }))
    .filter(({ PolicyArn }) => (parseIamArn(PolicyArn)?.path ?? "/").startsWith(prefix))
    .sort((a, b) => (a.PolicyArn < b.PolicyArn ? -1 : 1));
  const { items, more } = page(all, (one) => one.PolicyArn, input);
  return { AttachedPolicies: [...items], ...more };
}

export const attachmentOperations: Handlers<typeof Iam, CallContext> = {
  AttachUserPolicy({ UserName, PolicyArn }, context) {
    attach("user", UserName, PolicyArn, context);
    return {};
  },
  DetachUserPolicy({ UserName, PolicyArn }, context) {
    detach("user", UserName, PolicyArn, context);
    return {};
  },
  ListAttachedUserPolicies: (input, context) => list("user", input.UserName, input, context),
  AttachGroupPolicy({ GroupName, PolicyArn }, context) {
    attach("group", GroupName, PolicyArn, context);
    return {};
  },
  DetachGroupPolicy({ GroupName, PolicyArn }, context) {
    detach("group", GroupName, PolicyArn, context);
    return {};
  },
  ListAttachedGroupPolicies: (input, context) => list("group", input.GroupName, input, context),
  AttachRolePolicy({ RoleName, PolicyArn }, context) {
    attach("role", RoleName, PolicyArn, context);
    return {};
  },
  DetachRolePolicy({ RoleName, PolicyArn }, context) {
    detach("role", RoleName, PolicyArn, context);
    return {};
  },
  ListAttachedRolePolicies: (input, context) => list("role", input.RoleName, input, context),
};
