/** Keys, logs, file systems and buckets of an account, priced by what they hold. */
import { attemptRead } from "../../account/read-resources.ts";
import { type Inventory, isOwn, tagOf } from "./inventory.ts";

const GB = 1024 ** 3;

export async function readKeys(inventory: Inventory): Promise<void> {
  const { clients, sheet, gaps } = inventory;
  for await (const page of clients.pages("kms", "ListKeys", {}, { in: "Marker", out: "NextMarker" })) {
    for (const { KeyId } of page.Keys ?? []) {
      await attemptRead(gaps, `key ${KeyId}`, async () => {
        const { KeyMetadata } = await clients.call("kms", "DescribeKey", { KeyId });
        // a key that waits for its deletion costs nothing: https://aws.amazon.com/kms/pricing/
        if (KeyMetadata?.KeyManager !== "CUSTOMER" || KeyMetadata.KeyState === "PendingDeletion") return;
        const { Tags } = await clients.call("kms", "ListResourceTags", { KeyId });
        const tags = Tags?.map(({ TagKey: Key, TagValue: Value }) => ({ Key, Value }));
        if (!isOwn(inventory, `key ${KeyId}`, tags)) return;
        const purpose = tagOf(tags, "purpose");
        sheet.add(`key ${purpose ?? KeyId}`, "keys", "kms-key-month", 1, tagOf(tags, "team"));
      });
    }
  }
}

export async function readLogs(inventory: Inventory): Promise<void> {
  const { clients, sheet, platform, foreign, gaps } = inventory;
  const tokens = { in: "nextToken", out: "nextToken" };
  for await (const page of clients.pages("cloudwatch-logs", "DescribeLogGroups", {}, tokens)) {
    for (const { logGroupName = "", logGroupArn, arn, storedBytes = 0 } of page.logGroups ?? []) {
      const tags = await attemptRead(gaps, `the tags of log group ${logGroupName}`, () =>
        clients.call("cloudwatch-logs", "ListTagsForResource", {
          resourceArn: logGroupArn ?? arn?.replace(/:\*$/, "") ?? "",
        }),
      );
      const own = tags?.tags?.platform === platform.name || /^\/aws\/sagemaker\//.test(logGroupName);
      if (own) sheet.add(`logs kept in ${logGroupName}`, "logs", "logs-store-gb", storedBytes / GB);
      else foreign.push(`log group ${logGroupName}`);
    }
  }
}

export async function readFileSystems(inventory: Inventory): Promise<void> {
  const { clients, sheet, platform } = inventory;
  const domains = new Set(platform.domains.map((one) => one.name));
  const homes = new Map<string, string>();
  for await (const page of clients.pages(
    "sagemaker",
    "ListDomains",
    {},
    { in: "NextToken", out: "NextToken" },
  )) {
    for (const { DomainId, DomainName = "" } of page.Domains ?? []) {
      if (!domains.has(DomainName)) continue;
      const { HomeEfsFileSystemId = "" } = await clients.call("sagemaker", "DescribeDomain", { DomainId });
      homes.set(HomeEfsFileSystemId, DomainName);
    }
  }
  for await (const page of clients.pages(
    "efs",
    "DescribeFileSystems",
    {},
    { in: "Marker", out: "NextMarker" },
  )) {
    for (const { FileSystemId = "", SizeInBytes, Tags } of page.FileSystems ?? []) {
      const domain = homes.get(FileSystemId);
      if (!domain && !isOwn(inventory, `file system ${FileSystemId}`, Tags)) continue;
      const what = domain ? `home directories of domain ${domain}` : `file system ${FileSystemId}`;
      sheet.add(what, "storage", "efs-gb", (SizeInBytes?.Value ?? 0) / GB);
    }
  }
}

/** Sizes are CloudWatch's daily storage metric: listing objects would cost money and may be forbidden. */
export async function readBuckets(inventory: Inventory): Promise<void> {
  const { clients, sheet, gaps, now } = inventory;
  const { Buckets = [] } = await clients.call("s3", "ListBuckets", {});
  for (const { Name: Bucket = "" } of Buckets) {
    const tagging = await attemptRead(gaps, `the tags of bucket ${Bucket}`, () =>
      clients.call("s3", "GetBucketTagging", { Bucket }),
    );
    if (!isOwn(inventory, `bucket ${Bucket}`, tagging?.TagSet)) continue;
    let bytes: number | undefined;
    try {
      const { Datapoints = [] } = await clients.call("cloudwatch", "GetMetricStatistics", {
        Namespace: "AWS/S3",
        MetricName: "BucketSizeBytes",
        Dimensions: [
          { Name: "BucketName", Value: Bucket },
          { Name: "StorageType", Value: "StandardStorage" },
        ],
        StartTime: new Date(now.getTime() - 3 * 86_400_000),
        EndTime: now,
        Period: 86_400,
        Statistics: ["Average"],
      });
      bytes = Datapoints.sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0]?.Average;
    } catch (error) {
      gaps.push({ what: `the size of bucket ${Bucket}`, why: (error as Error).message });
      continue;
    }
    if (bytes === undefined)
      sheet.unknown.push({ what: `bucket ${Bucket}`, why: "CloudWatch has no size of it yet" });
    else sheet.add(`bucket ${Bucket}`, "storage", "s3-gb", bytes / GB, tagOf(tagging?.TagSet, "team"));
  }
}
