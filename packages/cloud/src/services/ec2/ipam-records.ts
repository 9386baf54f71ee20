/** What IPAM keeps: IPAMs, their scopes, and pools with their blocks and what is allocated out of them. */
import type { Entity, Tags } from "./records.ts";

export interface IpamRecord extends Entity {
  description?: string;
  /** Operating regions. */
  regions: string[];
  tier: "free" | "advanced";
  publicScopeId: string;
  privateScopeId: string;
}

export interface IpamScopeRecord extends Entity {
  ipamId: string;
  type: "public" | "private";
  isDefault: boolean;
  description?: string;
}

export interface IpamAllocation {
  id: string;
  cidr: string;
  type: "vpc" | "ipam-pool" | "custom";
  resourceId?: string;
  description?: string;
}

export interface IpamPoolRecord extends Entity {
  ipamId: string;
  scopeId: string;
  sourcePoolId?: string;
  depth: number;
  description?: string;
  /** Region that it gives addresses to. @default none */
  locale?: string;
  autoImport: boolean;
  least?: number;
  most?: number;
  default?: number;
  /** Tags that a resource must have to get addresses. */
  resourceTags: Tags;
  cidrs: string[];
  allocations: IpamAllocation[];
}
