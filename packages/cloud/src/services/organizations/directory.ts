/** What binds an account as a member of an organisation: its policies from the root down, and its place. */
import type { ReadContext } from "../../context.ts";
import type { OrganizationPolicies, StoredPolicy } from "../../identity/directory.ts";
import { memberships, type Node, nodes, type Organization, organizations, policies } from "./state.ts";

type Where = Pick<ReadContext, "globalTable" | "store">;

/** The organisation of an account, and the account's own place in it. */
export function membershipOf(
  account: string,
  at: Where,
): { organization: Organization; node: Node } | undefined {
  const membership = memberships(at).get(account);
  if (!membership) return undefined;
  const organization = organizations(at).get(membership.organization);
  const node = nodes(at, membership.organization).get(account);
  return organization && node && { organization, node };
}

/** From the root to the node. */
function pathTo(node: Node, organization: string, at: Where): Node[] {
  const path: Node[] = [node];
  for (let id = node.parent; id !== undefined; ) {
    const parent = nodes(at, organization).get(id);
    if (!parent) break;
    path.unshift(parent);
    id = parent.parent;
  }
  return path;
}

interface Known<T> {
  rows: readonly unknown[];
  result: T;
}
const knownPolicies = new WeakMap<Node, Known<OrganizationPolicies>>();
const knownPlaces = new WeakMap<Node, Known<{ id: string; paths: string[] }>>();

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** SCPs and RCPs that bind `account`; `undefined` outside of an organisation and in its management account. */
export function organizationPolicies(
  account: string,
  context: ReadContext,
): OrganizationPolicies | undefined {
  const found = membershipOf(account, context);
  if (!found || found.organization.management === account) return undefined;
  const { organization, node } = found;
  const table = policies(context, organization.id);
  const path = pathTo(node, organization.id, context);
  const attached = path.map((one) => one.policies.map((id) => table.get(id)));
  const rows: unknown[] = [organization, ...path, ...attached.flat()];
  const known = knownPolicies.get(node);
  if (known && same(known.rows, rows)) return known.result;
  const levels = (type: string): StoredPolicy[][] =>
    organization.enabled.some((one) => one === type)
      ? attached.map((level) =>
          level.flatMap((one) =>
            one?.type === type ? [{ name: one.name, arn: one.arn, document: one.content }] : [],
          ),
        )
      : [];
  const result = { scps: levels("SERVICE_CONTROL_POLICY"), rcps: levels("RESOURCE_CONTROL_POLICY") };
  knownPolicies.set(node, { rows, result });
  return result;
}

/** Organisation id and path of `account`: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`. */
export function organizationOf(
  account: string,
  context: ReadContext,
): { id: string; paths: string[] } | undefined {
  const found = membershipOf(account, context);
  if (!found) return undefined;
  const { organization, node } = found;
  const path = pathTo(node, organization.id, context);
  const known = knownPlaces.get(node);
  if (known && same(known.rows, path)) return known.result;
  const units = path.slice(0, -1).map((one) => one.id);
  const result = { id: organization.id, paths: [`${[organization.id, ...units].join("/")}/`] };
  knownPlaces.set(node, { rows: path, result });
  return result;
}
