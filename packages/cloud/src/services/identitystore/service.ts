/** The identity store behind Identity Center: who the workforce users and groups are. */
import type * as Sdk from "@aws-sdk/client-identitystore";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, Service } from "../../service.ts";
import { operations } from "./operations.ts";

/** What an operation names, as ARNs: the store, and users, groups and memberships in it. */
function arnsOf(input: Record<string, unknown>, context: ReadContext): string[] {
  const arns = [`arn:aws:identitystore::${context.account}:identitystore/${String(input.IdentityStoreId)}`];
  const member = input.MemberId as { UserId?: string } | undefined;
  const user = input.UserId ?? member?.UserId;
  if (typeof user === "string") arns.push(`arn:aws:identitystore:::user/${user}`);
  if (typeof input.GroupId === "string") arns.push(`arn:aws:identitystore:::group/${input.GroupId}`);
  if (typeof input.MembershipId === "string") {
    arns.push(`arn:aws:identitystore:::membership/${input.MembershipId}`);
  }
  return arns;
}

const authorization: AuthorizationTable = Object.fromEntries(
  Object.keys(operations).map((operation) => [
    operation,
    (input: Record<string, unknown>, context: ReadContext) => {
      const member = (input.MemberId as { UserId?: string } | undefined)?.UserId ?? input.UserId;
      const context_ = typeof member === "string" ? { "identitystore:UserId": member } : {};
      return arnsOf(input, context).map((resource) => ({
        action: `identitystore:${operation}`,
        resource,
        context: context_,
        facts: { account: context.account },
      }));
    },
  ]),
);

export const service: Service<typeof Sdk> = {
  key: "identitystore",
  actionPrefix: "identitystore",
  principal: "identitystore.amazonaws.com",
  operations,
  authorization,
};
