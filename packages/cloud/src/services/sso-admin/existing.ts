/**
 * An Identity Center that is there already: its API gives every id by itself, and what is written for an
 * organization's own (a template with a group's id) could otherwise not be tried here.
 */
import type { CallContext } from "../../context.ts";
import { storeGroups, storeKey, storeUsers } from "../identitystore/state.ts";
import { instances } from "./state.ts";

export interface ExistingIdentityCenter {
  /** `arn:aws:sso:::instance/ssoins-…` */
  instance: string;
  /** Id of the identity store. @default made from the instance's id */
  store?: string;
  /** Group's name → its id. */
  groups?: Readonly<Record<string, string>>;
  /** User names. */
  users?: readonly string[];
}

/** Puts what is not there yet; what is stays as it is. */
export function putIdentityCenter(wanted: ExistingIdentityCenter, context: CallContext): void {
  const now = context.clock.now();
  const store = wanted.store ?? `d-${wanted.instance.split("-").at(-1)?.slice(0, 10)}`;
  const dates = { store, created: now, updated: now, createdBy: `arn:aws:iam::${context.account}:root` };
  context.store.unitOfWork(() => {
    if (!instances(context).has(wanted.instance)) {
      const made = { owner: context.account, created: now, tags: [] };
      instances(context).put(wanted.instance, { arn: wanted.instance, storeId: store, ...made });
    }
    for (const [name, id] of Object.entries(wanted.groups ?? {})) {
      const key = storeKey(store, id);
      if (!storeGroups(context).has(key)) storeGroups(context).put(key, { id, name, ...dates });
    }
    const known = new Set(
      storeUsers(context)
        .list()
        .map((one) => one.attributes.UserName),
    );
    for (const UserName of wanted.users ?? []) {
      if (known.has(UserName)) continue;
      const id = `${store.slice(2)}-${crypto.randomUUID()}`;
      storeUsers(context).put(storeKey(store, id), { id, attributes: { UserName }, ...dates });
    }
  });
}
