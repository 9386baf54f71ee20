/** Policies inside users, groups and roles. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { checkIdentityPolicy, policySize } from "../document.ts";
import { change, find } from "../entities.ts";
import { type Kind, limitExceeded, noSuchEntity } from "../errors.ts";
import { checkName } from "../names.ts";
import { page } from "../paging.ts";
import { notLinked } from "./roles.ts";

/** Characters, white space not counted, that all inline policies of one entity may have together. */
const SIZE: Record<Kind, number> = { user: 2048, group: 5120, role: 10240 };

function put(kind: Kind, name: string, policy: string, document: string, context: CallContext): void {
  const entity = find(kind, name, context);
  if (kind === "role") notLinked(entity as never);
  checkName("policy", "policyName", policy);
  checkIdentityPolicy(document, "inline");
  let size = policySize(document);
  for (const [other, text] of Object.entries(entity.inline)) if (other !== policy) size += policySize(text);
  if (size > SIZE[kind]) {
    throw limitExceeded(`Maximum policy size of ${SIZE[kind]} bytes exceeded for ${kind} ${name}`);
  }
  change(kind, name, context, (draft) => {
    // a plain assignment would lose the name `__proto__`
    Object.defineProperty(draft.inline, policy, {
      value: document,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  });
}

function get(kind: Kind, name: string, policy: string, context: CallContext): string {
  const { inline } = find(kind, name, context);
  if (!Object.hasOwn(inline, policy)) throw missing(kind, policy);
  return encodeURIComponent(inline[policy] as string);
}

function remove(kind: Kind, name: string, policy: string, context: CallContext): void {
  const entity = find(kind, name, context);
  if (kind === "role") notLinked(entity as never);
  if (!Object.hasOwn(entity.inline, policy)) throw missing(kind, policy);
  change(kind, name, context, (draft) => {
    delete draft.inline[policy];
  });
}

function missing(kind: Kind, policy: string) {
  return noSuchEntity(`The ${kind} policy with name ${policy} cannot be found.`);
}

function list(
  kind: Kind,
  name: string,
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
  context: CallContext,
) {
  const names = Object.keys(find(kind, name, context).inline).sort();
  const { items, more } = page(names, (one) => one, input);
  return { PolicyNames: [...items], ...more };
}

export const inlinePolicyOperations: Handlers<typeof Iam, CallContext> = {
  PutUserPolicy({ UserName, PolicyName, PolicyDocument }, context) {
    put("user", UserName, PolicyName, PolicyDocument, context);
    return {};
  },
  GetUserPolicy({ UserName, PolicyName }, context) {
    return { UserName, PolicyName, PolicyDocument: get("user", UserName, PolicyName, context) };
  },
  DeleteUserPolicy({ UserName, PolicyName }, context) {
    remove("user", UserName, PolicyName, context);
    return {};
  },
  ListUserPolicies: (input, context) => list("user", input.UserName, input, context),

  PutGroupPolicy({ GroupName, PolicyName, PolicyDocument }, context) {
    put("group", GroupName, PolicyName, PolicyDocument, context);
    return {};
  },
  GetGroupPolicy({ GroupName, PolicyName }, context) {
    return { GroupName, PolicyName, PolicyDocument: get("group", GroupName, PolicyName, context) };
  },
  DeleteGroupPolicy({ GroupName, PolicyName }, context) {
    remove("group", GroupName, PolicyName, context);
    return {};
  },
  ListGroupPolicies: (input, context) => list("group", input.GroupName, input, context),

  PutRolePolicy({ RoleName, PolicyName, PolicyDocument }, context) {
    put("role", RoleName, PolicyName, PolicyDocument, context);
    return {};
  },
  GetRolePolicy({ RoleName, PolicyName }, context) {
    return { RoleName, PolicyName, PolicyDocument: get("role", RoleName, PolicyName, context) };
  },
  DeleteRolePolicy({ RoleName, PolicyName }, context) {
    remove("role", RoleName, PolicyName, context);
    return {};
  },
  ListRolePolicies: (input, context) => list("role", input.RoleName, input, context),
};
