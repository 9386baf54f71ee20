/**
 * Configurations that are kept and given back. Where AWS would act on one and the local cloud does not, setting it
 * is refused by name instead: replication, events through EventBridge.
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { malformedXml, notImplemented } from "../errors.ts";
import { checkNotifications, namedNotifications } from "../notification-check.ts";
import { checkReplication } from "../replication-check.ts";
import type { Bucket } from "../state.ts";
import { checkWebsite } from "../website/check.ts";
import { bucketOf, change, missing } from "./bucket-configuration.ts";

/** The one id of configurations that a bucket has at most one of. */
const ONLY = "";

type Input = { Bucket: string; ExpectedBucketOwner?: string | undefined };

function keep(input: Input, context: CallContext, kind: string, value: object, id = ONLY): void {
  change(input, context, (draft) => {
    draft.kept = { ...draft.kept, [kind]: { ...draft.kept?.[kind], [id]: value } };
  });
}

function forget(input: Input, context: CallContext, kind: string, id = ONLY): void {
  change(input, context, (draft) => {
    delete draft.kept?.[kind]?.[id];
  });
}

function kept<T>(bucket: Readonly<Bucket>, kind: string, id = ONLY): T | undefined {
  const value = bucket.kept?.[kind]?.[id];
  return value === undefined ? undefined : (structuredClone(value) as T);
}

const noConfiguration = () =>
  new AwsError("NoSuchConfiguration", "The specified configuration does not exist.", { status: 404 });

interface Listed<T> {
  items: T[];
  rest: { IsTruncated: boolean; ContinuationToken?: string; NextContinuationToken?: string };
}

/** Pages of a hundred, by id. */
function list<T>(bucket: Readonly<Bucket>, kind: string, token: string | undefined): Listed<T> {
  const ids = Object.keys(bucket.kept?.[kind] ?? {}).sort();
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  const behind = ids.filter((id) => token === undefined || id > after);
  const page = behind.slice(0, 100);
  const more = page.length < behind.length;
  return {
    items: page.map((id) => kept<T>(bucket, kind, id) as T),
    rest: {
      IsTruncated: more,
      ...(token !== undefined && { ContinuationToken: token }),
      ...(more && { NextContinuationToken: Buffer.from(page.at(-1) as string).toString("base64url") }),
    },
  };
}

/** The id in the request's query is the one in its body. */
function checkId(id: string, inside: string | undefined): void {
  if (id !== inside) throw malformedXml();
}

/** Inventories have codes of their own where the others say MalformedXML. */
function checkInventory(id: string, given: S3.InventoryConfiguration): void {
  if (id !== given.Id) {
    throw new AwsError("IdMismatch", "Document ID does not match the specified configuration ID.", {
      status: 400,
    });
  }
  if (!/^arn:aws[a-z-]*:s3:::[^/]+$/.test(given.Destination?.S3BucketDestination?.Bucket ?? "")) {
    throw new AwsError("InvalidS3DestinationBucket", "Invalid bucket ARN.", { status: 400 });
  }
}

export const keptConfigurationOperations: Handlers<typeof S3, CallContext> = {
  GetBucketWebsite(input, context) {
    const bucket = bucketOf(input, context);
    const website = kept<S3.WebsiteConfiguration>(bucket, "website");
    if (!website) {
      throw missing(
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
        bucket.name,
      );
    }
    return website;
  },
  PutBucketWebsite(input, context) {
    const given = input.WebsiteConfiguration;
    checkWebsite(given);
    keep(input, context, "website", given);
    return {};
  },
  DeleteBucketWebsite(input, context) {
    forget(input, context, "website");
    return {};
  },

  GetBucketReplication(input, context) {
    const { name } = bucketOf(input, context);
    throw missing(
      "ReplicationConfigurationNotFoundError",
      "The replication configuration was not found",
      name,
    );
  },
  PutBucketReplication(input, context) {
    checkReplication(input.ReplicationConfiguration, bucketOf(input, context), context);
    throw notImplemented("bucket replication");
  },
  DeleteBucketReplication(input, context) {
    bucketOf(input, context);
    return {};
  },

  GetBucketNotificationConfiguration(input, context) {
    return kept<S3.NotificationConfiguration>(bucketOf(input, context), "notification") ?? {};
  },
  PutBucketNotificationConfiguration(input, context) {
    bucketOf(input, context);
    const given = input.NotificationConfiguration;
    checkNotifications(given, input.SkipDestinationValidation === true);
    if (given.EventBridgeConfiguration) throw notImplemented("event notification through EventBridge");
    keep(input, context, "notification", namedNotifications(given));
    return {};
  },

  GetBucketAccelerateConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    return kept<S3.AccelerateConfiguration>(bucket, "accelerate") ?? {};
  },
  PutBucketAccelerateConfiguration(input, context) {
    const { Status } = input.AccelerateConfiguration;
    if (Status !== "Enabled" && Status !== "Suspended") throw malformedXml();
    if (input.Bucket.includes(".")) {
      throw new AwsError(
        "InvalidRequest",
        "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
        {
          status: 400,
        },
      );
    }
    keep(input, context, "accelerate", { Status });
    return {};
  },

  GetBucketRequestPayment(input, context) {
    const bucket = bucketOf(input, context);
    return kept<S3.RequestPaymentConfiguration>(bucket, "payment") ?? { Payer: "BucketOwner" };
  },
  PutBucketRequestPayment(input, context) {
    const { Payer } = input.RequestPaymentConfiguration;
    if (Payer !== "BucketOwner" && Payer !== "Requester") throw malformedXml();
    keep(input, context, "payment", { Payer });
    return {};
  },

  GetBucketAnalyticsConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    const AnalyticsConfiguration = kept<S3.AnalyticsConfiguration>(bucket, "analytics", input.Id);
    if (!AnalyticsConfiguration) throw noConfiguration();
    return { AnalyticsConfiguration };
  },
  PutBucketAnalyticsConfiguration(input, context) {
    checkId(input.Id, input.AnalyticsConfiguration.Id);
    keep(input, context, "analytics", input.AnalyticsConfiguration, input.Id);
    context.responseStatus = 204;
    return {};
  },
  DeleteBucketAnalyticsConfiguration(input, context) {
    if (!kept(bucketOf(input, context), "analytics", input.Id)) throw noConfiguration();
    forget(input, context, "analytics", input.Id);
    return {};
  },
  ListBucketAnalyticsConfigurations(input, context) {
    const { items, rest } = list<S3.AnalyticsConfiguration>(
      bucketOf(input, context),
      "analytics",
      input.ContinuationToken,
    );
    return { ...rest, ...(items.length > 0 && { AnalyticsConfigurationList: items }) };
  },

  GetBucketIntelligentTieringConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    const found = kept<S3.IntelligentTieringConfiguration>(bucket, "tiering", input.Id);
    if (!found) throw noConfiguration();
    return { IntelligentTieringConfiguration: found };
  },
  PutBucketIntelligentTieringConfiguration(input, context) {
    checkId(input.Id, input.IntelligentTieringConfiguration.Id);
    keep(input, context, "tiering", input.IntelligentTieringConfiguration, input.Id);
    context.responseStatus = 204;
    return {};
  },
  DeleteBucketIntelligentTieringConfiguration(input, context) {
    if (!kept(bucketOf(input, context), "tiering", input.Id)) throw noConfiguration();
    forget(input, context, "tiering", input.Id);
    return {};
  },
  ListBucketIntelligentTieringConfigurations(input, context) {
    const { items, rest } = list<S3.IntelligentTieringConfiguration>(
      bucketOf(input, context),
      "tiering",
      input.ContinuationToken,
    );
    return { ...rest, ...(items.length > 0 && { IntelligentTieringConfigurationList: items }) };
  },

  GetBucketMetricsConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    const MetricsConfiguration = kept<S3.MetricsConfiguration>(bucket, "metrics", input.Id);
    if (!MetricsConfiguration) throw noConfiguration();
    return { MetricsConfiguration };
  },
  PutBucketMetricsConfiguration(input, context) {
    checkId(input.Id, input.MetricsConfiguration.Id);
    keep(input, context, "metrics", input.MetricsConfiguration, input.Id);
    context.responseStatus = 204;
    return {};
  },
  DeleteBucketMetricsConfiguration(input, context) {
    if (!kept(bucketOf(input, context), "metrics", input.Id)) throw noConfiguration();
    forget(input, context, "metrics", input.Id);
    return {};
  },
  ListBucketMetricsConfigurations(input, context) {
    const { items, rest } = list<S3.MetricsConfiguration>(
      bucketOf(input, context),
      "metrics",
      input.ContinuationToken,
    );
    return { ...rest, ...(items.length > 0 && { MetricsConfigurationList: items }) };
  },

  GetBucketInventoryConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    const InventoryConfiguration = kept<S3.InventoryConfiguration>(bucket, "inventory", input.Id);
    if (!InventoryConfiguration) throw noConfiguration();
    return { InventoryConfiguration };
  },
  PutBucketInventoryConfiguration(input, context) {
    checkInventory(input.Id, input.InventoryConfiguration);
    keep(input, context, "inventory", input.InventoryConfiguration, input.Id);
    context.responseStatus = 204;
    return {};
  },
  DeleteBucketInventoryConfiguration(input, context) {
    if (!kept(bucketOf(input, context), "inventory", input.Id)) throw noConfiguration();
    forget(input, context, "inventory", input.Id);
    return {};
  },
  ListBucketInventoryConfigurations(input, context) {
    const { items, rest } = list<S3.InventoryConfiguration>(
      bucketOf(input, context),
      "inventory",
      input.ContinuationToken,
    );
    return { ...rest, ...(items.length > 0 && { InventoryConfigurationList: items }) };
  },
};
