/**
 * What a deployed platform costs as it stands: every billable thing of the account that carries the platform's tag
 * or lives in its domains, at the rate it costs now. What others own is named, not counted.
 */
import type { Platform } from "@sagekeep/spec";
import { attemptRead } from "../../account/read-resources.ts";
import type { Gap } from "../../account/snapshot.ts";
import type { Clients } from "../../aws/clients.ts";
import { readEndpoints, readFirewalls, readGateways } from "./account-network.ts";
import { readApps, readInference, readJobs } from "./account-sagemaker.ts";
import { readBuckets, readFileSystems, readKeys, readLogs } from "./account-storage.ts";
import type { IdleApp, Inventory } from "./inventory.ts";
import { type PriceTable, workshopEstimate } from "./prices.ts";
import { DAYS_A_MONTH, Sheet } from "./sheet.ts";

export interface AccountCost {
  account: string;
  region: string;
  pricesOf: string;
  items: Sheet["items"];
  /** Not priced, or not of a known size: never counted as zero. */
  unknown: Sheet["unknown"];
  usdPerDay: number;
  usdPerMonth: number;
  byTeam: Record<string, number>;
  workshop: { low: number; high: number; ours: number };
  idle: IdleApp[];
  /** Billable things that do not carry the platform's tag. */
  foreign: string[];
  /** What could not be read. */
  gaps: Gap[];
}

export async function costOfAccount(
  clients: Clients,
  platform: Platform,
  now: Date = new Date(),
  table?: PriceTable,
): Promise<AccountCost> {
  const sheet = new Sheet(table);
  const inventory: Inventory = { clients, platform, sheet, foreign: [], idle: [], gaps: [], now };
  const read = (what: string, reader: (inventory: Inventory) => Promise<void>) =>
    attemptRead(inventory.gaps, what, () => reader(inventory));
  await Promise.all([
    read("the VPC endpoints", readEndpoints),
    read("the NAT gateways and public addresses", readGateways),
    read("the firewalls", readFirewalls),
    read("the keys", readKeys),
    read("the log groups", readLogs),
    read("the file systems", readFileSystems),
    read("the buckets", readBuckets),
    read("the Studio apps", readApps),
    read("the endpoints that serve models", readInference),
    read("the jobs", readJobs),
  ]);
  sheet.checkRegion(platform.region);
  const { usdPerMonth } = sheet;
  const ours = sheet.items
    .filter((one) => one.group === "network" || one.group === "logs")
    .reduce((sum, one) => sum + one.usdPerDay, 0);
  return {
    account: platform.account,
    region: platform.region,
    pricesOf: sheet.table.region,
    items: sheet.items,
    unknown: sheet.unknown,
    usdPerDay: usdPerMonth / DAYS_A_MONTH,
    usdPerMonth,
    byTeam: sheet.byTeam(),
    workshop: { ...workshopEstimate, ours },
    idle: inventory.idle.sort((one, other) => other.idleHours - one.idleHours),
    foreign: inventory.foreign.sort(),
    gaps: inventory.gaps,
  };
}
