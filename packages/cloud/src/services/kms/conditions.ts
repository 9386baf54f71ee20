/**
 * Condition keys of KMS requests.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
import type { ReadContext } from "../../context.ts";
import type { EncryptionContext } from "./ciphertext.ts";
import type { Found } from "./find-key.ts";
import { aliases, type Key } from "./state.ts";

export type Keys = Record<string, string | string[] | undefined>;

/** Keys of every request. */
export function requestKeys(context: ReadContext): Keys {
  const { caller } = context;
  const via = caller.calledVia?.at(-1);
  return {
    "kms:CallerAccount": caller.account || undefined,
    ...(via && { "kms:ViaService": via.replace(/\.amazonaws\.com$/, `.${context.region}.amazonaws.com`) }),
  };
}

/** Keys that describe the key a request is about. */
export function keyKeys({ key, at, alias }: Found): Keys {
  const names = aliases(at)
    .list()
    .filter((one) => one.keyId === key.id)
    .map((one) => one.name);
  return {
    "kms:KeySpec": key.spec,
    "kms:KeyUsage": key.usage,
    // their names of before, which policies may still use
    "kms:CustomerMasterKeySpec": key.spec,
    "kms:CustomerMasterKeyUsage": key.usage,
    "kms:KeyOrigin": key.origin,
    "kms:MultiRegion": String(key.multiRegion !== undefined),
    "kms:MultiRegionKeyType":
      key.multiRegion && (key.multiRegion.primary.region === key.region ? "PRIMARY" : "REPLICA"),
    "kms:ResourceAliases": names.length > 0 ? names : undefined,
    "kms:RequestAlias": alias,
  };
}

export function contextKeys(encryptionContext: EncryptionContext | undefined): Keys {
  const keys: Keys = {};
  const names = Object.keys(encryptionContext ?? {});
  for (const name of names) keys[`kms:EncryptionContext:${name}`] = encryptionContext?.[name];
  if (names.length > 0) keys["kms:EncryptionContextKeys"] = names;
  return keys;
}

/** The facts of a key that is being made, as far as policies may ask. */
export function newKeyKeys(
  key: Partial<Pick<Key, "spec" | "usage" | "origin">> & { multiRegion: boolean },
): Keys {
  return {
    "kms:KeySpec": key.spec,
    "kms:KeyUsage": key.usage,
    // their names of before, which policies may still use
    "kms:CustomerMasterKeySpec": key.spec,
    "kms:CustomerMasterKeyUsage": key.usage,
    "kms:KeyOrigin": key.origin,
    "kms:MultiRegion": String(key.multiRegion),
    "kms:MultiRegionKeyType": key.multiRegion ? "PRIMARY" : undefined,
  };
}

export function tagKeys(
  tags: readonly { TagKey?: string | undefined; TagValue?: string | undefined }[] | undefined,
): Keys {
  const keys: Keys = {};
  for (const { TagKey = "", TagValue = "" } of tags ?? []) keys[`aws:RequestTag/${TagKey}`] = TagValue;
  if (tags && tags.length > 0) keys["aws:TagKeys"] = tags.map(({ TagKey = "" }) => TagKey);
  return keys;
}
