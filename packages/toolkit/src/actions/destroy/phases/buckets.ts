/**
 * The platform's buckets with all that is in them.
 *
 * The perimeter in a bucket's policy denies listing and deleting objects from outside the VPC, to the administrator
 * too. The policy itself is not behind the perimeter: who may write it (the account's administrators, and in any case
 * its root user) replaces it with one that lets nobody read or write any more while the bucket is emptied. So no other
 * door is opened on the way, and nothing new arrives.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
 */
import { ToolkitError } from "../../../errors.ts";
import { ifThere, isDenied, listAll, look, names, until } from "../calls.ts";
import { contents, emptyBucket } from "../empty-bucket.ts";
import { demandStackGone } from "../held.ts";
import { type Ground, type Item, inTurn, type Phase } from "../item.ts";

export const buckets: Phase = {
  id: "buckets",
  title: "empty and delete the buckets",
  async find(ground) {
    const own = (await look(ground, "buckets", () => listBuckets(ground))).filter(
      (one) => one.why !== undefined,
    );
    const items = await Promise.all(
      own.map(async ({ name, why = "" }) => ({
        isLog: ground.own.of("AWS::S3::Bucket", name)?.stack === `${ground.own.name}-logs`,
        item: {
          kind: "bucket",
          id: name,
          why,
          loses: await contents(ground, name),
          remove: () => remove(ground, name),
        } satisfies Item,
      })),
    );
    // access to the others is written to the log bucket: it goes last
    return inTurn(
      items.filter((one) => !one.isLog).map((one) => one.item),
      items.filter((one) => one.isLog).map((one) => one.item),
    );
  },
};

/** Every bucket of the account in this region, with what shows that it is the platform's. */
export async function listBuckets({
  clients,
  own,
}: Ground): Promise<{ name: string; why: string | undefined }[]> {
  const found: { name: string; why: string | undefined }[] = [];
  const all = await listAll(clients, "s3", "ListBuckets", {}, "Buckets", {
    in: "ContinuationToken",
    out: "ContinuationToken",
  });
  for (const { Name, BucketRegion } of all) {
    const name = String(Name);
    if (BucketRegion !== undefined && BucketRegion !== own.region) continue;
    const resource = own.of("AWS::S3::Bucket", name);
    const tags = await tagsOf(clients, name);
    // a name alone may be somebody else's by now: it must be tagged, or held by a stack that is there
    const tagged = own.tagged(tags) === "own" && (resource || named(own, name));
    const held = resource?.live && own.tagged(tags) !== "other";
    found.push({
      name,
      why: tagged ? `tagged platform=${own.name}` : held ? `of stack ${resource.stack}` : undefined,
    });
  }
  return found;
}

const named = (own: Ground["own"], bucket: string) =>
  bucket.startsWith(`${own.name}-`) || bucket === `sagemaker-${own.region}-${own.account}`;

async function tagsOf(clients: Ground["clients"], Bucket: string): Promise<Record<string, string>> {
  try {
    const tags = await ifThere(() => clients.call("s3", "GetBucketTagging", { Bucket }));
    return names(tags?.TagSet);
  } catch (error) {
    // a foreign bucket may hide its tags: then nothing shows that it is ours
    if (isDenied(error) || (error as Error).name === "PermanentRedirect") return {};
    throw error;
  }
}

async function remove(ground: Ground, Bucket: string): Promise<string> {
  const { clients, own } = ground;
  await demandStackGone(ground, own.of("AWS::S3::Bucket", Bucket));
  await close(ground, Bucket);
  await ifThere(() => clients.call("s3", "PutBucketLogging", { Bucket, BucketLoggingStatus: {} }));
  const points = await listAll(
    clients,
    "s3-control",
    "ListAccessPoints",
    { AccountId: own.account, Bucket },
    "AccessPointList",
  );
  for (const { Name } of points)
    await ifThere(() =>
      clients.call("s3-control", "DeleteAccessPoint", { AccountId: own.account, Name: String(Name) }),
    );
  let versions = 0;
  let uploads = 0;
  await until(ground, `bucket ${Bucket}`, async () => {
    const emptied = await ifThere(() => emptyBucket(ground, Bucket));
    if (emptied === undefined) return true;
    versions += emptied.versions;
    uploads += emptied.uploads;
    try {
      await ifThere(() => clients.call("s3", "DeleteBucket", { Bucket }));
      return true;
    } catch (error) {
      // a log or a job's last output arrived meanwhile
      if ((error as Error).name === "BucketNotEmpty") return false;
      throw error;
    }
  });
  return `with ${versions} versions and ${uploads} unfinished uploads`;
}

/** Replaces the bucket's policy: nobody reads or writes objects from now on. */
async function close({ clients, own }: Ground, Bucket: string): Promise<void> {
  const arn = `arn:${own.partition}:s3:::${Bucket}/*`;
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SagekeepDestroys",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:GetObject*", "s3:PutObject*", "s3:RestoreObject"],
        Resource: arn,
      },
    ],
  });
  try {
    await ifThere(() => clients.call("s3", "PutBucketPolicy", { Bucket, Policy }));
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new ToolkitError(
      "DESTROY0007",
      `the policy of bucket ${Bucket} may not be changed by these credentials: ${(error as Error).message}`,
      {
        help: `the account's root user always may: \`aws s3api delete-bucket-policy --bucket ${Bucket}\` as root, then run this again`,
        cause: error,
      },
    );
  }
}
