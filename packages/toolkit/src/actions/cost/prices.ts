/**
 * Prices: one table, each with the page it is from. us-east-1, on demand, USD. Refresh: look each source up, change
 * value and date together. Other regions cost differently: the report says which region these are of.
 */

export interface Price {
  /** USD per unit. */
  usd: number;
  unit:
    | "hour"
    | "GB"
    | "GB-month"
    | "month"
    | "10k requests"
    | "100k events"
    | "item"
    | "evaluation"
    | "GB processed";
  source: string;
  /** When it was looked up. */
  date: string;
  /** Seen in one third-party source only. */
  unverified?: true;
}

const pricesRegion = "us-east-1";

const vpc = "https://aws.amazon.com/vpc/pricing/";
const privatelink = "https://aws.amazon.com/privatelink/pricing/";
const sagemaker = "https://aws.amazon.com/sagemaker/pricing/";
const cloudwatch = "https://aws.amazon.com/cloudwatch/pricing/";
const date = "2026-06";

export const prices = {
  "endpoint-hour": { usd: 0.01, unit: "hour", source: privatelink, date },
  "endpoint-gb": { usd: 0.01, unit: "GB processed", source: privatelink, date },
  "nat-hour": { usd: 0.045, unit: "hour", source: vpc, date },
  "nat-gb": { usd: 0.045, unit: "GB processed", source: vpc, date },
  "public-ipv4-hour": { usd: 0.005, unit: "hour", source: vpc, date },
  "firewall-hour": {
    usd: 0.395,
    unit: "hour",
    source: "https://aws.amazon.com/network-firewall/pricing/",
    date,
  },
  "firewall-gb": {
    usd: 0.065,
    unit: "GB processed",
    source: "https://aws.amazon.com/network-firewall/pricing/",
    date,
  },
  "kms-key-month": { usd: 1, unit: "month", source: "https://aws.amazon.com/kms/pricing/", date },
  "kms-requests": { usd: 0.03, unit: "10k requests", source: "https://aws.amazon.com/kms/pricing/", date },
  "logs-ingest-gb": { usd: 0.5, unit: "GB", source: cloudwatch, date },
  "logs-store-gb": { usd: 0.03, unit: "GB-month", source: cloudwatch, date },
  "efs-gb": { usd: 0.3, unit: "GB-month", source: "https://aws.amazon.com/efs/pricing/", date },
  "s3-gb": { usd: 0.023, unit: "GB-month", source: "https://aws.amazon.com/s3/pricing/", date },
  "ebs-ml-gb": { usd: 0.14, unit: "GB-month", source: sagemaker, date, unverified: true },
  "trail-data-events": {
    usd: 0.1,
    unit: "100k events",
    source: "https://aws.amazon.com/cloudtrail/pricing/",
    date,
  },
  "trail-management-copy": {
    usd: 2,
    unit: "100k events",
    source: "https://aws.amazon.com/cloudtrail/pricing/",
    date,
  },
  "config-item": { usd: 0.003, unit: "item", source: "https://aws.amazon.com/config/pricing/", date },
  "config-evaluation": {
    usd: 0.001,
    unit: "evaluation",
    source: "https://aws.amazon.com/config/pricing/",
    date,
  },
} as const satisfies Record<string, Price>;

export type PriceKey = keyof typeof prices;

/** ML instances by the hour. `ml.t3.medium` in Studio; jobs and endpoints of the same type cost the same or near it. */
const instancePrices: Readonly<Record<string, Price>> = {
  "ml.t3.medium": { usd: 0.05, unit: "hour", source: sagemaker, date, unverified: true },
  "ml.m5.large": { usd: 0.115, unit: "hour", source: sagemaker, date, unverified: true },
  "ml.m5.xlarge": { usd: 0.23, unit: "hour", source: sagemaker, date, unverified: true },
  "ml.g4dn.xlarge": { usd: 0.7364, unit: "hour", source: sagemaker, date, unverified: true },
  "ml.g5.xlarge": { usd: 1.41, unit: "hour", source: sagemaker, date, unverified: true },
};

/** Prices of one region. */
export interface PriceTable {
  region: string;
  prices: Readonly<Record<string, Price>>;
  instances: Readonly<Record<string, Price>>;
}

/** The table that comes with Sagekeep. */
export const shippedPrices: PriceTable = { region: pricesRegion, prices, instances: instancePrices };

/** What the workshop estimates for networking and logs, USD a day. */
export const workshopEstimate = { low: 10, high: 15 } as const;
