/** What binds an account as a member of an organisation: its policies from the root down, and its place. */
import type { ReadContext } from "../../context.ts";
import type { OrganizationPolicies } from "../../identity/directory.ts";

/** SCPs and RCPs that bind `account`; `undefined` outside of an organisation and in its management account. */
export function organizationPolicies(
  _account: string,
  _context: ReadContext,
): OrganizationPolicies | undefined {
  return undefined;
}

/** Organisation id and path of `account`. */
export function organizationOf(
  _account: string,
  _context: ReadContext,
): { id: string; paths: string[] } | undefined {
  return undefined;
}
