/** Finds what people made with SageMaker, and which of it is the platform's. */
import { type Fields, listAll, look } from "./calls.ts";
import type { Ground } from "./item.ts";
import { type Found, inspect, valuesOf } from "./ownership.ts";
import { SERVING, type WorkKind } from "./sagemaker-kinds.ts";

/** Kinds that others refer to are looked at first. */
const REFERRED: readonly WorkKind[] = [...SERVING].reverse().flat();

/** How many are described at once. */
const AT_ONCE = 4;

/** Everything of these kinds in the account and region, own or not. */
export async function findWork(ground: Ground, kinds: readonly WorkKind[]): Promise<Found[]> {
  const known = new Map<string, Map<string, Found>>();
  const wanted = new Set(kinds.map((kind) => kind.name));
  const parents = new Set(kinds.flatMap((kind) => parentsOf(kind, new Set())));
  const all: Found[] = [];
  const first = REFERRED.filter((kind) => wanted.has(kind.name) || parents.has(kind.name));
  for (const kind of [...first, ...kinds.filter((one) => !REFERRED.includes(one))]) {
    const found = await look(ground, `${kind.what}s`, () => inspectAll(ground, kind));
    for (const one of found) one.why ??= inherited(one, known);
    const group = kind.name.endsWith("JobDefinition") ? "JobDefinition" : kind.name;
    const names = known.get(group) ?? new Map<string, Found>();
    for (const one of found) names.set(one.name, one);
    known.set(group, names);
    if (wanted.has(kind.name)) all.push(...found);
  }
  return all;
}

/** Kinds that a kind's ownership may come from, through all generations. */
function parentsOf(kind: WorkKind, seen: Set<string>): string[] {
  if (seen.has(kind.name)) return [];
  seen.add(kind.name);
  return (kind.parents ?? []).flatMap((parent) => {
    const kinds = REFERRED.filter(
      (one) =>
        one.name === parent.kind || (parent.kind === "JobDefinition" && one.name.endsWith("JobDefinition")),
    );
    return kinds.flatMap((one) => [one.name, ...parentsOf(one, seen)]);
  });
}

/** What belongs to the platform's things alone is the platform's. */
function inherited(one: Found, known: ReadonlyMap<string, ReadonlyMap<string, Found>>): string | undefined {
  for (const { member, kind } of one.kind.parents ?? []) {
    const names = [...new Set(valuesOf(one.description, member))];
    const owners = names.map((name) => known.get(kind)?.get(name));
    const [owner] = owners;
    if (owner && owners.every((each) => each?.why !== undefined))
      return `of ${owner.kind.what} ${owner.name}`;
  }
  return undefined;
}

async function inspectAll(ground: Ground, kind: WorkKind): Promise<Found[]> {
  const items = await listAll(
    ground.clients,
    "sagemaker",
    kind.list ?? `List${kind.name}s`,
    (kind.running ?? {}) as Fields,
    kind.items,
  );
  const found: Found[] = [];
  for (let index = 0; index < items.length; index += AT_ONCE) {
    const some = await Promise.all(
      items.slice(index, index + AT_ONCE).map((item) => inspect(ground, kind, item)),
    );
    found.push(...some.filter((one) => one !== undefined));
  }
  return found;
}
