/** ListSecrets, tags, passwords. */
import type { SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { filterPredicate } from "../filters.ts";
import type { Operations } from "../operation.ts";
import { pageOf } from "../pages.ts";
import { randomPassword } from "../password.ts";
import { replicate } from "../replication.ts";
import { findOwn, isPast, type Secret, secrets } from "../state.ts";
import { tagsOf } from "../tags.ts";
import { view } from "../view.ts";

const ORDERS: Record<string, (secret: Readonly<Secret>) => number | string> = {
  "created-date": (one) => one.created,
  "last-accessed-date": (one) => one.accessed ?? 0,
  "last-changed-date": (one) => one.changed,
  name: (one) => one.name,
};

export const listOperations: Operations = {
  ListSecrets(input, context) {
    const matches = filterPredicate(input.Filters ?? []);
    const key = ORDERS[input.SortBy ?? "created-date"]!;
    const turn = input.SortOrder === "desc" ? -1 : 1;
    const all = secrets(context)
      .list()
      .filter((one) => (input.IncludePlannedDeletion || !one.deletion) && !isPast(one, context.now))
      .map((secret) => ({ secret, at: context }))
      .filter(matches)
      .sort(({ secret: a }, { secret: b }) => {
        const [one, other] = [key(a), key(b)];
        return turn * (one < other ? -1 : one > other ? 1 : 0);
      });
    const { items, next } = pageOf(all, input.MaxResults ?? 100, input.NextToken);
    const SecretList = items.map((one): SecretListEntry => {
      const { common, stages } = view(one);
      return { ...common, SecretVersionsToStages: stages };
    });
    return { SecretList, NextToken: next };
  },

  async TagResource({ SecretId, Tags }, context) {
    const { secret, at } = findOwn(SecretId, context);
    const tags = tagsOf(secret.tags ?? {}, Tags, (context as { internal?: boolean }).internal);
    secrets(at).update(secret.name, (draft) => {
      draft.tags = tags;
      draft.changed = at.now;
    });
    await replicate(at, secret.name, context);
    return {};
  },

  async UntagResource({ SecretId, TagKeys }, context) {
    const { secret, at } = findOwn(SecretId, context);
    secrets(at).update(secret.name, (draft) => {
      for (const key of TagKeys) delete draft.tags?.[key];
      draft.changed = at.now;
    });
    await replicate(at, secret.name, context);
    return {};
  },

  GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input) }),
};
