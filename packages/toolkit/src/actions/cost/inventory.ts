/** What the readers of a deployed account fill, and how they tell the platform's things from others'. */
import type { Platform } from "@sagekeep/spec";
import type { Gap } from "../../account/snapshot.ts";
import type { Clients } from "../../aws/clients.ts";
import type { Sheet } from "./sheet.ts";

/** An app that runs and is not used. */
export interface IdleApp {
  app: string;
  user: string;
  domain: string;
  instance: string;
  /** Hours since somebody last did something in it. */
  idleHours: number;
  usdPerDay: number;
}

/** What the readers fill. */
export interface Inventory {
  clients: Clients;
  platform: Platform;
  sheet: Sheet;
  foreign: string[];
  idle: IdleApp[];
  gaps: Gap[];
  now: Date;
}

export type Tags = readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;

export const tagOf = (tags: Tags, key: string): string | undefined =>
  tags?.find((one) => one.Key === key)?.Value;

/** Whether it is the platform's; if not, it is noted as somebody else's. */
export function isOwn({ platform, foreign }: Inventory, what: string, tags: Tags): boolean {
  if (tagOf(tags, "platform") === platform.name) return true;
  foreign.push(what);
  return false;
}
