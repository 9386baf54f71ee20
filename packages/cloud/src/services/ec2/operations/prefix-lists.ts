/**
 * Managed prefix lists of the account, and AWS's own of the gateway services.
 * https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
 */
import type { ManagedPrefixList } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, dependency, invalidValue, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, arnOf, change, describe, find, remove, tagList } from "../kind.ts";
import { prefixLists, routeTables, securityGroups } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { PrefixListRecord } from "../records.ts";
import { awsPrefixLists } from "../service-names.ts";
import { specifiedTags } from "../tagging.ts";

/** AWS's lists in the form of ours. */
const awsLists = (context: ReadContext): PrefixListRecord[] =>
  awsPrefixLists(context.region).map(({ id, name, family, cidrs }) => ({
    id,
    tags: {},
    name,
    family,
    maxEntries: cidrs.length,
    version: 1,
    versions: [{ version: 1, entries: cidrs.map((cidr) => ({ cidr })) }],
  }));

const isAws = (one: Readonly<PrefixListRecord>) => one.name.startsWith("com.amazonaws.");

const view = (
  one: Readonly<PrefixListRecord>,
  context: ReadContext,
  State: ManagedPrefixList["State"],
): ManagedPrefixList => ({
  PrefixListId: one.id,
  PrefixListName: one.name,
  PrefixListArn: isAws(one)
    ? `arn:aws:ec2:${context.region}:aws:prefix-list/${one.id}`
    : arnOf(context, "prefix-list", one.id),
  AddressFamily: one.family,
  ...(!isAws(one) && { MaxEntries: one.maxEntries, Version: one.version }),
  State,
  OwnerId: isAws(one) ? "AWS" : context.account,
  Tags: tagList(one.tags),
});

const anyList = (context: ReadContext, id: string): Readonly<PrefixListRecord> =>
  awsLists(context).find((one) => one.id === id) ?? find(context, prefixLists, id);

interface EntryInput {
  Cidr?: string | undefined;
  Description?: string | undefined;
}

function entriesFrom(list: readonly EntryInput[], family: "IPv4" | "IPv6") {
  return list.map(({ Cidr, Description }) => {
    const cidr = parseCidr(Cidr);
    if (cidr?.family !== (family === "IPv4" ? 4 : 6)) {
      throw invalidValue(`The CIDR (${Cidr}) is not a valid ${family} CIDR block.`);
    }
    return { cidr: printCidr(cidr), ...(Description !== undefined && { description: Description }) };
  });
}

/** Tables and groups that refer to a list. */
const associations = (context: ReadContext, id: string) => [
  ...all(context, routeTables)
    .filter((one) => one.routes.some((route) => route.prefixListId === id))
    .map((one) => ({ ResourceId: one.id, ResourceOwner: context.account })),
  ...all(context, securityGroups)
    .filter((one) => one.rules.some((rule) => rule.prefixListId === id))
    .map((one) => ({ ResourceId: one.id, ResourceOwner: context.account })),
];

export const prefixListOperations: Operations = {
  CreateManagedPrefixList(input, context) {
    const name = need(input.PrefixListName, "prefixListName");
    if (/^com\.amazonaws/.test(name))
      throw badParameter("prefixListName", name, "Cannot start with com.amazonaws.");
    const family = need(input.AddressFamily, "addressFamily");
    if (family !== "IPv4" && family !== "IPv6") throw badParameter("addressFamily", family);
    const maxEntries = need(input.MaxEntries, "maxEntries");
    if (maxEntries < 1 || maxEntries > 1000) throw badParameter("maxEntries", maxEntries);
    const entries = entriesFrom(input.Entries ?? [], family);
    if (entries.length > maxEntries) throw tooMany(maxEntries);
    const list = add(context, prefixLists, {
      id: newId("pl"),
      tags: specifiedTags(input.TagSpecifications, "prefix-list"),
      name,
      family,
      maxEntries,
      version: 1,
      versions: [{ version: 1, entries }],
    });
    return { PrefixList: view(list, context, "create-in-progress") };
  },

  DescribeManagedPrefixLists(input, context) {
    const extra = awsLists(context);
    const { items, next } = describe(context, prefixLists, input, input.PrefixListIds, {
      extra,
      least: 1,
      most: 100,
    });
    return { PrefixLists: items.map((one) => view(one, context, "create-complete")), NextToken: next };
  },

  DescribePrefixLists(input, context) {
    const { items, next } = describe(context, prefixLists, input, input.PrefixListIds, {
      from: awsLists(context),
    });
    return {
      PrefixLists: items.map((one) => ({
        PrefixListId: one.id,
        PrefixListName: one.name,
        Cidrs: one.versions[0]!.entries.map((entry) => entry.cidr),
      })),
      NextToken: next,
    };
  },

  GetManagedPrefixListEntries(input, context) {
    const list = anyList(context, need(input.PrefixListId, "prefixListId"));
    const wanted = input.TargetVersion ?? list.version;
    const version = list.versions.find((one) => one.version === wanted);
    if (!version) throw badParameter("targetVersion", wanted);
    const { items, next } = page(version.entries, input, { least: 1, most: 100 });
    return {
      Entries: items.map(({ cidr, description }) => ({ Cidr: cidr, Description: description })),
      NextToken: next,
    };
  },

  GetManagedPrefixListAssociations(input, context) {
    const list = anyList(context, need(input.PrefixListId, "prefixListId"));
    const { items, next } = page(associations(context, list.id), input, { most: 255 });
    return { PrefixListAssociations: items, NextToken: next };
  },

  ModifyManagedPrefixList(input, context) {
    const list = find(context, prefixLists, need(input.PrefixListId, "prefixListId"));
    const changes = Boolean(input.AddEntries?.length || input.RemoveEntries?.length);
    if (changes && input.CurrentVersion !== list.version) {
      throw new AwsError(
        "PrefixListVersionMismatch",
        `The prefix list has the incorrect version number. Expected: ${list.version}`,
      );
    }
    const next = change(context, prefixLists, list.id, (draft) => {
      if (input.PrefixListName) draft.name = input.PrefixListName;
      if (input.MaxEntries) draft.maxEntries = input.MaxEntries;
      if (!changes) return;
      const gone = new Set(entriesFrom(input.RemoveEntries ?? [], list.family).map((one) => one.cidr));
      const old = draft.versions.at(-1)!.entries;
      for (const cidr of gone) {
        if (!old.some((one) => one.cidr === cidr))
          throw invalidValue(`The CIDR (${cidr}) is not in the prefix list.`);
      }
      const more = entriesFrom(input.AddEntries ?? [], list.family);
      const entries = [
        ...old.filter((one) => !gone.has(one.cidr) && !more.some((other) => other.cidr === one.cidr)),
        ...more,
      ];
      if (entries.length > draft.maxEntries) throw tooMany(draft.maxEntries);
      draft.version += 1;
      draft.versions.push({ version: draft.version, entries });
    });
    return { PrefixList: view(next, context, "modify-in-progress") };
  },

  RestoreManagedPrefixListVersion(input, context) {
    const list = find(context, prefixLists, need(input.PrefixListId, "prefixListId"));
    if (input.CurrentVersion !== list.version) {
      throw new AwsError(
        "PrefixListVersionMismatch",
        `The prefix list has the incorrect version number. Expected: ${list.version}`,
      );
    }
    const old = list.versions.find((one) => one.version === input.PreviousVersion);
    if (!old) throw badParameter("previousVersion", input.PreviousVersion);
    const next = change(context, prefixLists, list.id, (draft) => {
      draft.version += 1;
      draft.versions.push({
        version: draft.version,
        entries: structuredClone(old.entries) as typeof old.entries,
      });
    });
    return { PrefixList: view(next, context, "restore-in-progress") };
  },

  DeleteManagedPrefixList(input, context) {
    const list = find(context, prefixLists, need(input.PrefixListId, "prefixListId"));
    if (associations(context, list.id).length) {
      throw dependency(`The prefix list '${list.id}' has dependencies and cannot be deleted.`);
    }
    remove(context, prefixLists, list.id);
    return { PrefixList: view(list, context, "delete-in-progress") };
  },
};

const tooMany = (most: number) =>
  new AwsError(
    "PrefixListMaxEntriesExceeded",
    `You've reached the maximum number of entries for the prefix list: ${most}.`,
  );
