/** The price list is read as AWS publishes it; what it does not have stays as it was, and says so. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadPrices, type Offer, refreshPrices } from "./price-list.ts";

const file = () => join(mkdtempSync(join(tmpdir(), "sagekeep-prices-")), "prices.json");

/** An offer in the shape of the bulk API, with one product a usage type. */
function offer(products: Record<string, [tier: string, usd: string][]>): Offer {
  const result: Offer = { publicationDate: "2026-11-20T00:00:00Z", products: {}, terms: { OnDemand: {} } };
  for (const [usagetype, tiers] of Object.entries(products)) {
    const sku = `SKU${Object.keys(result.products ?? {}).length}`;
    (result.products ??= {})[sku] = { productFamily: "x", attributes: { usagetype } };
    const priceDimensions = Object.fromEntries(
      tiers.map(([beginRange, USD], index) => [`${sku}.T.${index}`, { beginRange, pricePerUnit: { USD } }]),
    );
    ((result.terms ??= {}).OnDemand ??= {})[sku] = { [`${sku}.T`]: { priceDimensions } };
  }
  return result;
}

const offers: Record<string, Offer> = {
  AmazonVPC: offer({
    "EUW1-VpcEndpoint-Hours": [["0", "0.0110000000"]],
    "EUW1-VpcEndpoint-Hours-Other": [["0", "9"]],
  }),
  awskms: offer({
    "eu-west-1-KMS-Requests": [
      ["0", "0.0000000000"],
      ["20000", "0.0000040000"],
    ],
  }),
  AmazonS3: offer({
    "EUW1-TimedStorage-ByteHrs": [
      ["512000", "0.021"],
      ["0", "0.023"],
    ],
  }),
};

test("prices of a region by usage type, first paid tier, per the table's unit", async () => {
  const path = file();
  const { changed, kept } = await refreshPrices("eu-west-1", path, async (code) => offers[code] ?? {});
  const table = loadPrices(path);
  expect(table.region).toBe("eu-west-1");
  expect(table.prices["endpoint-hour"]).toMatchObject({ usd: 0.011, date: "2026-11-20" });
  expect(table.prices["kms-requests"]?.usd).toBeCloseTo(0.04);
  expect(table.prices["s3-gb"]?.usd).toBeCloseTo(0.023);
  expect(changed.map((one) => one.key)).toEqual(["endpoint-hour", "kms-requests"]);
  expect(kept).toContain("nat-hour");
  expect(table.prices["nat-hour"]?.usd).toBeGreaterThan(0);
});

test("a list without any price, and a damaged table, are refused; no table is the shipped one", async () => {
  await expect(refreshPrices("mars-1", file(), async () => ({}))).rejects.toThrow(/mars-1/);
  const path = file();
  expect(loadPrices(path).region).toBe("us-east-1");
  for (const text of ["{", "{}", '{"region":"x","prices":{"a":{"usd":-1}},"instances":{}}']) {
    writeFileSync(path, text);
    expect(() => loadPrices(path)).toThrow(/not a price table/);
    expect(readFileSync(path, "utf8")).toBe(text);
  }
});
