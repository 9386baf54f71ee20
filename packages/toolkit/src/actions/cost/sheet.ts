/** A bill being written: priced items, and what could not be priced. */
import { instancePrices, type PriceKey, prices } from "./prices.ts";

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
  readonly items: CostItem[] = [];
  /** Things that cost money and have no price here: never counted as zero. */
  readonly unknown: { what: string; why: string }[] = [];

  /** @param quantity in the price's unit a month */
  add(what: string, group: string, key: PriceKey, quantity: number, team?: string): void {
    const price: Rate = prices[key];
    this.item(what, group, price, quantity, team);
  }

  /** @param hours instance hours a month */
  compute(what: string, type: string, hours: number, team?: string): void {
    const price = instancePrices[type];
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
