/**
 * A permission set in an account is a role: `/aws-reserved/sso.amazonaws.com/AWSReservedSSO_<name>_<16 hex digits>`
 * that only sessions of Identity Center's SAML provider can assume.
 */
import { createHash } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { noteUse } from "../iam/entities.ts";
import { dropRole, putRole } from "../iam/operations/roles.ts";
import { keyOf, roles } from "../iam/state.ts";
import { accountAssignments, type PermissionSet } from "./state.ts";

const roleName = (set: PermissionSet, account: string) =>
  `AWSReservedSSO_${set.name}_${createHash("sha256").update(`${set.arn}|${account}`).digest("hex").slice(0, 16)}`;

/** ISO 8601 duration to seconds. */
function secondsOf(duration: string): number {
  const [, hours = "0", minutes = "0"] = /^PT(?:(\d+)H)?(?:(\d+)M)?/.exec(duration) ?? [];
  return Math.min(Math.max(Number(hours) * 3600 + Number(minutes) * 60, 3600), 43200);
}

/** Makes or brings up to date the role of a permission set in an account. */
export function provision(set: PermissionSet, account: string, context: CallContext): void {
  const there = context.in(account);
  const name = roleName(set, account);
  const old = roles(there).get(keyOf(name));
  for (const arn of old?.attached ?? []) noteUse(there, arn, "attached", "role", name, false);
  const attached = [
    ...set.managed.map((one) => one.Arn),
    ...set.customer.map((one) => `arn:aws:iam::${account}:policy${one.Path ?? "/"}${one.Name}`),
  ];
  const boundary =
    set.boundary?.ManagedPolicyArn ??
    (set.boundary?.CustomerManagedPolicyReference &&
      `arn:aws:iam::${account}:policy${set.boundary.CustomerManagedPolicyReference.Path ?? "/"}${set.boundary.CustomerManagedPolicyReference.Name}`);
  if (!old) {
    putRole(
      {
        name,
        path: "/aws-reserved/sso.amazonaws.com/",
        attached,
        tags: [],
        maxSession: secondsOf(set.duration),
        linkedService: "sso.amazonaws.com",
        trust: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Federated: `arn:aws:iam::${account}:saml-provider/AWSSSO_DO_NOT_DELETE` },
              Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
              Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
            },
          ],
        }),
        ...(boundary !== undefined && { boundary }),
      },
      there,
    );
  }
  roles(there).update(keyOf(name), (draft) => {
    draft.attached = attached;
    draft.inline = set.inline === undefined ? {} : { AwsSSOInlinePolicy: set.inline };
    draft.maxSession = secondsOf(set.duration);
    delete draft.boundary;
    if (boundary !== undefined) draft.boundary = boundary;
  });
  for (const arn of attached) noteUse(there, arn, "attached", "role", name, true);
}

/** Removes the role once nobody is assigned to the permission set in the account any more. */
export function withdraw(set: PermissionSet, account: string, context: CallContext): void {
  if (accountAssignments(context).list({ prefix: `${set.arn}|${account}|`, limit: 1 }).length > 0) return;
  const there = context.in(account);
  const role = roles(there).get(keyOf(roleName(set, account)));
  if (!role) return;
  for (const arn of role.attached) noteUse(there, arn, "attached", "role", role.name, false);
  dropRole(role, there);
}
