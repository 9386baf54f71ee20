/**
 * Collects bodies that no row names: what a killed process had written but not committed, or deleted but not yet
 * removed. It runs once, some time after the start, and only where there is something left from before.
 */
import type { CloudRuntime } from "../../service.ts";
import { bodiesOf } from "../../store/objects.ts";
import type { Store } from "../../store/store.ts";

const AFTER_START = 30_000;
const TABLES = ["s3.object", "s3.older-version", "s3.part"];

export function sweepLater(cloud: CloudRuntime): void {
  const { store } = cloud;
  const any = store.database.prepare(
    `SELECT 1 FROM item WHERE tbl IN (${TABLES.map(() => "?").join()}) LIMIT 1`,
  );
  if (any.get(...TABLES) === undefined) bodiesOf(store).clear();
  if (!store.folder) return;
  setTimeout(() => void sweep(cloud.store).catch(() => {}), AFTER_START).unref();
}

/** @returns how many bodies were removed */
export async function sweep(store: Store): Promise<number> {
  if (!store.database.open) return 0;
  return bodiesOf(store).sweep(liveBodies(store));
}

/** The bodies that rows name now. */
function liveBodies(store: Store): (id: string) => boolean {
  const live = new Set<string>();
  store.writeOut();
  const select = store.database.prepare("SELECT body FROM item WHERE tbl = ?");
  for (const table of TABLES) {
    for (const row of select.iterate(table) as IterableIterator<{ body: string }>) {
      const { segments = [] } = JSON.parse(row.body) as { segments?: { body: string }[] };
      for (const segment of segments) live.add(segment.body);
    }
  }
  return (id) => live.has(id);
}
