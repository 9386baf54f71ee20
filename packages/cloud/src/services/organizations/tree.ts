/** The organisation as its operations see it: who may call, the tree, the pages of lists. */
import { randomBytes } from "node:crypto";
import type { CallContext, ReadContext } from "../../context.ts";
import { membershipOf } from "./directory.ts";
import { accessDenied, invalidInput, notInUse } from "./errors.ts";
import { type Node, nodes, type Organization, type PolicyType, policies } from "./state.ts";

/** Lower-case letters and digits, as Organizations' ids are made of. */
export function randomId(length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return [...randomBytes(length)].map((byte) => letters[byte % 36]).join("");
}

/** The organisation of the calling account. @throws AWSOrganizationsNotInUse */
export function organizationHere(context: ReadContext): Organization {
  const found = membershipOf(context.account, context);
  if (!found) throw notInUse();
  return found.organization;
}

/** The same, for what the management account (or a delegated administrator, for reading) alone may do. */
export function managed(context: ReadContext, reading = false): Organization {
  const organization = organizationHere(context);
  if (organization.management === context.account) return organization;
  if (reading && organization.delegated[context.account]) return organization;
  throw accessDenied();
}

/** Nodes of the organisation. */
export const nodesOf = (organization: Organization, context: ReadContext) => nodes(context, organization.id);

export function childrenOf(
  parent: string,
  organization: Organization,
  context: ReadContext,
): Readonly<Node>[] {
  return nodesOf(organization, context)
    .list()
    .filter((one) => one.parent === parent);
}

/** ARN of something in the organisation. */
export function arnOf(
  organization: Pick<Organization, "id" | "management">,
  kind: string,
  id: string,
): string {
  return `arn:aws:organizations::${organization.management}:${kind}/${organization.id}/${id}`;
}

const FULL: Partial<
  Record<PolicyType, { id: string; name: string; path: string; content: string; description: string }>
> = {
  SERVICE_CONTROL_POLICY: {
    id: "p-FullAWSAccess",
    name: "FullAWSAccess",
    path: "service_control_policy",
    description: "Allows access to every operation",
    content: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    }),
  },
  RESOURCE_CONTROL_POLICY: {
    id: "p-RCPFullAWSAccess",
    name: "RCPFullAWSAccess",
    path: "resource_control_policy",
    description: "Allows all actions for all resources.",
    content: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    }),
  },
};

/** Id of the policy that AWS attaches everywhere when a type is enabled. */
export const fullAccessId = (type: PolicyType): string | undefined => FULL[type]?.id;

/** Makes AWS's own policies known in a new organisation. */
export function addAwsPolicies(organization: Organization, context: CallContext): void {
  for (const [type, one] of Object.entries(FULL)) {
    policies(context, organization.id).put(one.id, {
      id: one.id,
      arn: `arn:aws:organizations::aws:policy/${one.path}/${one.id}`,
      name: one.name,
      description: one.description,
      type: type as PolicyType,
      awsManaged: true,
      content: one.content,
      tags: [],
    });
  }
}

/** Policies a new root, unit or account begins with. */
export function firstPolicies(organization: Organization): string[] {
  return organization.enabled.flatMap((type) => fullAccessId(type) ?? []);
}

/** One page of a list: `MaxResults` (20 by default) and `NextToken`. @throws InvalidInput for a foreign token */
export function page<T>(
  all: readonly T[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { items: T[]; next: { NextToken?: string } } {
  const limit = input.MaxResults ?? 20;
  let start = 0;
  if (input.NextToken !== undefined) {
    const plain = Buffer.from(input.NextToken, "base64").toString();
    if (!/^o\|\d+$/.test(plain)) throw invalidInput("INVALID_NEXT_TOKEN");
    start = Number(plain.slice(2));
  }
  const items = all.slice(start, start + limit);
  const more = start + limit < all.length;
  return { items, next: more ? { NextToken: Buffer.from(`o|${start + limit}`).toString("base64") } : {} };
}
