/** 4.3 and 4.4: the perimeter against its own administrator, and buckets that only look empty. */
import type { Bench } from "../../../bench.ts";
import { call, type Step } from "../../../model.ts";
import { attemptTo, demand, ifThere } from "../attempts.ts";

const dataBucket = (bench: Bench) => `${bench.platform}-marketing-${bench.account}-${bench.region}`;
const emptyBucket = (bench: Bench) => `${bench.platform}-lab4-versions-${bench.account}`;

export const perimeter: Step = {
  id: "4.3",
  title: "The perimeter denies the administrator, too",
  text: `
**The idea.** The data perimeter of lab 2 denies reading and writing from outside the VPC to *everybody*, so also to the
administrator who wants to empty the bucket. There are three ways out, and only one is good:

- go into the VPC: needs a machine there, on the day on which the VPC goes;
- the break-glass role: needs MFA and leaves the door open while the data is still there;
- **replace the policy.** \`s3:PutBucketPolicy\` acts on the bucket's policy, not on its data, and the perimeter does not
  deny it: otherwise nobody could ever repair it. \`sagekeep destroy\` replaces the policy by one that denies reading and
  writing objects to all, empties the bucket, and deletes it. So the data is never more open than before, and nothing new
  arrives meanwhile.

A policy that denies \`s3:*\` to everybody shuts out every administrator. Then only the account's **root user** may still
delete the policy: AWS keeps that way open on purpose.`,
  hint: "Nothing to write. `sagekeep explain` on the denied call names the statement `ReadOnlyInOurNetwork`.",
  experiments(bench) {
    const Bucket = dataBucket(bench);
    return [
      {
        what: "the administrator lists the versions in the data bucket from outside the VPC",
        as: "admin",
        attempt: call("s3", "ListObjectVersions", { Bucket }),
        expect: "denied",
        by: "resource",
        statement: "ReadOnlyInOurNetwork",
        why: "an explicit denial beats AdministratorAccess",
      },
      {
        what: "and reads the bucket's policy",
        as: "admin",
        attempt: call("s3", "GetBucketPolicy", { Bucket }),
        expect: "allowed",
        why: "the policy is not behind the perimeter: who may write it can open or close the bucket",
      },
    ];
  },
};

export const versions: Step = {
  id: "4.4",
  title: "An empty bucket that is not empty",
  text: `
**The idea.** In a bucket with versions, deleting an object writes a *delete marker* over it. The listing is empty, every
version is still there, is still paid for, and can still be read by its id. So "deleted" data is a copy to think of when you
list where copies live, and a bucket with nothing in its listing cannot be deleted.

Unfinished multipart uploads are the other invisible thing: parts that no listing shows and that cost the same. A lifecycle
rule (the platform has one: seven days) ends them; clean-up does not wait for it.`,
  hint: "Nothing to write. `aws s3api list-object-versions` shows what `aws s3 ls` hides; each version and each marker is deleted by its id.",
  async prepare(bench) {
    const Bucket = emptyBucket(bench);
    await bench.admin.call("s3", "CreateBucket", { Bucket }).catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
    const VersioningConfiguration = { Status: "Enabled" as const };
    await bench.admin.call("s3", "PutBucketVersioning", { Bucket, VersioningConfiguration });
    await bench.admin.call("s3", "PutObject", { Bucket, Key: "customers.csv", Body: "age;job\n" });
  },
  experiments(bench) {
    const Bucket = emptyBucket(bench);
    return [
      {
        what: "delete the only object",
        as: "admin",
        attempt: call("s3", "DeleteObject", { Bucket, Key: "customers.csv" }),
        expect: "allowed",
        why: "S3 writes a delete marker",
      },
      {
        what: "the listing is empty",
        as: "admin",
        attempt: attemptTo(`aws s3 ls s3://${Bucket}`, async (on) => {
          const { KeyCount } = await on.admin.call("s3", "ListObjectsV2", { Bucket });
          demand(KeyCount === 0, `${KeyCount} objects`);
          return "nothing";
        }),
        expect: "allowed",
        why: "a listing shows current versions only, and a marker is none",
      },
      {
        what: "delete the bucket",
        as: "admin",
        attempt: call("s3", "DeleteBucket", { Bucket }),
        expect: "failed",
        code: "BucketNotEmpty",
        why: "the version and its marker are there",
      },
      {
        what: "both are listed as versions",
        as: "admin",
        attempt: attemptTo(`aws s3api list-object-versions --bucket ${Bucket}`, async (on) => {
          const { Versions = [], DeleteMarkers = [] } = await on.admin.call("s3", "ListObjectVersions", {
            Bucket,
          });
          demand(Versions.length > 0 && DeleteMarkers.length > 0, "there is no version, or no marker");
          return `${Versions.length} version, ${DeleteMarkers.length} marker`;
        }),
        expect: "allowed",
        why: "this is what destroying goes through, a thousand at a time",
      },
    ];
  },
  async undo(bench) {
    const Bucket = emptyBucket(bench);
    const page = await ifThere(() => bench.admin.call("s3", "ListObjectVersions", { Bucket }));
    for (const { Key = "", VersionId = "" } of [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])])
      await bench.admin.call("s3", "DeleteObject", { Bucket, Key, VersionId });
    await ifThere(() => bench.admin.call("s3", "DeleteBucket", { Bucket }));
  },
};
