/** A bucket's configurations of which it has many, told apart by their ids: analytics, inventory, metrics, tiering. */
import { sameValue, type Value, type ValueMap } from "../template/value.ts";
import { compact, list, map, type Step } from "./declared.ts";
import { text } from "./handler.ts";

/** What of the bucket's objects it is about. */
function filterOf(one: ValueMap): object | undefined {
  const tags = list(one.TagFilters);
  const parts: [string, Value][] = [
    ...(one.Prefix === undefined ? [] : ([["Prefix", one.Prefix]] as [string, Value][])),
    ...tags.map((tag): [string, Value] => ["Tag", tag]),
    ...(one.AccessPointArn === undefined
      ? []
      : ([["AccessPointArn", one.AccessPointArn]] as [string, Value][])),
  ];
  if (parts.length === 0) return undefined;
  if (parts.length === 1) return Object.fromEntries(parts);
  return {
    And: compact({
      Prefix: one.Prefix,
      Tags: tags.length > 0 ? tags : undefined,
      AccessPointArn: one.AccessPointArn,
    }),
  };
}

/** Where a report goes. */
function destination(value: Value | undefined, account: string): object {
  const { BucketArn, BucketAccountId, Format, Prefix } = map(value);
  return { S3BucketDestination: compact({ Bucket: BucketArn, [account]: BucketAccountId, Format, Prefix }) };
}

function analytics(one: ValueMap): object {
  const { DataExport } = map(one.StorageClassAnalysis);
  const given = map(DataExport);
  return {
    StorageClassAnalysis:
      DataExport === undefined
        ? {}
        : {
            DataExport: {
              OutputSchemaVersion: given.OutputSchemaVersion,
              Destination: destination(given.Destination, "BucketAccountId"),
            },
          },
    Filter: filterOf(one),
  };
}

function inventory(one: ValueMap): object {
  return {
    IsEnabled: one.Enabled,
    Filter: one.Prefix === undefined ? undefined : { Prefix: one.Prefix },
    Destination: destination(one.Destination, "AccountId"),
    IncludedObjectVersions: one.IncludedObjectVersions,
    OptionalFields: one.OptionalFields,
    Schedule: { Frequency: one.ScheduleFrequency },
  };
}

/** Puts those that are new or changed, deletes those that are gone. */
function many(property: string, kind: string, input: (one: ValueMap) => object): Step {
  return {
    of: [property],
    run: async ({ id: Bucket, p, old, r }) => {
      const before = list(old?.[property]).map(map);
      const after = list(p[property]).map(map);
      for (const one of after) {
        if (before.some((other) => sameValue(one, other))) continue;
        await r.call("s3", `PutBucket${kind}`, {
          Bucket,
          Id: one.Id,
          [kind]: { Id: one.Id, ...compact(input(one)) },
        });
      }
      for (const { Id } of before) {
        if (after.some((other) => text(other.Id) === text(Id))) continue;
        await r.call("s3", `DeleteBucket${kind}`, { Bucket, Id });
      }
    },
  };
}

export const manyConfigurations: readonly Step[] = [
  many("AnalyticsConfigurations", "AnalyticsConfiguration", analytics),
  many("IntelligentTieringConfigurations", "IntelligentTieringConfiguration", (one) => ({
    Status: one.Status,
    Tierings: one.Tierings,
    Filter: filterOf(one),
  })),
  many("InventoryConfigurations", "InventoryConfiguration", inventory),
  many("MetricsConfigurations", "MetricsConfiguration", (one) => ({ Filter: filterOf(one) })),
];
