/** Row 2.8: public models are let through the S3 endpoint by their tag, and nothing else that is public. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role } from "../practice.ts";
import { onDoor, restoreDoor } from "../s3-door.ts";
import { bucketInFile, bucketName, makeBucket, removeBucket } from "../storage.ts";

const PRACTICE = "modeller";
const OURS = "own";
/** Stands for a bucket that AWS publishes models in. */
const published = ({ platform, account, region }: Bench) => `published-${platform}-lab2-${account}-${region}`;

const given = () => [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];

const own = {
  Sid: "OurBuckets",
  Effect: "Allow",
  Principal: "*",
  Action: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
  Resource: [bucketInFile(OURS), `${bucketInFile(OURS)}/*`],
  Condition: { StringEquals: { "aws:PrincipalAccount": "{{account}}" } },
};

export const publicModels: Step = {
  id: "2.8",
  title: "An exception for public models, no wider than it must be",
  text: `## Why a perimeter needs exceptions

JumpStart's models, sample notebooks and built-in algorithms' files lie in buckets that belong to AWS, and there are many, in every Region. A perimeter that leads to your own buckets only (step 2.4) makes them unreachable: *deploy* on a public model hangs on its first download. The first reflex is \`s3:GetObject\` on \`*\`. And then **any** public object in the world can be brought in: a pickled model with code in it, or a message with instructions to the code that is already inside.

AWS marks the objects that SageMaker publishes with a tag, \`SageMaker = true\`. A policy sees the tags of the object that is read: \`s3:ExistingObjectTag/SageMaker\`. So the exception can say: *reading, of objects with this tag, nothing else*.

Two limits, stated honestly. Anybody can put this tag on an object of their own bucket, so the tag keeps mistakes out rather than attackers; where that matters, name the buckets (\`jumpstart-cache-prod-REGION\`, \`sagemaker-sample-files\`), as the platform's own endpoint policy does. And the exception must be for **reading**: an object that is *written* has no tags yet that a policy could trust (\`s3:RequestObjectTag\` is the writer's own claim).

## What to do

Repair \`policies/public-models.json\`, again the policy of the S3 endpoint. A bucket of the lab stands for one of AWS's, with one model that carries the tag and one that does not. ${placeholderNote}

## What to see, and what it means

The tagged model comes through, its untagged neighbour does not, and nothing can be listed or written there: with the exception you have allowed a download, not a way out.`,
  hint: 'Give the statement PublicModels the action s3:GetObject alone and the condition {"StringEquals": {"s3:ExistingObjectTag/SageMaker": "true"}}.',
  task: {
    file: "public-models.json",
    goal: "Beside our own bucket, objects that carry the tag SageMaker = true can be read through the endpoint, wherever they are. Nothing else of any other bucket.",
    start: {
      Version: "2012-10-17",
      Statement: [
        own,
        {
          Sid: "PublicModels",
          Effect: "Allow",
          Principal: "*",
          Action: ["s3:Get*", "s3:List*", "s3:PutObject"],
          Resource: "*",
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        own,
        {
          Sid: "PublicModels",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "*",
          Condition: { StringEquals: { "s3:ExistingObjectTag/SageMaker": "true" } },
        },
      ],
    },
    ...onDoor,
  },
  async prepare(bench) {
    await makeBucket(bench, bucketName(bench, OURS), { "own.csv": {} });
    await makeBucket(bench, published(bench), {
      "model.tar.gz": { SageMaker: "true" },
      "other.tar.gz": {},
      "refused.tar.gz": { SageMaker: "false" },
    });
    await makeRole(bench, PRACTICE, { team: "team-a" }, given);
  },
  experiments(bench) {
    const as = role(bench, PRACTICE);
    const Bucket = published(bench);
    const refused = { as, from: "vpc", expect: "denied", by: "endpoint" } as const;
    const works = { as, from: "vpc", expect: "allowed" } as const;
    const all: Experiment[] = [
      {
        what: "get a model that is tagged",
        ...works,
        attempt: call("s3", "GetObject", { Bucket, Key: "model.tar.gz" }),
        why: "this is the exception",
      },
      {
        what: "get an object without the tag",
        ...refused,
        attempt: call("s3", "GetObject", { Bucket, Key: "other.tar.gz" }),
        why: "a positive operator does not hold for a missing key",
      },
      {
        what: "get an object whose tag says false",
        ...refused,
        attempt: call("s3", "GetObject", { Bucket, Key: "refused.tar.gz" }),
        why: "the value counts, not that there is one",
      },
      {
        what: "list the published bucket",
        ...refused,
        attempt: call("s3", "ListObjectsV2", { Bucket }),
        why: "a download needs no listing",
      },
      {
        what: "write there",
        ...refused,
        attempt: call("s3", "PutObject", { Bucket, Key: "leak.csv", Body: "" }),
        why: "an exception for reading must not become a way out",
      },
      {
        what: "write there, with the tag on it",
        ...refused,
        attempt: call("s3", "PutObject", {
          Bucket,
          Key: "leak.tar.gz",
          Body: "",
          Tagging: "SageMaker=true",
        }),
        why: "a tag that comes with the upload is the writer's own claim",
      },
      {
        what: "list all buckets",
        ...refused,
        attempt: call("s3", "ListBuckets", {}),
        why: "looking around is not part of the exception",
      },
      {
        what: "read from our own bucket",
        ...works,
        attempt: call("s3", "GetObject", { Bucket: bucketName(bench, OURS), Key: "own.csv" }),
        why: "our own objects carry no such tag and need none",
      },
      {
        what: "write to our own bucket",
        ...works,
        attempt: call("s3", "PutObject", { Bucket: bucketName(bench, OURS), Key: "new.csv", Body: "" }),
        why: "ordinary work goes on",
      },
    ];
    return all;
  },
  async undo(bench) {
    await restoreDoor(bench);
    for (const name of [bucketName(bench, OURS), published(bench)]) await removeBucket(bench, name);
    await removeRole(bench, PRACTICE);
  },
};
