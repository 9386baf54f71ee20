/** Rows 2.4 to 2.6: through our S3 endpoint one reaches our buckets, whatever one's own policies allow. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role } from "../practice.ts";
import { onDoor, restoreDoor } from "../s3-door.ts";
import { bucketInFile, bucketName, makeBucket, removeBucket } from "../storage.ts";

const PRACTICE = "explorer";
const INTENDED = "intended";
/** A bucket of the account that is none of the platform's. */
const otherBucket = ({ platform, account, region }: Bench) =>
  `elsewhere-${platform}-lab2-${account}-${region}`;
const newBucket = ({ platform, account, region }: Bench) => `smuggler-${platform}-lab2-${account}-${region}`;

const given = () => [{ Effect: "Allow", Action: "s3:*", Resource: "*" }];

async function prepareBuckets(bench: Bench): Promise<void> {
  await makeBucket(bench, bucketName(bench, INTENDED), { "intended.csv": {} });
  await makeBucket(bench, otherBucket(bench), { "private.csv": {} });
  await makeRole(bench, PRACTICE, { team: "team-a" }, given);
}

async function removeBuckets(bench: Bench): Promise<void> {
  for (const name of [bucketName(bench, INTENDED), otherBucket(bench), newBucket(bench)])
    await removeBucket(bench, name);
  await removeRole(bench, PRACTICE);
}

const refused = { from: "vpc", expect: "denied", by: "endpoint" } as const;
const works = { from: "vpc", expect: "allowed" } as const;

function createBucket(bench: Bench) {
  const LocationConstraint = bench.region as "eu-west-1";
  return call("s3", "CreateBucket", {
    Bucket: newBucket(bench),
    ...(bench.region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
  });
}

const data = (bench: Bench) => `${bench.platform}-marketing-${bench.account}-${bench.region}`;

const READ_WRITE = [
  "s3:AbortMultipartUpload",
  "s3:DeleteObject",
  "s3:GetBucketLocation",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:PutObject",
];

export const s3Endpoint: Step = {
  id: "2.4",
  title: "A door that leads to our buckets only",
  text: `## The data perimeter

Identity policies say what *people* may do. They do not stop somebody inside your network from sending your data to a bucket of **their own account**: with their own credentials, none of your policies apply, and HTTPS to \`s3.amazonaws.com\` looks like any other. A data perimeter closes this with three promises, each made by another policy:

\`\`\`mermaid
flowchart LR
  studio["Studio and jobs<br/>in the VPC"] -->|"S3 endpoint:<br/>only <b>our buckets</b>"| ours[(our buckets)]
  studio -.-x|refused by the endpoint| theirs[(any other bucket)]
  outside["credentials used<br/>outside"] -.-x|"bucket policy:<br/>only <b>our network</b>"| ours
  stranger["another account"] -.-x|"bucket policy:<br/>only <b>our principals</b>"| ours
\`\`\`

This step is about the first: the **VPC endpoint policy**. It is asked in addition to all others, and it must allow: what it does not name is refused, whoever asks and whatever their identity policy allows.

Things to know about it:

- An endpoint starts with a policy that allows everything. An allow-all endpoint policy is no control.
- The S3 *gateway* endpoint takes no other \`Principal\` than \`*\`. (\`{"AWS": "ACCOUNT"}\` means the account's **root user** there, and refuses every role.) Say who by a condition: \`aws:PrincipalAccount\`.
- \`s3:ListAllMyBuckets\` and \`s3:CreateBucket\` are requests through the endpoint like all others.
- SageMaker needs more than your data: its default bucket, and the bucket that container images' layers come from (\`prod-REGION-starport-layer-bucket\`). These reads are signed by AWS, so that a condition on the principal's account would break every \`docker pull\`.

## What to do

Write \`policies/s3-endpoint.json\`. It replaces the policy of the platform's S3 endpoint for this step; afterwards the platform's own is back. A practice role may do \`s3:*\` on everything, so that the endpoint alone decides. Let through: the bucket \`{{platform}}-lab2-intended-…\`, the platform's data (\`{{platform}}-marketing-…\`) and the layers of images. ${placeholderNote}

## What to see, and what it means

\`s3 ls\` without a bucket, another bucket of the same account, a new bucket: refused, with the sentence *no VPC endpoint policy allows the s3:… action*. The last experiment makes the same request from outside of the VPC, and it works: an endpoint policy governs the door, not the house. That is why buckets need a policy as well (step 2.7).`,
  hint: "Take the allow-all statement out. One Allow with Principal * for s3:GetObject, s3:PutObject, s3:ListBucket, s3:DeleteObject, s3:GetBucketLocation on both buckets (the ARN itself and ARN/*), with the condition aws:PrincipalAccount; a second one for s3:GetObject on arn:aws:s3:::prod-{{region}}-starport-layer-bucket/* without a condition.",
  task: {
    file: "s3-endpoint.json",
    goal: "Through the S3 endpoint one can list, read and write the intended bucket and the platform's data, and nothing else.",
    start: {
      Version: "2012-10-17",
      Statement: [{ Sid: "Everything", Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OurBuckets",
          Effect: "Allow",
          Principal: "*",
          Action: READ_WRITE,
          Resource: [
            bucketInFile(INTENDED),
            `${bucketInFile(INTENDED)}/*`,
            "arn:aws:s3:::{{platform}}-marketing-{{account}}-{{region}}",
            "arn:aws:s3:::{{platform}}-marketing-{{account}}-{{region}}/*",
          ],
          Condition: { StringEquals: { "aws:PrincipalAccount": "{{account}}" } },
        },
        {
          Sid: "ImageLayers",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::prod-{{region}}-starport-layer-bucket/*",
        },
      ],
    },
    ...onDoor,
  },
  prepare: prepareBuckets,
  async experiments(bench) {
    const as = role(bench, PRACTICE);
    const Bucket = bucketName(bench, INTENDED);
    const other = otherBucket(bench);
    const all: Experiment[] = [
      {
        what: "list all buckets",
        as,
        ...refused,
        attempt: call("s3", "ListBuckets", {}),
        why: "whoever looks around for data begins here",
      },
      {
        what: "list the intended bucket",
        as,
        ...works,
        attempt: call("s3", "ListObjectsV2", { Bucket }),
        why: "this is what the endpoint is for",
      },
      {
        what: "read from the intended bucket",
        as,
        ...works,
        attempt: call("s3", "GetObject", { Bucket, Key: "intended.csv" }),
        why: "objects have ARNs of their own: BUCKET/*",
      },
      {
        what: "write to the intended bucket",
        as,
        ...works,
        attempt: call("s3", "PutObject", { Bucket, Key: "result.csv", Body: "" }),
        why: "jobs write their results",
      },
      {
        what: "the data scientist lists the platform's data",
        as: { user: "user1-data-scientist" },
        ...works,
        attempt: call("s3", "ListObjectsV2", { Bucket: data(bench) }),
        why: "the endpoint serves everybody in the VPC: others must still be able to work",
      },
      {
        what: "list another bucket of the account",
        as,
        ...refused,
        attempt: call("s3", "ListObjectsV2", { Bucket: other }),
        why: "in the same account, with s3:* in the role: only the endpoint says no",
      },
      {
        what: "write to another bucket",
        as,
        ...refused,
        attempt: call("s3", "PutObject", { Bucket: other, Key: "leak.csv", Body: "" }),
        why: "data leaves by writing",
      },
      {
        what: "make a bucket",
        as,
        ...refused,
        attempt: createBucket(bench),
        why: "a bucket of one's own would be a way around",
      },
      {
        what: "list all buckets, with the same credentials outside of the VPC",
        as,
        from: "internet",
        attempt: call("s3", "ListBuckets", {}),
        expect: "allowed",
        why: "no endpoint on the way, no endpoint policy: the bucket itself must refuse (step 2.7)",
      },
    ];
    return all;
  },
  async undo(bench) {
    await restoreDoor(bench);
    await removeBuckets(bench);
  },
};

export const intendedBucket: Step = {
  id: "2.5",
  title: "The intended bucket, as a data scientist",
  text: `## The platform's own perimeter

In step 2.4 you wrote an endpoint policy; this one is the platform's, and the user is a real one. \`user1-data-scientist\` works in Studio: the session runs under the role of team-a, its requests leave from an interface in the private subnet, pass the S3 gateway endpoint and reach the bucket \`marketing\`. Four policies are asked on the way, and each has its own question:

| policy | question |
|---|---|
| the role's identity policy | may this team use this bucket? |
| the S3 endpoint's policy | does this door lead to that bucket? |
| the bucket's policy | does the request come from our network, from one of the data's teams, over TLS? |
| the key's policy | may this role use the key, for S3? |

## What to do

List, write and read the intended bucket as \`user1-data-scientist\` of team-a. Then try as \`user2-mlops\` of team-b, from the same network.

## What to see, and what it means

The first user works as if there were no perimeter. The second stands in the right network, has the right account, and is refused all the same: *where* you are does not replace *who* you are. \`sagekeep explain user2-mlops s3:GetObject arn:aws:s3:::BUCKET/x\` shows the verdict of every layer.`,
  hint: "Nothing to write. `sagekeep studio user1-data-scientist -- aws s3 ls s3://BUCKET` lists the bucket; the names of the platform's buckets are in the output of `sagekeep deploy`.",
  experiments(bench) {
    const Bucket = data(bench);
    const Key = "lab2/note.txt";
    const scientist = { user: "user1-data-scientist" };
    const mlops = { user: "user2-mlops" };
    return [
      {
        what: "team-a lists its bucket",
        as: scientist,
        ...works,
        attempt: call("s3", "ListObjectsV2", { Bucket }),
        why: "right team, right door, right network",
      },
      {
        what: "team-a writes an object",
        as: scientist,
        ...works,
        attempt: call("s3", "PutObject", { Bucket, Key, Body: "" }),
        why: "team-a owns the data set",
      },
      {
        what: "team-a reads it",
        as: scientist,
        ...works,
        attempt: call("s3", "GetObject", { Bucket, Key }),
        why: "S3 has the key decrypt in the user's name",
      },
      {
        what: "team-b reads it",
        as: mlops,
        from: "vpc",
        attempt: call("s3", "GetObject", { Bucket, Key }),
        expect: "denied",
        by: "resource",
        statement: "OnlyReaders",
        why: "the bucket knows its teams by the tag of the caller's role",
      },
      {
        what: "team-b lists it",
        as: mlops,
        from: "vpc",
        attempt: call("s3", "ListObjectsV2", { Bucket }),
        expect: "denied",
        by: "identity",
        why: "no policy of team-b's role names the bucket",
      },
    ];
  },
  async undo(bench) {
    const user = await bench.clients({ user: "user1-data-scientist" });
    await removeVersions(bench, user, "lab2/note.txt");
  },
};

/** The bucket keeps versions, and only its owners may delete in it. */
async function removeVersions(
  bench: Bench,
  user: Awaited<ReturnType<Bench["clients"]>>,
  Key: string,
): Promise<void> {
  await user.call("s3", "DeleteObject", { Bucket: data(bench), Key });
}

export const otherBuckets: Step = {
  id: "2.6",
  title: "Every other bucket",
  text: `## When an identity policy is too generous

Sooner or later somebody attaches \`AmazonS3FullAccess\` to a role "for a moment". This step assumes it has happened: a practice role may do \`s3:*\` on everything, and works inside the VPC.

## What to do

Try what the role is allowed on paper: read another bucket of the account, and make a new one. Then the same as the data scientist, whose role is not too generous.

## What to see, and what it means

The practice role is stopped by the **endpoint's** policy, the data scientist already by the **identity** policy: two locks, and the second holds when somebody opens the first. Note what the endpoint cannot do: it does not stop the role's credentials *outside* of the VPC. A service control policy or a permissions boundary would; so would keeping \`s3:*\` out of roles, which \`sagekeep check\` looks for.`,
  hint: "Nothing to write. Look at the last part of the error: `because no VPC endpoint policy allows the s3:ListBucket action` names the layer that refused.",
  prepare: prepareBuckets,
  experiments(bench) {
    const as = role(bench, PRACTICE);
    const scientist = { user: "user1-data-scientist" };
    const other = otherBucket(bench);
    return [
      {
        what: "list another bucket with s3:* in the role",
        as,
        ...refused,
        attempt: call("s3", "ListObjectsV2", { Bucket: other }),
        why: "the platform's endpoint leads to the platform's buckets",
      },
      {
        what: "make a bucket with s3:* in the role",
        as,
        ...refused,
        attempt: createBucket(bench),
        why: "the endpoint's policy names no action that makes buckets",
      },
      {
        what: "the data scientist lists another bucket",
        as: scientist,
        from: "vpc",
        attempt: call("s3", "ListObjectsV2", { Bucket: other }),
        expect: "denied",
        why: "neither the role nor the endpoint allows it",
      },
      {
        what: "the data scientist makes a bucket",
        as: scientist,
        from: "vpc",
        attempt: createBucket(bench),
        expect: "denied",
        why: "neither the role nor the endpoint allows it",
      },
    ];
  },
  undo: removeBuckets,
};
