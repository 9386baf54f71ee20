/** Row 2.7: the bucket refuses whoever is outside, administrators included, and the break-glass role still gets in. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { removeDevice, throughTheGlass } from "../break-glass.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role } from "../practice.ts";
import { bucketInFile, bucketName, makeBucket, onBucket, removeBucket } from "../storage.ts";

const PRACTICE = "member";
const PURPOSE = "perimeter";
const RESOURCES = [bucketInFile(PURPOSE), `${bucketInFile(PURPOSE)}/*`];
const DATA = ["s3:DeleteObject*", "s3:GetObject*", "s3:ListBucket*", "s3:PutObject*"];
const POLICY = "lab2";

const use = (bench: Bench) => [
  {
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
    Resource: [`arn:aws:s3:::${bucketName(bench, PURPOSE)}`, `arn:aws:s3:::${bucketName(bench, PURPOSE)}/*`],
  },
];

const breakGlassRole = ({ platform }: Bench) => `${platform}-break-glass`;

export const bucketPerimeter: Step = {
  id: "2.7",
  title: "Outside is outside, for administrators too",
  text: `## The other half of the perimeter

The endpoint's policy keeps people inside from reaching foreign buckets. The **bucket's policy** keeps everybody outside from reaching yours: a denial for every request whose \`aws:SourceVpc\` is not our VPC. It stops credentials that were copied out of a notebook, a laptop with an old access key, and an administrator with \`s3:*\`: an explicit denial in a bucket policy beats every allow.

Which is exactly why it is dangerous. Leave room for:

- **AWS services that act for a caller** (\`aws:ViaAWSService\` is \`true\`): Athena, for example, reads the bucket in your name, not from your VPC. Services that act for themselves are \`aws:PrincipalIsAWSService\`.
- **Managing the bucket**: deny what touches *data*. Deny \`s3:*\`, and nobody but the account's root user can ever change or delete the policy again.
- **The break-glass role**: one role that may get in from anywhere, that asks for a second factor, that nobody uses on ordinary days, and whose every use rings a bell. The platform has one: \`{{platform}}-break-glass\`.

## The traps

The file you start from was found in a wiki.

1. It asks for \`Null: {"aws:SourceVpc": "false"}\` "so that the key is there". A request from the internet **has no** \`aws:SourceVpc\`. So the denial holds for foreign VPCs only, and the whole internet passes.
2. It exempts the break-glass role as \`arn:aws:sts::ACCOUNT:assumed-role/…\`. But \`aws:PrincipalArn\` is the ARN of the **role**, never of its session: the exception fits nobody.
3. It denies \`s3:*\`.

## What to do

Repair \`policies/bucket-perimeter.json\`. ${placeholderNote}

The way in when all else is shut, as the platform documents it:

\`\`\`sh
aws sts assume-role --role-arn arn:aws:iam::ACCOUNT:role/PLATFORM-break-glass \\
  --role-session-name repair --serial-number YOUR-MFA-DEVICE --token-code CODE
\`\`\`

## What to see, and what it means

The administrator is refused outside and served inside; the same role's credentials work in the VPC and nowhere else; without a second factor nobody becomes break-glass, with one it reads the data. (The lab brings a virtual MFA device for this one attempt.) Should you ever lock yourself out for good: the account's root user may always delete a bucket's policy.`,
  hint: 'Leave out the `Null` line: StringNotEquals already holds for a missing key. Write the exception as "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::{{account}}:role/{{platform}}-break-glass"}, and deny s3:GetObject*, s3:PutObject*, s3:DeleteObject*, s3:ListBucket* instead of s3:*.',
  task: {
    file: "bucket-perimeter.json",
    goal: "The bucket's data can be listed, read and written from our VPC only, by whoever may; the break-glass role gets in from anywhere, and the bucket itself can still be managed from outside.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOurNetwork",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: RESOURCES,
          Condition: {
            Null: { "aws:SourceVpc": "false" },
            StringNotEquals: { "aws:SourceVpc": "{{network:Vpc}}" },
            ArnNotEquals: {
              "aws:PrincipalArn": "arn:aws:sts::{{account}}:assumed-role/{{platform}}-break-glass/*",
            },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOurNetwork",
          Effect: "Deny",
          Principal: "*",
          Action: DATA,
          Resource: RESOURCES,
          Condition: {
            StringNotEquals: { "aws:SourceVpc": "{{network:Vpc}}" },
            Bool: { "aws:ViaAWSService": "false" },
            BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
            ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::{{account}}:role/{{platform}}-break-glass" },
          },
        },
      ],
    },
    ...onBucket(PURPOSE),
  },
  async prepare(bench) {
    await makeBucket(bench, bucketName(bench, PURPOSE), { "inside.csv": {} });
    await makeRole(bench, PRACTICE, { team: "team-a" }, use);
    // the role's own policy names the platform's buckets; for this step it also reaches the step's
    await bench.admin.call("iam", "PutRolePolicy", {
      RoleName: breakGlassRole(bench),
      PolicyName: POLICY,
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: use(bench) }),
    });
  },
  experiments(bench) {
    const Bucket = bucketName(bench, PURPOSE);
    const read = call("s3", "GetObject", { Bucket, Key: "inside.csv" });
    const write = call("s3", "PutObject", { Bucket, Key: "outside.csv", Body: "" });
    const list = call("s3", "ListObjectsV2", { Bucket });
    const as = role(bench, PRACTICE);
    const refused = { from: "internet", expect: "denied", by: "resource" } as const;
    const all: Experiment[] = [
      {
        what: "the administrator reads the bucket from outside",
        as: "admin",
        ...refused,
        attempt: read,
        why: "AdministratorAccess is an allow, and a denial beats it",
      },
      {
        what: "the administrator lists it from outside",
        as: "admin",
        ...refused,
        attempt: list,
        why: "names of objects are data, too",
      },
      {
        what: "the administrator writes to it from outside",
        as: "admin",
        ...refused,
        attempt: write,
        why: "whoever may write may poison a training set",
      },
      {
        what: "a member's credentials, used outside",
        as,
        ...refused,
        attempt: read,
        why: "credentials copied out of a notebook are worth nothing here",
      },
      {
        what: "the member reads from inside",
        as,
        from: "vpc",
        attempt: read,
        expect: "allowed",
        why: "the perimeter is not felt by those within",
      },
      {
        what: "the member writes from inside",
        as,
        from: "vpc",
        attempt: call("s3", "PutObject", { Bucket, Key: "result.csv", Body: "" }),
        expect: "allowed",
        why: "the perimeter is not felt by those within",
      },
      {
        what: "the administrator reads from inside",
        as: "admin",
        from: "vpc",
        attempt: read,
        expect: "allowed",
        why: "the way to the data leads through the network",
      },
      {
        what: "the administrator looks at the bucket's policy from outside",
        as: "admin",
        from: "internet",
        attempt: call("s3", "GetBucketPolicy", { Bucket }),
        expect: "allowed",
        why: "somebody must be able to repair it: deny what touches data, not s3:*",
      },
      {
        what: "become break-glass without a second factor",
        as: "admin",
        from: "internet",
        attempt: call("sts", "AssumeRole", {
          RoleArn: `arn:aws:iam::${bench.account}:role/${breakGlassRole(bench)}`,
          RoleSessionName: "repair",
        }),
        expect: "denied",
        why: "its trust policy asks for aws:MultiFactorAuthPresent",
      },
      {
        what: "read the bucket from outside as break-glass, with a second factor",
        as: "admin",
        from: "internet",
        attempt: throughTheGlass(bench, read),
        expect: "allowed",
        why: "a perimeter without a tested way in for emergencies will be switched off in the first one",
      },
    ];
    return all;
  },
  async undo(bench) {
    await removeDevice(bench);
    await removeBucket(bench, bucketName(bench, PURPOSE));
    await removeRole(bench, PRACTICE);
    await bench.admin
      .call("iam", "DeleteRolePolicy", { RoleName: breakGlassRole(bench), PolicyName: POLICY })
      .catch((error: unknown) => {
        if (!/NoSuchEntity/.test((error as Error).name)) throw error;
      });
  },
};
