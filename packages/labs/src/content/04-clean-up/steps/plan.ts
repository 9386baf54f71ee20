/** 4.1 and 4.2: look before anything goes, and know what shows that a thing is yours. */
import type { Bench } from "../../../bench.ts";
import type { Step } from "../../../model.ts";
import { attemptTo, DRY_RUN, demand, dryRun, ifThere } from "../attempts.ts";
import { order } from "../diagrams.ts";

/** Where in the plan the first thing of a kind stands. */
const placeOf = (kinds: readonly string[], kind: string) => kinds.indexOf(kind);

export const look: Step = {
  id: "4.1",
  title: "Look first: what is there, and in which order it goes",
  text: `
**The idea.** Removing a platform is the one task where a mistake costs data of others. So it begins with looking: a dry run
lists every single thing, what shows that it is yours, and what nobody can bring back afterwards. On AWS the dry run is the
default and removing needs the platform's name.

**Why there is an order.** Things hold each other: a domain does not go while profiles are in it, a profile not while
spaces are its own, a subnet not while an interface stands in it, a stack not while another imports from it. What runs is
stopped first, because it would make new things behind your back.

${order}

**What to see.** Read the plan to its end. Mind the lines marked *lost*: home directories, versions of objects, and the
keys, whose deletion waits thirty days.

**Where older material differs.** Deleting the CloudFormation stack and the domain in the console leaves the file system,
its mount targets and two security groups behind, and with them a VPC that cannot be deleted (4.4).`,
  hint: "Nothing to write. `sagekeep destroy --dry-run --json` gives the same as data: `phases[].items[]` with `why` and `loses`.",
  experiments: () => [
    {
      what: "the dry run finds both domains' homes, the buckets, the keys and the stacks",
      as: "admin",
      attempt: attemptTo(DRY_RUN, async (bench) => {
        const { phases, gaps } = await dryRun(bench);
        const items = phases.flatMap((one) => one.items);
        const count = (kind: string) => items.filter((one) => one.kind === kind).length;
        demand(gaps.length === 0, `it could not look at ${gaps.map((one) => one.what).join(", ")}`);
        demand(count("file system") >= 2, `it shows ${count("file system")} file systems`);
        demand(count("bucket") >= 3, `it shows ${count("bucket")} buckets`);
        demand(count("key") >= 3, `it shows ${count("key")} keys`);
        const lost = items.filter((one) => one.loses).length;
        return `${items.length} things, ${count("stack")} stacks among them; ${lost} cannot be made again`;
      }),
      expect: "allowed",
      why: "it only reads: nothing in the account changes",
    },
    {
      what: "stacks go before what SageMaker leaves behind, and the network last but the keys",
      as: "admin",
      attempt: attemptTo(DRY_RUN, async (bench) => {
        const { phases } = await dryRun(bench);
        const kinds = phases.flatMap((one) => one.items.map((item) => item.kind));
        demand(placeOf(kinds, "stack") < placeOf(kinds, "mount target"), "mount targets go first");
        demand(placeOf(kinds, "mount target") < placeOf(kinds, "file system"), "the file system goes first");
        const last = phases.at(-2);
        demand(last?.id === "network-stacks", `before the keys goes ${last?.title}`);
        return phases.map((one) => one.title).join(", then ");
      }),
      expect: "allowed",
      why: "each waits for what holds it",
    },
  ],
};

const foreignBucket = (bench: Bench) => `${bench.platform}-lab4-${bench.account}`;

export const ownership: Step = {
  id: "4.2",
  title: "Whose is it? A name proves nothing",
  text: `
**The idea.** A clean-up that goes by names deletes your neighbour's bucket one day. What shows that a thing is the
platform's is written by somebody who had the right to write it:

| evidence | for what |
| --- | --- |
| it is a resource of a stack that carries \`platform=NAME\` | everything the platform deployed; deleted stacks are remembered for ninety days |
| \`sagemaker:domain-arn\` names one of our domains | what people made in Studio: the tag is put on by SageMaker |
| it runs under one of our roles | jobs, models, notebooks: only who may pass the role can do that |
| it belongs to something that is ours | an endpoint of our model, a mount target of our file system, plumbing in our VPC |
| it is tagged \`platform=NAME\` and named so | buckets that outlived their stacks |

A tag that names another platform or another domain overrules the rest. What nothing shows to be ours is listed at the end
as foreign, and stays.

**What to see.** A bucket whose name begins like the platform's is not in the plan. With the tag it is: whoever may tag in
your account may hand you things to delete. That is why \`s3:PutBucketTagging\` and \`iam:TagRole\` are permissions to guard.`,
  hint: "Nothing to write. If the foreign bucket is in the plan, look at its tags: `aws s3api get-bucket-tagging`.",
  async prepare(bench) {
    const Bucket = foreignBucket(bench);
    await bench.admin.call("s3", "CreateBucket", { Bucket }).catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
    await ifThere(() => bench.admin.call("s3", "DeleteBucketTagging", { Bucket }));
  },
  experiments(bench) {
    const Bucket = foreignBucket(bench);
    const planned = async (on: Bench) =>
      (await dryRun(on)).phases.some((one) => one.items.some((item) => item.id === Bucket));
    return [
      {
        what: `a bucket named ${Bucket}, of nobody's stack and without a tag, is not in the plan`,
        as: "admin",
        attempt: attemptTo(DRY_RUN, async (on) => {
          demand(!(await planned(on)), "it would be deleted");
          return "not listed";
        }),
        expect: "allowed",
        why: "its name is no evidence",
      },
      {
        what: `tagged platform=${bench.platform}, it is`,
        as: "admin",
        attempt: attemptTo(
          `aws s3api put-bucket-tagging --bucket ${Bucket} --tagging 'TagSet=[{Key=platform,Value=${bench.platform}}]'; ${DRY_RUN}`,
          async (on) => {
            const Tagging = { TagSet: [{ Key: "platform", Value: on.platform }] };
            await on.admin.call("s3", "PutBucketTagging", { Bucket, Tagging });
            demand(await planned(on), "it is not listed");
            return "listed";
          },
        ),
        expect: "allowed",
        why: "somebody who may tag buckets said that it is the platform's",
      },
    ];
  },
  async undo(bench) {
    await ifThere(() => bench.admin.call("s3", "DeleteBucket", { Bucket: foreignBucket(bench) }));
  },
};
