/** Reads an account whole. Permissions that are missing become gaps; only the identity itself is required. */
import type { Clients } from "../aws/clients.ts";
import { readPrincipals } from "./read-iam.ts";
import { readEndpoints, readProfiles } from "./read-network.ts";
import { readPaths } from "./read-paths.ts";
import { attemptRead, readBuckets, readKeys } from "./read-resources.ts";
import type { AccountSnapshot, Gap, PolicyText } from "./snapshot.ts";

export async function readAccount(clients: Clients): Promise<AccountSnapshot> {
  const gaps: Gap[] = [];
  const { Account: account = "" } = await clients.call("sts", "GetCallerIdentity", {});
  const [principals, buckets, keys, endpoints, profiles, paths, scps] = await Promise.all([
    attemptRead(gaps, "users, roles and policies", () => readPrincipals(clients)),
    readBuckets(clients, account, gaps),
    readKeys(clients, account, gaps),
    readEndpoints(clients, gaps),
    readProfiles(clients, gaps),
    readPaths(clients, gaps),
    readScps(clients, account, gaps),
  ]);
  return {
    account,
    region: clients.target.region,
    principals: principals ?? [],
    resources: [...buckets, ...keys],
    endpoints,
    profiles,
    paths,
    ...(scps && { scps }),
    gaps,
  };
}

/** SCPs along the account's path. Only the management account (or a delegate) may read them. */
async function readScps(clients: Clients, account: string, gaps: Gap[]): Promise<AccountSnapshot["scps"]> {
  try {
    const { Organization } = await clients.call("organizations", "DescribeOrganization", {});
    // the management account is bound by none
    if (Organization?.MasterAccountId === account) return undefined;
    const levels: { level: string; policies: PolicyText[] }[] = [];
    for (let target: string | undefined = account; target; ) {
      levels.unshift({ level: target, policies: await policiesOn(clients, target) });
      const parents: { Parents?: { Id?: string | undefined }[] | undefined } = target.startsWith("r-")
        ? {}
        : await clients.call("organizations", "ListParents", { ChildId: target });
      target = parents.Parents?.[0]?.Id;
    }
    return levels;
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "AWSOrganizationsNotInUseException")
      gaps.push({ what: "service control policies", why: `${name}: ${message}` });
    return undefined;
  }
}

async function policiesOn(clients: Clients, TargetId: string): Promise<PolicyText[]> {
  const { Policies } = await clients.call("organizations", "ListPoliciesForTarget", {
    TargetId,
    Filter: "SERVICE_CONTROL_POLICY",
  });
  return Promise.all(
    (Policies ?? []).map(async ({ Id: PolicyId = "", Name = "", Arn }) => {
      const { Policy } = await clients.call("organizations", "DescribePolicy", { PolicyId });
      return { name: Name, document: Policy?.Content ?? "{}", ...(Arn && { arn: Arn }) };
    }),
  );
}
