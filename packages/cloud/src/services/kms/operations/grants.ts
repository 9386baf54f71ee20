/** Grants: permissions on a key that are given and taken back one at a time. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
import { randomBytes } from "node:crypto";
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validation } from "../errors.ts";
import { findByKeyId } from "../find-key.ts";
import { findGrant, grantOf, tokenOf } from "../grants.ts";
import { page } from "../paging.ts";
import { principalExists } from "../principals.ts";
import { type Grant, grants, type Key, keyArn, keys } from "../state.ts";
import { checkEnabled } from "../usable.ts";
import { refuseDryRun } from "./encryption.ts";
import { noteKey } from "./keys.ts";

/** Operations that grants of a key may have, by its usage. */
const OPERATIONS: Record<string, string[]> = {
  ENCRYPT_DECRYPT: ["Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo"],
  SIGN_VERIFY: ["Sign", "Verify", "GetPublicKey"],
  GENERATE_VERIFY_MAC: ["GenerateMac", "VerifyMac"],
  KEY_AGREEMENT: ["DeriveSharedSecret", "GetPublicKey"],
};
const SYMMETRIC = [
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
];
const ALWAYS = ["CreateGrant", "DescribeKey", "RetireGrant"];

function checkOperations(key: Readonly<Key>, operations: readonly string[]): void {
  const symmetric = key.spec === "SYMMETRIC_DEFAULT";
  const rsa = key.spec.startsWith("RSA_");
  const allowed = [
    ...ALWAYS,
    ...(OPERATIONS[key.usage] ?? []),
    ...(symmetric ? SYMMETRIC : rsa ? ["GetPublicKey"] : []),
  ];
  if (operations.length === 0) throw validation("At least one grant operation is required");
  const wrong = operations.find((one) => !allowed.includes(one));
  if (wrong !== undefined) {
    throw validation(`Operation ${wrong} is not valid for a grant on a key with key usage ${key.usage}.`);
  }
}

/** @throws InvalidArnException unless it can be a principal, and exists where that can be known */
function checkPrincipal(arn: string | undefined, what: string, context: CallContext): void {
  if (arn === undefined) return;
  const form = /^(?:arn:aws[\w-]*:(?:iam|sts)::\d{12}:.+|\d{12}|[a-z0-9.-]+\.amazonaws\.com)$/;
  if (!form.test(arn) || !principalExists(context)(arn)) {
    throw new AwsError(
      "InvalidArnException",
      `ARN does not refer to a valid principal for the ${what}: ${arn}`,
    );
  }
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

function fields(grant: Readonly<Grant>, key: Readonly<Key>): Kms.GrantListEntry {
  return {
    KeyId: keyArn(key),
    GrantId: grant.id,
    ...(grant.name !== undefined && { Name: grant.name }),
    CreationDate: new Date(grant.created),
    GranteePrincipal: grant.grantee,
    ...(grant.retiring !== undefined && { RetiringPrincipal: grant.retiring }),
    IssuingAccount: `arn:aws:iam::${grant.issuer}:root`,
    Operations: [...grant.operations],
    ...(grant.constraints && { Constraints: structuredClone(grant.constraints) as Kms.GrantConstraints }),
  };
}

export const grantOperations: Handlers<typeof Kms, CallContext> = {
  CreateGrant(input, context) {
    const found = findByKeyId(input.KeyId, context);
    const { key, at } = found;
    checkEnabled(key, context);
    checkOperations(key, input.Operations);
    if (input.GranteePrincipal === undefined) throw validation("GranteePrincipal is required");
    checkPrincipal(input.GranteePrincipal, "grantee", context);
    checkPrincipal(input.RetiringPrincipal, "retiring principal", context);
    const constraints = input.Constraints;
    if (constraints && key.spec !== "SYMMETRIC_DEFAULT") {
      throw validation("Grant constraints are only valid for symmetric encryption keys.");
    }
    refuseDryRun(input.DryRun);
    noteKey(key, context);
    const operations = [...new Set(input.Operations)];
    // the same grant under the same name is made once
    const existing =
      input.Name === undefined
        ? undefined
        : grants(at)
            .list({ prefix: `${key.id}/` })
            .find(
              (one) =>
                one.name === input.Name &&
                one.grantee === input.GranteePrincipal &&
                same(one.retiring, input.RetiringPrincipal) &&
                same(one.operations, operations) &&
                same(one.constraints, constraints),
            );
    if (existing) return { GrantId: existing.id, GrantToken: existing.token };
    const id = randomBytes(32).toString("hex");
    const grant: Grant = {
      id,
      keyId: key.id,
      token: tokenOf(key.region, key.account, key.id, id),
      created: context.now,
      grantee: input.GranteePrincipal,
      issuer: context.account,
      operations,
      ...(input.Name !== undefined && { name: input.Name }),
      ...(input.RetiringPrincipal !== undefined && { retiring: input.RetiringPrincipal }),
      ...(constraints && { constraints }),
    };
    grants(at).put(`${key.id}/${id}`, grant);
    return { GrantId: id, GrantToken: grant.token };
  },

  ListGrants(input, context) {
    const { key, at } = findByKeyId(input.KeyId, context);
    const all = grants(at)
      .list({ prefix: `${key.id}/` })
      .filter((one) => input.GrantId === undefined || one.id === input.GrantId)
      .filter((one) => input.GranteePrincipal === undefined || one.grantee === input.GranteePrincipal);
    const { items, ...rest } = page(all, (one) => one.id, { Limit: input.Limit ?? 50, Marker: input.Marker });
    return { Grants: items.map((one) => fields(one, key)), ...rest };
  },

  ListRetirableGrants(input, context) {
    const all = grants(context)
      .list()
      .filter((one) => one.retiring === input.RetiringPrincipal);
    const { items, ...rest } = page(all, (one) => `${one.keyId}/${one.id}`, {
      Limit: input.Limit ?? 50,
      Marker: input.Marker,
    });
    return {
      Grants: items.flatMap((one) => {
        const key = keys(context).get(one.keyId);
        return key ? [fields(one, key)] : [];
      }),
      ...rest,
    };
  },

  RevokeGrant(input, context) {
    const found = findByKeyId(input.KeyId, context);
    const grant = grantOf(found, input.GrantId);
    refuseDryRun(input.DryRun);
    noteKey(found.key, context);
    grants(found.at).delete(`${found.key.id}/${grant.id}`);
    return {};
  },

  RetireGrant(input, context) {
    const { grant, found } = findGrant(input, context);
    refuseDryRun(input.DryRun);
    noteKey(found.key, context);
    grants(found.at).delete(`${found.key.id}/${grant.id}`);
    return {};
  },
};
