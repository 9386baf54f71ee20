/** Kinds: IPAMs, their scopes and pools. */
import type { IpamPoolRecord, IpamRecord, IpamScopeRecord } from "../ipam-records.ts";
import type { Kind } from "../kind.ts";
import { absent } from "../malformed.ts";

export const ipams: Kind<IpamRecord> = {
  type: "ipam",
  prefix: "ipam",
  notFoundCode: "InvalidIpamId.NotFound",
  notFound: absent("ipam ID"),
  filters: {
    description: (one) => one.description,
    "ipam-id": (one) => one.id,
    "owner-id": (_, context) => context.account,
    state: () => "create-complete",
    tier: (one) => one.tier,
  },
};

export const ipamScopes: Kind<IpamScopeRecord> = {
  type: "ipam-scope",
  prefix: "ipam-scope",
  notFoundCode: "InvalidIpamScopeId.NotFound",
  notFound: absent("ipam-scope ID"),
  filters: {
    description: (one) => one.description,
    "ipam-id": (one) => one.ipamId,
    "ipam-scope-id": (one) => one.id,
    "ipam-scope-type": (one) => one.type,
    "is-default": (one) => one.isDefault,
    "owner-id": (_, context) => context.account,
    state: () => "create-complete",
  },
};

export const ipamPools: Kind<IpamPoolRecord> = {
  type: "ipam-pool",
  prefix: "ipam-pool",
  notFoundCode: "InvalidIpamPoolId.NotFound",
  notFound: absent("ipam-pool ID"),
  filters: {
    "address-family": () => "ipv4",
    description: (one) => one.description,
    "ipam-pool-id": (one) => one.id,
    "ipam-scope-id": (one) => one.scopeId,
    locale: (one) => one.locale ?? "None",
    "owner-id": (_, context) => context.account,
    "source-ipam-pool-id": (one) => one.sourcePoolId,
    state: () => "create-complete",
  },
};
