/**
 * Key pairs, with real keys: the private one is answered once and not kept.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html
 */
import type { KeyPairInfo } from "@aws-sdk/client-ec2";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, missing, need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { absentError, add, all, describe, remove, tableOf, tagList } from "../kind.ts";
import { keyPairs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { KeyPairRecord } from "../records.ts";
import { newKeyPair, type PublicKey, readPublicKey } from "../ssh-key.ts";
import { specifiedTags, type TagSpecificationInput } from "../tagging.ts";

const view = (one: Readonly<KeyPairRecord>, withKey: boolean): KeyPairInfo => ({
  KeyPairId: one.id,
  KeyName: one.name,
  KeyType: one.type,
  KeyFingerprint: one.fingerprint,
  CreateTime: new Date(one.created),
  ...(withKey && { PublicKey: one.publicKey }),
  Tags: tagList(one.tags),
});

const named = (context: CallContext, name: string) => all(context, keyPairs).find((one) => one.name === name);

function keep(
  context: CallContext,
  name: string,
  key: PublicKey,
  tags: TagSpecificationInput[] | undefined,
): Readonly<KeyPairRecord> {
  return add(context, keyPairs, {
    id: newId("key"),
    tags: specifiedTags(tags, "key-pair"),
    name,
    type: key.type,
    fingerprint: key.fingerprint,
    publicKey: key.text,
    created: context.now,
  });
}

function checkedName(context: CallContext, name: string | undefined): string {
  const text = need(name, "KeyName");
  if (text.length > 255)
    throw badParameter("KeyName", text, "Character sets beyond ASCII are not supported.");
  if (named(context, text)) throw new AwsError("InvalidKeyPair.Duplicate", "The keypair already exists");
  return text;
}

const given = (one: Readonly<KeyPairRecord>) => ({
  KeyPairId: one.id,
  KeyName: one.name,
  KeyFingerprint: one.fingerprint,
  ...(Object.keys(one.tags).length > 0 && { Tags: tagList(one.tags) }),
});

export const keyPairOperations: Operations = {
  CreateKeyPair(input, context) {
    const name = checkedName(context, input.KeyName);
    const type = input.KeyType ?? "rsa";
    if (type !== "rsa" && type !== "ed25519") throw badParameter("KeyType", type);
    const format = input.KeyFormat ?? "pem";
    if (format === "ppk") throw unsupported("The PuTTY format of private keys");
    if (format !== "pem") throw badParameter("KeyFormat", format);
    const key = newKeyPair(type);
    return { ...given(keep(context, name, key, input.TagSpecifications)), KeyMaterial: key.material };
  },

  ImportKeyPair(input, context) {
    const name = checkedName(context, input.KeyName);
    if (!input.PublicKeyMaterial?.length) throw missing("PublicKeyMaterial");
    const key = readPublicKey(Buffer.from(input.PublicKeyMaterial).toString());
    if (!key) throw new AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    return given(keep(context, name, key, input.TagSpecifications));
  },

  DescribeKeyPairs(input, context) {
    const gone = (input.KeyNames ?? []).filter((name) => !named(context, name));
    if (gone.length) throw absentError(keyPairs, ...gone);
    const names = input.KeyNames;
    const from = all(context, keyPairs).filter((one) => !names?.length || names.includes(one.name));
    const { items } = describe(context, keyPairs, { Filters: input.Filters }, input.KeyPairIds, {
      from,
      most: Number.MAX_SAFE_INTEGER,
    });
    return { KeyPairs: items.map((one) => view(one, input.IncludePublicKey ?? false)) };
  },

  DeleteKeyPair(input, context) {
    if (!input.KeyName && !input.KeyPairId) throw missing("KeyName");
    const one = input.KeyPairId
      ? tableOf(context, keyPairs).get(input.KeyPairId)
      : named(context, input.KeyName!);
    // one that is not there is as good as deleted
    if (one) remove(context, keyPairs, one.id);
    return { Return: true, ...(one && { KeyPairId: one.id }) };
  },
};
