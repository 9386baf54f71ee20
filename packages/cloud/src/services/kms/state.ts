/** What KMS keeps: keys with their material (sealed under the master key), aliases, grants, import tokens. */
import type * as Kms from "@aws-sdk/client-kms";
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

/** One version of a key's material. */
export interface Material {
  id: string;
  /** Sealed: raw bytes of a symmetric or HMAC key, PKCS#8 of an asymmetric one. Gone once it was deleted. */
  sealed?: string;
  created: number;
  origin: "generated" | "imported";
  rotation?: "AUTOMATIC" | "ON_DEMAND";
  rotated?: number;
  expires?: number;
  /** Of imported material, to recognise it. */
  fingerprint?: string;
}

export interface Key {
  id: string;
  account: string;
  region: string;
  created: number;
  description: string;
  spec: Kms.KeySpec;
  usage: Kms.KeyUsageType;
  state: "Enabled" | "Disabled" | "PendingDeletion" | "PendingReplicaDeletion" | "PendingImport";
  /** State before the deletion was scheduled. */
  deletion?: number;
  /** Days to wait once the last replica is gone. */
  deletionWindow?: number;
  origin: "AWS_KMS" | "EXTERNAL";
  manager: "CUSTOMER" | "AWS";
  policy: string;
  tags: Record<string, string>;
  /** Current material first. */
  materials: Material[];
  rotation?: { period: number; next: number };
  onDemandRotation?: number;
  expirationModel?: Kms.ExpirationModelType;
  /** Public half of an asymmetric key, SPKI DER in base64. */
  publicKey?: string;
  multiRegion?: { primary: { arn: string; region: string }; replicas: { arn: string; region: string }[] };
  lastUsed?: { operation: string; at: number };
}

export interface Alias {
  name: string;
  keyId: string;
  created: number;
  updated: number;
}

export interface Grant {
  id: string;
  keyId: string;
  token: string;
  name?: string;
  created: number;
  grantee: string;
  retiring?: string;
  issuer: string;
  operations: Kms.GrantOperation[];
  constraints?: Kms.GrantConstraints;
}

export interface ImportToken {
  keyId: string;
  token: string;
  /** PKCS#8 of the wrapping key, sealed. */
  sealed: string;
  algorithm: string;
  expires: number;
}

export const keys = (at: ReadContext): Table<Key> => at.table("kms.key");
/** By name, `alias/…`. */
export const aliases = (at: ReadContext): Table<Alias> => at.table("kms.alias");
/** `<key id>/<grant id>`. */
export const grants = (at: ReadContext): Table<Grant> => at.table("kms.grant");
export const importTokens = (at: ReadContext): Table<ImportToken> => at.table("kms.import-token");

export const keyArn = (key: Pick<Key, "region" | "account" | "id">) =>
  `arn:aws:kms:${key.region}:${key.account}:key/${key.id}`;
export const aliasArn = (region: string, account: string, name: string) =>
  `arn:aws:kms:${region}:${account}:${name}`;
