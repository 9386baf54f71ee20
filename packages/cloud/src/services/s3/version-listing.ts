/** Lists all versions of the keys of a bucket: keys in order, versions of a key newest first. */
import type { Store } from "../../store/store.ts";
import { walk } from "./listing.ts";
import { type ObjectVersion, objects } from "./state.ts";
import { newest, older, sequenceOf } from "./versions.ts";

export interface VersionWalk {
  prefix: string;
  delimiter: string | undefined;
  limit: number;
  after: string;
  /** Resume within the key `after`, behind this version. */
  afterVersion?: string;
}

export interface ListedVersions {
  versions: { one: Readonly<ObjectVersion>; latest: boolean }[];
  prefixes: string[];
  truncated: boolean;
  next?: { key: string; versionId?: string };
}

export function listVersions(context: { store: Store }, bucket: string, how: VersionWalk): ListedVersions {
  const { prefix, delimiter, limit, after, afterVersion } = how;
  const listed: ListedVersions = { versions: [], prefixes: [], truncated: false };
  let room = limit;
  if (room <= 0) return listed;

  /** Takes versions while there is room; false when there was none. */
  const take = (all: { one: Readonly<ObjectVersion>; latest: boolean }[]): boolean => {
    for (const each of all) {
      if (room === 0) return false;
      listed.versions.push(each);
      listed.next = { key: each.one.key, versionId: each.one.versionId };
      room--;
    }
    return true;
  };
  const versionsOf = (head: Readonly<ObjectVersion>) => [
    { one: head, latest: true },
    ...(head.older ? older(context, bucket, head.key).map((one) => ({ one, latest: false })) : []),
  ];

  if (afterVersion !== undefined && after.startsWith(prefix)) {
    const head = newest(context, bucket, after);
    const all = head ? versionsOf(head) : [];
    // the marker may be gone since: what was older is still to be listed
    const named = all.find(({ one }) => one.versionId === afterVersion);
    const place = named?.one.sequence ?? sequenceOf(afterVersion, context) ?? 0;
    if (!take(all.filter(({ one }) => one.sequence < place))) return { ...listed, truncated: true };
  }
  const walked = walk(objects(context, bucket), { prefix, delimiter, after, limit: room + 1 });
  for (const item of walked.items) {
    if ("key" in item) {
      if (!take(versionsOf(item.value))) return { ...listed, truncated: true };
      continue;
    }
    if (room === 0) return { ...listed, truncated: true };
    listed.prefixes.push(item.prefix);
    listed.next = { key: item.prefix };
    room--;
  }
  return { ...listed, truncated: walked.truncated };
}
