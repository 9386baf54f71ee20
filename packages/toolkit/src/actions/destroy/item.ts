/** What destroying is made of: phases in order, each finding the items it removes. */
import type { Clients } from "../../aws/clients.ts";
import type { Io } from "../../messages.ts";
import type { Belongings } from "./belongings.ts";

/** One thing that goes. */
export interface Item {
  /** In words: "endpoint", "file system". */
  kind: string;
  /** Name, id or ARN, unique among its kind. */
  id: string;
  /** What shows that it is the platform's. */
  why: string;
  /** What goes with it. */
  holds?: string;
  /** What nobody can bring back afterwards. */
  loses?: string;
  /** Keys (`kind id`) of items of the same phase that must be gone before. */
  after?: readonly string[];
  /** Removes it and waits until it is gone; one that is gone already is no error. @returns what to add in words */
  remove(): Promise<string | void>;
}

export const keyOf = (item: Pick<Item, "kind" | "id">): string => `${item.kind} ${item.id}`;

/** What phases work with. */
export interface Ground {
  clients: Clients;
  io: Io;
  own: Belongings;
  /** Days until keys are gone for good, 7 to 30. */
  keyWindow: number;
  /** Says that something could not be looked at. */
  gap(what: string, why: string): void;
}

export interface Phase {
  id: string;
  title: string;
  /** What is there now; after a removal it finds less, which is how an interrupted run goes on. */
  find(ground: Ground): Promise<Item[]>;
}

/** Makes every item wait for all items of the groups before its own. */
export function inTurn(...groups: readonly Item[][]): Item[] {
  let before: string[] = [];
  return groups.flatMap((group) => {
    const placed = group.map((item) => ({ ...item, after: [...(item.after ?? []), ...before] }));
    if (group.length > 0) before = group.map(keyOf);
    return placed;
  });
}
