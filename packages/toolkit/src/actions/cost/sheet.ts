/** A bill being written: priced items, and what could not be priced. */
import { type PriceKey, type PriceTable, shippedPrices } from "./prices.ts";

export interface CostItem {
  what: string;
  /** `network`, `keys`, `logs`, `storage`, `compute`, `controls` */
  group: string;
  team?: string;
  quantity: number;
  unit: string;
  usdPerDay: number;
  usdPerMonth: number;
  source: string;
  unverified?: true;
}

export const HOURS_A_MONTH = 730;
export const DAYS_A_MONTH = HOURS_A_MONTH / 24;

type Rate = { usd: number; unit: string; source: string; unverified?: true };

export class Sheet {
  readonly table: PriceTable;
  readonly items: CostItem[] = [];
  /** Things that cost money and have no price here: never counted as zero. */
  readonly unknown: { what: string; why: string }[] = [];

  constructor(table: PriceTable = shippedPrices) {
    this.table = table;
  }

  /** Says so when the prices are another region's. */
  checkRegion(region: string): void {
    if (region !== this.table.region)
      this.unknown.push({
        what: `the prices of ${region}`,
        why: `the table has ${this.table.region} only: expect up to a third more or less, or use \`sagekeep cost --refresh\``,
      });
  }

  /** @param quantity in the price's unit a month */
  add(what: string, group: string, key: PriceKey, quantity: number, team?: string): void {
    const price = this.table.prices[key];
    if (price) this.item(what, group, price, quantity, team);
    else if (quantity > 0) this.unknown.push({ what, why: "no price in the table" });
  }

  /** @param hours instance hours a month */
  compute(what: string, type: string, hours: number, team?: string): void {
    const price = this.table.instances[type];
    if (price) this.item(`${what} (${type})`, "compute", price, hours, team);
    else if (hours > 0)
      this.unknown.push({
        what: `${what}: ${Math.round(hours)} hours of ${type} a month`,
        why: "no price for this instance type in the table",
      });
  }

  item(what: string, group: string, price: Rate, quantity: number, team?: string): void {
    if (quantity <= 0) return;
    const usdPerMonth = price.usd * quantity;
    this.items.push({
      what,
      group,
      quantity,
      unit: price.unit,
      usdPerMonth,
      usdPerDay: usdPerMonth / DAYS_A_MONTH,
      source: price.source,
      ...(team && { team }),
      ...(price.unverified && { unverified: true }),
    });
  }

  /** USD a month by team; what no team owns is `shared`. */
  byTeam(): Record<string, number> {
    const teams: Record<string, number> = {};
    for (const { team = "shared", usdPerMonth } of this.items) teams[team] = (teams[team] ?? 0) + usdPerMonth;
    return teams;
  }

  get usdPerMonth(): number {
    return this.items.reduce((sum, one) => sum + one.usdPerMonth, 0);
  }
}
