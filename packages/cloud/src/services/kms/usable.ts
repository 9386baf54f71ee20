/** Whether a key may be used now, and for this. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */
import type * as Kms from "@aws-sdk/client-kms";
import type { ReadContext } from "../../context.ts";
import { disabled, invalidKeyUsage, invalidState } from "./errors.ts";
import { type Key, keyArn } from "./state.ts";

/** @throws DisabledException, KMSInvalidStateException */
export function checkEnabled(key: Readonly<Key>, context: ReadContext): void {
  const arn = keyArn(key);
  if (key.state === "Disabled") throw disabled(arn);
  checkNotPending(key);
  const expires = key.materials[0]?.expires;
  if (expires !== undefined && expires <= context.now) throw invalidState(`${arn} is pending import.`);
}

/** @throws KMSInvalidStateException */
export function checkNotPending(key: Readonly<Key>): void {
  checkNotDeleting(key);
  if (key.state === "PendingImport") throw invalidState(`${keyArn(key)} is pending import.`);
}

/** @throws KMSInvalidStateException */
export function checkNotDeleting(key: Readonly<Key>): void {
  if (key.state === "PendingReplicaDeletion") {
    throw invalidState(`${keyArn(key)} is pending replica deletion.`);
  }
  if (key.state === "PendingDeletion") throw invalidState(`${keyArn(key)} is pending deletion.`);
}

/** @throws InvalidKeyUsageException */
export function checkUsage(key: Readonly<Key>, usage: Kms.KeyUsageType, operation: string): void {
  if (key.usage !== usage) {
    throw invalidKeyUsage(`${keyArn(key)} key usage is ${key.usage} which is not valid for ${operation}.`);
  }
}
