/** Long-term access keys of users and of the root user. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import { trailOf } from "../../../trail/store.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, stamp, userName } from "../entities.ts";
import { noSuchEntity, quota } from "../errors.ts";
import { accessKeyId, secretKey } from "../ids.ts";
import { page } from "../paging.ts";
import { type AccessKey, accessKeys, accessKeyUses } from "../state.ts";

const PER_USER = 2;

/** Whose keys: a user's, or `undefined` for the root user of the calling account. */
function ownerOf(given: string | undefined, context: CallContext): string | undefined {
  if (given === undefined && context.caller.principal.kind === "root") return undefined;
  return find("user", userName(given, context), context).name;
}

function keysOf(owner: string | undefined, context: CallContext): Readonly<AccessKey>[] {
  if (owner !== undefined) {
    return find("user", owner, context).accessKeys.flatMap((id) => accessKeys(context).get(id) ?? []);
  }
  return accessKeys(context)
    .list()
    .filter((key) => key.account === context.account && key.user === undefined);
}

function ownKey(owner: string | undefined, id: string, context: CallContext): Readonly<AccessKey> {
  const key = keysOf(owner, context).find((one) => one.id === id);
  if (!key) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}

/** The root user's name in answers about its keys. */
const shownOwner = (owner: string | undefined) => owner ?? "root";

export const accessKeyOperations: Handlers<typeof Iam, CallContext> = {
  CreateAccessKey({ UserName }, context) {
    const owner = ownerOf(UserName, context);
    if (keysOf(owner, context).length >= PER_USER) throw quota("AccessKeysPerUser", PER_USER);
    const id = accessKeyId("AKIA", context.account);
    const key: AccessKey = {
      id,
      secret: secretKey(),
      account: context.account,
      status: "Active",
      created: stamp(context),
      ...(owner !== undefined && { user: owner, userId: find("user", owner, context).id }),
    };
    accessKeys(context).put(id, key);
    if (owner !== undefined) {
      change("user", owner, context, (draft) => {
        draft.accessKeys.push(id);
      });
    }
    return {
      AccessKey: {
        UserName: shownOwner(owner),
        AccessKeyId: id,
        Status: "Active",
        SecretAccessKey: key.secret,
        CreateDate: new Date(key.created),
      },
    };
  },

  ListAccessKeys(input, context) {
    const owner = ownerOf(input.UserName, context);
    const { items, more } = page(
      [...keysOf(owner, context)].sort((a, b) => (a.id < b.id ? -1 : 1)),
      (key) => key.id,
      input,
    );
    return {
      AccessKeyMetadata: items.map((key) => ({
        UserName: shownOwner(owner),
        AccessKeyId: key.id,
        Status: key.status,
        CreateDate: new Date(key.created),
      })),
      ...more,
    };
  },

  UpdateAccessKey({ UserName, AccessKeyId, Status }, context) {
    ownKey(ownerOf(UserName, context), AccessKeyId, context);
    accessKeys(context).update(AccessKeyId, (key) => {
      key.status = Status === "Active" ? "Active" : "Inactive";
    });
    return {};
  },

  DeleteAccessKey({ UserName, AccessKeyId }, context) {
    const owner = ownerOf(UserName, context);
    ownKey(owner, AccessKeyId, context);
    accessKeys(context).delete(AccessKeyId);
    accessKeyUses(context).delete(AccessKeyId);
    if (owner !== undefined) {
      change("user", owner, context, (draft) => {
        draft.accessKeys = draft.accessKeys.filter((id) => id !== AccessKeyId);
      });
    }
    return {};
  },

  GetAccessKeyLastUsed({ AccessKeyId }, context) {
    const key = accessKeys(context).get(AccessKeyId);
    if (!key || key.account !== context.account) {
      throw new AwsError(
        "AccessDenied",
        `User: ${context.caller.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
        { status: 403 },
      );
    }
    trailOf(context.store, context.clock).flush();
    const used = accessKeyUses(context).get(AccessKeyId);
    return {
      UserName: shownOwner(key.user),
      AccessKeyLastUsed: used
        ? { LastUsedDate: new Date(used.time), ServiceName: used.service, Region: used.region }
        : { LastUsedDate: undefined, ServiceName: "N/A", Region: "N/A" },
    };
  },
};
