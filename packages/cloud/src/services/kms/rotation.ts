/**
 * Rotation of symmetric keys: new material becomes current, older material still decrypts.
 * https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
 */
import type { ReadContext } from "../../context.ts";
import { generateSymmetric, sealed } from "./material.ts";
import { type Key, keys } from "./state.ts";

export const DAY = 86_400_000;

/** Gives a key new current material. Call inside a unit of work. */
export function rotate(draft: Key, how: "AUTOMATIC" | "ON_DEMAND", context: ReadContext, now: number): void {
  const material = sealed(context, draft.id, generateSymmetric().secret, now, "generated");
  draft.materials.unshift({ ...material, rotation: how, rotated: now });
}

/** Replicas of a multi-Region key share its material. */
export function shareMaterial(key: Readonly<Key>, context: ReadContext): void {
  for (const { region } of key.multiRegion?.replicas ?? []) {
    keys(context.in(key.account, region)).update(key.id, (draft) => {
      draft.materials = structuredClone(key.materials as Key["materials"]);
    });
  }
}

export function scheduleRotation(keyId: string, when: number, at: ReadContext): void {
  at.clock.at(when, () => rotateIfDue(keyId, at));
}

/** Rotates once for every period that has passed. */
export function rotateIfDue(keyId: string, at: ReadContext): void {
  const now = at.clock.now();
  const key = keys(at).get(keyId);
  if (!key?.rotation || key.rotation.next > now) return;
  const { period } = key.rotation;
  let next = key.rotation.next;
  const rotated = keys(at).update(keyId, (draft) => {
    while (next <= now) {
      if (draft.state === "Enabled") rotate(draft, "AUTOMATIC", at, next);
      next += period * DAY;
    }
    draft.rotation = { period, next };
  });
  if (rotated) shareMaterial(rotated, at);
  scheduleRotation(keyId, next, at);
}
