/** What CloudTrail keeps: trails, each in its home region. */
import type { AdvancedEventSelector, EventSelector, Tag } from "@aws-sdk/client-cloudtrail";
import type { ReadContext } from "../../context.ts";
import type { Table } from "../../store/table.ts";

export interface Trail {
  name: string;
  arn: string;
  account: string;
  region: string;
  bucket: string;
  prefix?: string;
  logGroupArn?: string;
  roleArn?: string;
  keyId?: string;
  snsTopic?: string;
  /** The organisation whose accounts it records. */
  organization?: string;
  multiRegion: boolean;
  globalEvents: boolean;
  validation: boolean;
  selectors?: EventSelector[];
  advanced?: AdvancedEventSelector[];
  tags: Tag[];
  logging: boolean;
  started?: number;
  stopped?: number;
  lastDelivery?: number;
  lastError?: string;
  lastLogsDelivery?: number;
  lastLogsError?: string;
  lastAttempt?: number;
  /** Digest chain, when log file validation is on. */
  digest?: { last: number; previous?: { key: string; hash: string; signature: string } };
}

/** Trails of one account, in all regions, by ARN. */
export const trails = (at: Pick<ReadContext, "accountTable">): Table<Trail> =>
  at.accountTable("cloudtrail.trail");
