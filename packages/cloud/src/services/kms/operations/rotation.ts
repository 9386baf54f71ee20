/** Rotation: automatic by the clock, on demand, and its history. */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { unsupported, validation } from "../errors.ts";
import { findByKeyId } from "../find-key.ts";
import { page } from "../paging.ts";
import { DAY, rotate, scheduleRotation, shareMaterial } from "../rotation.ts";
import { type Key, keyArn } from "../state.ts";
import { checkEnabled, checkNotDeleting } from "../usable.ts";
import { changeable, update } from "./keys.ts";

const ON_DEMAND_LIMIT = 25;

function rotatable(key: Readonly<Key>): void {
  if (key.spec !== "SYMMETRIC_DEFAULT")
    throw unsupported(`${keyArn(key)} is not a symmetric encryption key.`);
  if (key.multiRegion && key.multiRegion.primary.region !== key.region) {
    throw unsupported(`${keyArn(key)} is a multi-Region replica key: rotate its primary key.`);
  }
  if (key.origin === "EXTERNAL")
    throw unsupported(`${keyArn(key)} origin is EXTERNAL which is not valid for this operation.`);
}

export const rotationOperations: Handlers<typeof Kms, CallContext> = {
  EnableKeyRotation(input, context) {
    const key = changeable(input.KeyId, context);
    rotatable(key);
    checkEnabled(key, context);
    const period = input.RotationPeriodInDays ?? key.rotation?.period ?? 365;
    if (period < 90 || period > 2560) {
      throw validation(
        `1 validation error detected: Value '${period}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${period < 90 ? "greater than or equal to 90" : "less than or equal to 2560"}`,
      );
    }
    const next = context.now + period * DAY;
    update(key, context, (draft) => {
      draft.rotation = { period, next };
    });
    scheduleRotation(key.id, next, context.in(key.account, key.region));
    return {};
  },

  DisableKeyRotation(input, context) {
    const key = changeable(input.KeyId, context);
    rotatable(key);
    checkEnabled(key, context);
    update(key, context, (draft) => {
      delete draft.rotation;
    });
    return {};
  },

  GetKeyRotationStatus(input, context) {
    const { key } = findByKeyId(input.KeyId, context);
    const { rotation } = key;
    const automatic = rotation !== undefined && key.state !== "PendingDeletion";
    return {
      KeyId: keyArn(key),
      KeyRotationEnabled: automatic,
      ...(automatic && {
        RotationPeriodInDays: rotation.period,
        NextRotationDate: new Date(rotation.next),
      }),
    };
  },

  RotateKeyOnDemand(input, context) {
    const key = changeable(input.KeyId, context);
    rotatable(key);
    checkEnabled(key, context);
    const done = key.materials.filter((one) => one.rotation === "ON_DEMAND").length;
    if (done >= ON_DEMAND_LIMIT) {
      throw new AwsError(
        "LimitExceededException",
        `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn(key)}`,
      );
    }
    shareMaterial(
      update(key, context, (draft) => rotate(draft, "ON_DEMAND", context, context.now)),
      context,
    );
    return { KeyId: keyArn(key) };
  },

  ListKeyRotations(input, context) {
    const { key } = findByKeyId(input.KeyId, context);
    rotatable(key);
    checkNotDeleting(key);
    const everything = input.IncludeKeyMaterial === "ALL_KEY_MATERIAL";
    const all = key.materials.filter((one) => everything || one.rotated !== undefined).toReversed();
    const indexed = all.map((one, at) => ({ one, at: String(at).padStart(6, "0") }));
    const { items, ...rest } = page(indexed, ({ at }) => at, input);
    return {
      Rotations: items.map(({ one }) => ({
        KeyId: keyArn(key),
        KeyMaterialId: one.id,
        ...(everything && {
          KeyMaterialState: one.id === key.materials[0]?.id ? ("CURRENT" as const) : ("NON_CURRENT" as const),
        }),
        ...(one.rotated !== undefined && { RotationDate: new Date(one.rotated), RotationType: one.rotation }),
      })),
      ...rest,
    };
  },
};
