/**
 * Prices from AWS's public price list, so that they can be refreshed without an account: one offer file a service
 * and region. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-bulk-api.html
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ToolkitError } from "../../errors.ts";
import { type Price, type PriceTable, prices, shippedPrices } from "./prices.ts";

const HOST = "https://pricing.us-east-1.amazonaws.com";

/** An offer file, as far as it is read. */
export interface Offer {
  publicationDate?: string;
  products?: Record<string, { productFamily?: string; attributes?: Record<string, string> }>;
  terms?: {
    OnDemand?: Record<
      string,
      Record<
        string,
        {
          priceDimensions?: Record<
            string,
            { unit?: string; beginRange?: string; pricePerUnit?: { USD?: string } }
          >;
        }
      >
    >;
  };
}

/** Where each price is found: the offer, and the usage type, before which regions stand as `EUW1-` or `eu-west-1-`. */
const rules: Record<string, { offer: string; usage: RegExp; per?: number }> = {
  "endpoint-hour": { offer: "AmazonVPC", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?VpcEndpoint-Hours$/ },
  "endpoint-gb": { offer: "AmazonVPC", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?VpcEndpoint-Bytes$/ },
  "public-ipv4-hour": {
    offer: "AmazonVPC",
    usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?PublicIPv4:InUseAddress$/,
  },
  "nat-hour": { offer: "AmazonEC2", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?NatGateway-Hours$/ },
  "nat-gb": { offer: "AmazonEC2", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?NatGateway-Bytes$/ },
  "kms-key-month": { offer: "awskms", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?KMS-Keys$/ },
  "kms-requests": { offer: "awskms", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?KMS-Requests$/, per: 10_000 },
  "logs-ingest-gb": {
    offer: "AmazonCloudWatch",
    usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?DataProcessing-Bytes$/,
  },
  "logs-store-gb": {
    offer: "AmazonCloudWatch",
    usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?TimedStorage-ByteHrs$/,
  },
  "efs-gb": { offer: "AmazonEFS", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?TimedStorage-ByteHrs$/ },
  "s3-gb": { offer: "AmazonS3", usage: /^([A-Z0-9]+-|[a-z]+-[a-z-]+-\d-)?TimedStorage-ByteHrs$/ },
};

export interface Refreshed {
  file: string;
  table: PriceTable;
  /** Prices that changed against the table in use. */
  changed: { key: string; before: number; after: number }[];
  /** Prices no offer had: they stay as they are, with their own date. */
  kept: string[];
}

/**
 * Reads the price list of a region and writes it where `cost` finds it.
 * @param read fetches an offer by its code; @default over HTTPS
 */
export async function refreshPrices(
  region: string,
  file: string,
  read: (offer: string, region: string) => Promise<Offer> = fetchOffer,
): Promise<Refreshed> {
  const found: Record<string, Price> = {};
  const offers = [...new Set(Object.values(rules).map((rule) => rule.offer))];
  for (const code of offers) {
    const offer = await read(code, region);
    const date = (offer.publicationDate ?? new Date().toISOString()).slice(0, 10);
    for (const [key, rule] of Object.entries(rules)) {
      if (rule.offer !== code) continue;
      const usd = priceOf(offer, rule.usage);
      const known = prices[key as keyof typeof prices];
      if (usd !== undefined)
        found[key] = {
          usd: usd * (rule.per ?? 1),
          unit: known.unit,
          source: `${HOST}/offers/v1.0/aws/${code}/current/${region}/index.json`,
          date,
        };
    }
  }
  if (Object.keys(found).length === 0)
    throw new ToolkitError("COST0002", `the price list of ${region} has none of the prices that are needed`, {
      help: "is the region's name right?",
      exit: "invalid",
    });
  const before = shippedPrices;
  const table: PriceTable = {
    region,
    prices: { ...before.prices, ...found },
    instances: before.instances,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(table, null, 1)}\n`);
  renameSync(`${file}.new`, file);
  return {
    file,
    table,
    changed: Object.entries(found).flatMap(([key, { usd }]) => {
      const old = before.prices[key]?.usd ?? 0;
      return Math.abs(old - usd) > 1e-9 ? [{ key, before: old, after: usd }] : [];
    }),
    kept: [...Object.keys(before.prices).filter((key) => !found[key]), ...Object.keys(before.instances)],
  };
}

/** The first tier's price of the product with a usage type. */
function priceOf(offer: Offer, usage: RegExp): number | undefined {
  for (const [sku, { attributes }] of Object.entries(offer.products ?? {})) {
    if (!usage.test(attributes?.usagetype ?? "")) continue;
    const dimensions = Object.values(offer.terms?.OnDemand?.[sku] ?? {}).flatMap((term) =>
      Object.values(term.priceDimensions ?? {}),
    );
    const paid = dimensions
      .map((one) => ({ from: Number(one.beginRange ?? 0), usd: Number(one.pricePerUnit?.USD ?? Number.NaN) }))
      .filter((one) => one.usd > 0)
      .sort((one, other) => one.from - other.from);
    if (paid[0]) return paid[0].usd;
  }
  return undefined;
}

/** Offer files are up to some hundred MB; more is refused. */
const LIMIT = 600 * 2 ** 20;

async function fetchOffer(code: string, region: string): Promise<Offer> {
  const url = `${HOST}/offers/v1.0/aws/${code}/current/${region}/index.json`;
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) }).catch((error: Error) => {
    throw new ToolkitError(
      "COST0001",
      `cannot reach ${HOST}: ${(error.cause as Error)?.message ?? error.message}`,
      {
        help: "the shipped prices stay in use; try again with a way to the internet",
      },
    );
  });
  if (!response.ok || Number(response.headers.get("content-length") ?? 0) > LIMIT)
    throw new ToolkitError("COST0001", `${url} answered ${response.status}`, {
      help: "the shipped prices stay in use",
    });
  return (await response.json()) as Offer;
}

/** A table that `refreshPrices` wrote; the shipped one when there is none. @throws ToolkitError when it is damaged */
export function loadPrices(file: string): PriceTable {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return shippedPrices;
  }
  try {
    const table = JSON.parse(text) as PriceTable;
    const all = [...Object.values(table.prices), ...Object.values(table.instances)];
    if (all.every((one) => Number.isFinite(one.usd) && one.usd >= 0) && table.region) return table;
  } catch {
    // said below
  }
  throw new ToolkitError("COST0003", `\`${file}\` is not a price table`, {
    help: "remove it, or write it anew with `sagekeep cost --refresh`",
    exit: "invalid",
  });
}
