/** Users and groups of an identity store, in the account and region of its Identity Center instance. */
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

export interface StoreUser {
  id: string;
  store: string;
  created: number;
  updated: number;
  createdBy: string;
  /** Attributes as given: UserName, Name, DisplayName, Emails … */
  attributes: { UserName: string } & Record<string, unknown>;
}

export interface StoreGroup {
  id: string;
  store: string;
  created: number;
  updated: number;
  createdBy: string;
  name: string;
  description?: string;
}

export interface Membership {
  id: string;
  store: string;
  group: string;
  user: string;
  created: number;
}

type Where = Pick<ReadContext, "table">;
export const storeUsers = (at: Where): Table<StoreUser> => at.table("identitystore.user");
export const storeGroups = (at: Where): Table<StoreGroup> => at.table("identitystore.group");
export const memberships = (at: Where): Table<Membership> => at.table("identitystore.membership");

/** Ids of an identity store's users and groups: ten characters of the store, then a UUID. */
export const storeKey = (store: string, id: string): string => `${store}|${id}`;
