/** Owner, tags and policy of an IAM resource; a role's resource policy is its trust policy. */
import type { ReadContext } from "../../context.ts";
import type { ResourceFacts } from "../../service.ts";
import { parseIamArn } from "./names.ts";
import {
  groups,
  instanceProfiles,
  keyOf,
  mfaDevices,
  oidcProviders,
  policies,
  roles,
  samlProviders,
  serverCertificates,
  type Tag,
  users,
} from "./state.ts";
import { tagRecord } from "./tags.ts";
import { currentTrust } from "./trust.ts";

/** Facts about the IAM resource with this ARN, or `undefined` when there is none. */
export function resource(arn: string, context: ReadContext): ResourceFacts | undefined {
  const parsed = parseIamArn(arn);
  if (!parsed || !/^\d{12}$/.test(parsed.account)) {
    // AWS's policies count as the caller's own, and so do those that it does not have: they are not found, not denied
    return parsed?.account === "aws" ? { account: context.caller.account } : undefined;
  }
  const { account, kind, name } = parsed;
  const there = context.in(account);
  const facts = (row: { arn: string; tags?: readonly Tag[] } | undefined): ResourceFacts | undefined =>
    row?.arn === arn ? { account, ...(row.tags?.length && { tags: tagRecord(row.tags) }) } : undefined;
  switch (kind) {
    case "role": {
      const role = roles(there).get(keyOf(name));
      const found = facts(role);
      if (!role || !found) return undefined;
      return {
        ...found,
        policy: { name: "trust policy", document: currentTrust(role, there) },
        extra: { trust: true },
      };
    }
    case "user":
      return facts(users(there).get(keyOf(name)));
    case "group":
      return facts(groups(there).get(keyOf(name)));
    case "policy":
      return facts(policies(there).get(arn));
    case "instance-profile":
      return facts(instanceProfiles(there).get(keyOf(name)));
    case "oidc-provider":
      return facts(oidcProviders(there).get(arn));
    case "saml-provider":
      return facts(samlProviders(there).get(arn));
    case "mfa":
      return facts(mfaDevices(there).get(arn));
    case "server-certificate":
      return facts(serverCertificates(there).get(keyOf(name)));
    default:
      return undefined;
  }
}
