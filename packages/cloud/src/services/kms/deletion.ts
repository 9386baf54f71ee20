/** Deletion at the end of the waiting period, and what follows from the clock: rotation and expiry of material. */
import type { ReadContext } from "../../context.ts";
import type { CloudRuntime } from "../../service.ts";
import { rotateIfDue, scheduleRotation } from "./rotation.ts";
import { aliases, grants, type Key, keys } from "./state.ts";

const DAY = 86_400_000;

/** Removes a key with its aliases and grants: what was encrypted under it is lost. */
export function removeKey(key: Readonly<Key>, context: ReadContext): void {
  const at = context.in(key.account, key.region);
  at.store.unitOfWork(() => {
    for (const alias of aliases(at).list()) if (alias.keyId === key.id) aliases(at).delete(alias.name);
    for (const [id] of grants(at).entries({ prefix: `${key.id}/` })) grants(at).delete(id);
    keys(at).delete(key.id);
    if (key.multiRegion) forgetReplica(key, at);
  });
}

function forgetReplica(key: Readonly<Key>, at: ReadContext): void {
  const primary = key.multiRegion?.primary;
  if (!primary || primary.region === key.region) return;
  const siblings = [primary, ...(key.multiRegion?.replicas ?? [])].filter((one) => one.region !== key.region);
  for (const one of siblings) {
    const there = at.in(key.account, one.region);
    const left = keys(there).update(key.id, (draft) => {
      if (!draft.multiRegion) return;
      draft.multiRegion.replicas = draft.multiRegion.replicas.filter((other) => other.region !== key.region);
      if (draft.state !== "PendingReplicaDeletion" || draft.multiRegion.replicas.length > 0) return;
      draft.state = "PendingDeletion";
      draft.deletion = at.clock.now() + (draft.deletionWindow ?? 30) * DAY;
      delete draft.deletionWindow;
    });
    if (left?.deletion !== undefined) scheduleRemoval(left, left.deletion, there);
  }
}

export function scheduleRemoval(key: Readonly<Key>, when: number, context: ReadContext): void {
  const at = context.in(key.account, key.region);
  at.clock.at(when, () => {
    const now = keys(at).get(key.id);
    if (now?.state === "PendingDeletion" && now.deletion !== undefined && now.deletion <= at.clock.now())
      removeKey(now, at);
  });
}

/** Takes up what was due when the cloud stopped. */
export function resume(cloud: CloudRuntime): void {
  for (const scope of cloud.store.scopes("kms.key")) {
    const [account = "", region = ""] = scope.split("/");
    const at = cloud.within(account, region);
    for (const key of keys(at).list()) {
      if (key.deletion !== undefined) scheduleRemoval(key, key.deletion, at);
      if (key.rotation) {
        rotateIfDue(key.id, at);
        scheduleRotation(key.id, key.rotation.next, at);
      }
    }
  }
}
