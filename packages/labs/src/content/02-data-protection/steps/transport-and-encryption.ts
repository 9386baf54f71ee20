/** Row 2.2: a bucket takes and gives data over TLS only, under one key only. */
import type { Bench } from "../../../bench.ts";
import { awsCommand } from "../../../command-text.ts";
import { type Call, call, type Experiment, type Step } from "../../../model.ts";
import { inTurn, overHttp } from "../attempts.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role } from "../practice.ts";
import {
  bucketInFile,
  bucketName,
  labKey,
  makeBucket,
  makeKey,
  onBucket,
  removeBucket,
  removeKey,
} from "../storage.ts";

const PRACTICE = "writer";
const PURPOSE = "encryption";
const OBJECTS = `${bucketInFile(PURPOSE)}/*`;
const HEADER = "s3:x-amz-server-side-encryption";

const given = (bench: Bench) => [
  {
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
    Resource: [`arn:aws:s3:::${bucketName(bench, PURPOSE)}`, `arn:aws:s3:::${bucketName(bench, PURPOSE)}/*`],
  },
  {
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: `arn:aws:kms:${bench.region}:${bench.account}:key/*`,
  },
];

/** Any 32 bytes: the caller's own key of SSE-C. */
const CUSTOMER_KEY = "0123456789abcdef0123456789abcdef";

export const transportAndEncryption: Step = {
  id: "2.2",
  title: "TLS and one key, whatever the client says",
  text: `## Two questions about every upload

**How does it travel?** S3 answers plain HTTP as well as HTTPS. SDKs choose HTTPS; a script with \`http://\` in it does not, and everybody on the path reads along. The request says so: \`aws:SecureTransport\`.

**What is it encrypted with?** Since January 2023 S3 encrypts everything, if need be with its own keys (SSE-S3). A bucket's *default encryption* chooses your KMS key instead. But a client may ask for something else in a header, and **the header wins**: \`AES256\` (a key you do not control), another KMS key (perhaps of another account, who can then take your data hostage), or its own key (SSE-C: S3 forgets it, and so will somebody else).

A bucket policy refuses all of it. It binds every principal, whatever its own policies allow.

## The trap

Policies on the web deny uploads *without* the encryption header:

\`\`\`json
{"StringNotEquals": {"${HEADER}": "aws:kms"}}
\`\`\`

A negated operator also holds when the header is missing. So every ordinary upload fails: \`pandas.to_csv("s3://…")\`, a job's output, the console. And it gains nothing, because the bucket's default encryption would have used your key. What must be refused is a header that says something **else**: the header is there (\`Null: false\`) *and* wrong. Here the AND of one block is what you want.

## What to do

Repair \`policies/bucket-encryption.json\`, the policy of a bucket whose default encryption is a key of its own. Uploads come from inside the VPC, by a role that may do anything with this bucket. ${placeholderNote}

## What to see, and what it means

An upload without headers goes through and lies under the bucket's key; everything that asks for less is refused by the bucket (\`with an explicit deny in a resource-based policy\`), before KMS is even asked. The platform's buckets carry the same five rules (\`TlsOnly\`, \`NoOtherEncryption\`, \`NoOtherKey\`, \`NoCustomerKey\`, and the default encryption).`,
  hint: 'Four denials. TLS: {"Bool": {"aws:SecureTransport": "false"}} on s3:*, for the bucket and for its objects. For s3:PutObject, each with "Null": {KEY: "false"}: s3:x-amz-server-side-encryption is not aws:kms; s3:x-amz-server-side-encryption-aws-kms-key-id is not the key\'s ARN; s3:x-amz-server-side-encryption-customer-algorithm is there at all.',
  task: {
    file: "bucket-encryption.json",
    goal: "The bucket refuses plain HTTP, and uploads that ask for another encryption or another key. Uploads that ask for nothing, or for the right key, work.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: OBJECTS,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          Sid: "OnlyKms",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: OBJECTS,
          Condition: { StringNotEquals: { [HEADER]: "aws:kms" } },
        },
      ],
    },
    solution: async (bench) => {
      const key = await labKey(bench);
      const deny = (Sid: string, Condition: object) => ({
        Sid,
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: OBJECTS,
        Condition,
      });
      return {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucketInFile(PURPOSE), OBJECTS],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
          deny("NoOtherEncryption", {
            Null: { [HEADER]: "false" },
            StringNotEquals: { [HEADER]: "aws:kms" },
          }),
          deny("NoOtherKey", {
            Null: { [`${HEADER}-aws-kms-key-id`]: "false" },
            StringNotEquals: { [`${HEADER}-aws-kms-key-id`]: key },
          }),
          deny("NoCustomerKey", { Null: { [`${HEADER}-customer-algorithm`]: "false" } }),
        ],
      };
    },
    ...onBucket(PURPOSE),
  },
  async prepare(bench) {
    const key = await makeKey(bench);
    await makeBucket(bench, bucketName(bench, PURPOSE), { "old.csv": {} }, key);
    await makeRole(bench, PRACTICE, { team: "team-a" }, given);
  },
  async experiments(bench) {
    const Bucket = bucketName(bench, PURPOSE);
    const as = role(bench, PRACTICE);
    const key = await labKey(bench);
    const other = await bench.exported("keys:studio");
    const put = (input: object = {}): Call =>
      call("s3", "PutObject", { Bucket, Key: "new.csv", Body: "", ...input });
    const get = call("s3", "GetObject", { Bucket, Key: "old.csv" });
    const list = call("s3", "ListObjectsV2", { Bucket });
    const refused = { as, from: "vpc", expect: "denied", by: "resource" } as const;
    const works = { as, from: "vpc", expect: "allowed" } as const;
    const head = call("s3", "HeadObject", { Bucket, Key: "new.csv" });
    const all: Experiment[] = [
      {
        what: "upload over plain HTTP",
        ...refused,
        attempt: overHttp(bench, as, put()),
        why: "the object would cross the network readable",
      },
      {
        what: "download over plain HTTP",
        ...refused,
        attempt: overHttp(bench, as, get),
        why: "reading needs TLS as much as writing",
      },
      {
        what: "list over plain HTTP",
        ...refused,
        attempt: overHttp(bench, as, list),
        why: "a listing is about the bucket itself: a statement on its objects alone leaves it out",
      },
      {
        what: "upload with SSE-S3 instead of our key",
        ...refused,
        attempt: put({ ServerSideEncryption: "AES256" }),
        why: "S3's own key decrypts for everybody who may read the object: no second lock",
      },
      {
        what: "upload under another KMS key",
        ...refused,
        attempt: put({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: other }),
        why: "whoever owns that key decides who reads your data",
      },
      {
        what: "upload under a key of the client's own (SSE-C)",
        ...refused,
        attempt: put({ SSECustomerAlgorithm: "AES256", SSECustomerKey: CUSTOMER_KEY }),
        why: "S3 keeps no such key: nobody else could read the object again",
      },
      {
        what: "upload under the right key",
        ...works,
        attempt: put({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: key }),
        why: "a client may say what the bucket would do anyway",
      },
      {
        what: "upload without a word about encryption, and look what it lies under",
        ...works,
        attempt: inTurn(
          `sagekeep lab run --role ${as.role} --from vpc -- sh -c '${awsCommand(put())} && ${awsCommand(head)}'`,
          async () => {
            const clients = await bench.clients(as, "vpc");
            await clients.call("s3", "PutObject", { Bucket, Key: "new.csv", Body: "" });
            const { SSEKMSKeyId } = await clients.call("s3", "HeadObject", { Bucket, Key: "new.csv" });
            if (SSEKMSKeyId !== key) throw new Error(`the object lies under ${SSEKMSKeyId ?? "no KMS key"}`);
          },
        ),
        why: "the default encryption takes our key: nobody needs to think of it",
      },
      { what: "download over TLS", ...works, attempt: get, why: "ordinary work goes on" },
    ];
    return all;
  },
  async undo(bench) {
    await removeBucket(bench, bucketName(bench, PURPOSE));
    await removeKey(bench);
    await removeRole(bench, PRACTICE);
  },
};
