/** Aliases: friendly names of keys, in one account and region. */
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aliasNotFound, alreadyExists, validation } from "../errors.ts";
import { findByKeyId, findKey } from "../find-key.ts";
import { page } from "../paging.ts";
import { aliasArn, aliases, type Key, keyArn } from "../state.ts";
import { checkNotDeleting } from "../usable.ts";

/** @throws ValidationException, InvalidAliasNameException, NotAuthorized for `alias/aws/` */
function checkName(name: string): void {
  if (!name.startsWith("alias/")) {
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name === "alias/") throw validation("Alias must not be empty");
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw validation(
      `1 validation error detected: Value '${name}' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`,
    );
  }
  if (name.startsWith("alias/aws/")) throw new AwsError("NotAuthorizedException", "");
}

/** The target of an alias: a customer key of this account and region. */
function target(identifier: string, context: CallContext): Readonly<Key> {
  if (identifier.startsWith("alias/") || identifier.includes(":alias/")) {
    throw validation("Aliases must refer to keys. Not aliases");
  }
  const { key } = findByKeyId(identifier, context);
  checkNotDeleting(key);
  if (key.manager === "AWS") throw validation("Aliases cannot refer to AWS managed keys");
  return key;
}

export const aliasOperations: Handlers<typeof Kms, CallContext> = {
  CreateAlias(input, context) {
    checkName(input.AliasName);
    const key = target(input.TargetKeyId, context);
    const { AliasName: name } = input;
    const arn = aliasArn(context.region, context.account, name);
    if (aliases(context).has(name)) throw alreadyExists(`An alias with the name ${arn} already exists`);
    aliases(context).put(name, { name, keyId: key.id, created: context.now, updated: context.now });
    note(arn, key, context);
    return {};
  },

  UpdateAlias(input, context) {
    checkName(input.AliasName);
    const arn = aliasArn(context.region, context.account, input.AliasName);
    const old = aliases(context).get(input.AliasName);
    if (!old) throw aliasNotFound(arn);
    const key = target(input.TargetKeyId, context);
    const before = findByKeyId(old.keyId, context).key;
    if (
      before.usage !== key.usage ||
      before.spec.startsWith("SYMMETRIC") !== key.spec.startsWith("SYMMETRIC")
    ) {
      throw validation(`Alias ${arn} cannot be changed to a key of another type or usage`);
    }
    aliases(context).update(input.AliasName, (draft) => {
      draft.keyId = key.id;
      draft.updated = context.now;
    });
    note(arn, key, context);
    return {};
  },

  DeleteAlias(input, context) {
    checkName(input.AliasName);
    const arn = aliasArn(context.region, context.account, input.AliasName);
    if (!aliases(context).delete(input.AliasName)) throw aliasNotFound(arn);
    return {};
  },

  ListAliases(input, context) {
    const only = input.KeyId === undefined ? undefined : findKey(input.KeyId, context).key.id;
    const all = aliases(context)
      .list()
      .filter((one) => only === undefined || one.keyId === only);
    const { items, ...rest } = page(all, (one) => one.name, {
      Limit: input.Limit ?? 50,
      Marker: input.Marker,
    });
    return {
      Aliases: items.map((one) => ({
        AliasName: one.name,
        AliasArn: aliasArn(context.region, context.account, one.name),
        TargetKeyId: one.keyId,
        CreationDate: new Date(one.created),
        LastUpdatedDate: new Date(one.updated),
      })),
      ...rest,
    };
  },
};

function note(arn: string, key: Readonly<Key>, context: CallContext): void {
  context.note({
    resources: [
      { ARN: arn, accountId: key.account, type: "AWS::KMS::Alias" },
      { ARN: keyArn(key), accountId: key.account, type: "AWS::KMS::Key" },
    ],
  });
}
