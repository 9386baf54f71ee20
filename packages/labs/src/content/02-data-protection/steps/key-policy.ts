/** Row 2.3: the key is a second lock: named users, through our endpoint, and administrators who cannot decrypt. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step, type Task } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { inTurn } from "../attempts.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, removeRole, role } from "../practice.ts";
import { bucketName, labKey, labKeyAlias, makeBucket, makeKey, removeBucket, removeKey } from "../storage.ts";

const NAMED = "analyst";
const OTHER = "guest";
const PURPOSE = "sealed";
const ROLE = (name: string) => `arn:aws:iam::{{account}}:role/{{platform}}-lab2-${name}`;

const given = (bench: Bench) => [
  { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucketName(bench, PURPOSE)}/*` },
  { Effect: "Allow", Action: "kms:*", Resource: "*" },
];

const account = { AWS: "arn:aws:iam::{{account}}:root" };
const all = (Statement: object[]) => ({ Version: "2012-10-17", Statement });

const onKey: Pick<Task, "kind" | "apply" | "remove"> = {
  kind: "key",
  async apply(bench, document) {
    const Policy = await fillIn(bench, document);
    await bench.admin.call("kms", "PutKeyPolicy", {
      KeyId: await labKey(bench),
      PolicyName: "default",
      Policy,
    });
  },
  async remove(bench) {
    const Policy = await fillIn(
      bench,
      JSON.stringify(all([{ Effect: "Allow", Principal: account, Action: "kms:*", Resource: "*" }])),
    );
    await bench.admin.call("kms", "PutKeyPolicy", {
      KeyId: await labKey(bench),
      PolicyName: "default",
      Policy,
    });
  },
};

export const keyPolicy: Step = {
  id: "2.3",
  title: "A key that knows its users and its door",
  text: `## The second lock

Whoever reads an object under a KMS key needs **two** permissions: \`s3:GetObject\`, and \`kms:Decrypt\` on the key, which S3 asks for in the reader's name. A mistake in a bucket policy then opens nothing as long as the key stays shut. But only if the key's policy does not simply hand the decision on:

\`\`\`json
{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::ACCOUNT:root"}, "Action": "kms:*", "Resource": "*"}
\`\`\`

This is what every new key has. \`:root\` does not mean the root user: it means *whatever identity policies of this account say*. One \`kms:*\` in somebody's role, and the second lock is gone. A KMS key is special the other way round, too: **without** such a delegation identity policies count for nothing; the key's policy alone decides.

## What a key policy should say

1. **Administrators** manage the key (\`Put*\`, \`Describe*\`, \`ScheduleKeyDeletion\` …) and do not use it. Keep somebody who may change the policy, or nobody ever can: KMS refuses a policy that would lock its author out.
2. **Users** are named, with what they need: \`kms:Decrypt\`, \`kms:GenerateDataKey\`.
3. **Their door**: a denial for requests that do not come through our KMS endpoint (\`aws:SourceVpce\`), so that stolen credentials decrypt nothing elsewhere. When S3 asks in the reader's name the request does not come from our endpoint but from S3: \`aws:ViaAWSService\` is then \`true\` and must be excepted, or nobody can read an object any more.

## What to do

Write \`policies/key-policy.json\`. The key belongs to a bucket with one object. Two roles may read the bucket and may do \`kms:*\`: \`{{platform}}-lab2-analyst\`, whom the key shall know, and \`{{platform}}-lab2-guest\`, whom it shall not. ${placeholderNote} The endpoint of KMS is \`{{network:endpoint:kms}}\`.

## What to see, and what it means

The guest has \`s3:GetObject\` and \`kms:*\` and reads nothing. The analyst reads from inside, and with the same credentials gets nothing from KMS outside. The platform's data key has the same policy; its users are the teams' roles and their jobs' roles.

*For keys of disks* (Studio's volumes, jobs): the user needs \`kms:CreateGrant\`, because the disk is used later by the service; the condition \`kms:GrantIsForAWSResource\` makes sure that it is for a service only.`,
  hint: 'Three statements with Principal arn:aws:iam::{{account}}:root or a role: (1) Administer: kms:Describe*, kms:Get*, kms:List*, kms:Put*, kms:ScheduleKeyDeletion, … for the account; (2) Use: kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey for the analyst\'s role; (3) Deny the use, Principal "*", when {"StringNotEquals": {"aws:SourceVpce": "{{network:endpoint:kms}}"}, "Bool": {"aws:ViaAWSService": "false"}}.',
  task: {
    file: "key-policy.json",
    goal: "Only the analyst uses the key, only through our KMS endpoint or through an AWS service. The account's administrators manage the key and cannot decrypt.",
    start: all([
      { Sid: "Default", Effect: "Allow", Principal: account, Action: "kms:*", Resource: "*" },
      {
        Sid: "Use",
        Effect: "Allow",
        Principal: { AWS: ROLE(NAMED) },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
      },
      {
        Sid: "OnlyThroughOurEndpoint",
        Effect: "Deny",
        Principal: "*",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringNotEquals: { "aws:SourceVpce": "{{network:endpoint:kms}}" } },
      },
    ]),
    solution: all([
      {
        Sid: "Administer",
        Effect: "Allow",
        Principal: account,
        Action: [
          "kms:CancelKeyDeletion",
          "kms:CreateAlias",
          "kms:DeleteAlias",
          "kms:Describe*",
          "kms:DisableKey",
          "kms:Enable*",
          "kms:Get*",
          "kms:List*",
          "kms:PutKeyPolicy",
          "kms:RevokeGrant",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:Update*",
        ],
        Resource: "*",
      },
      {
        Sid: "Use",
        Effect: "Allow",
        Principal: { AWS: ROLE(NAMED) },
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
        Resource: "*",
      },
      {
        Sid: "OnlyThroughOurEndpoint",
        Effect: "Deny",
        Principal: "*",
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        Resource: "*",
        Condition: {
          StringNotEquals: { "aws:SourceVpce": "{{network:endpoint:kms}}" },
          Bool: { "aws:ViaAWSService": "false" },
        },
      },
    ]),
    ...onKey,
  },
  async prepare(bench) {
    const key = await makeKey(bench);
    await makeBucket(bench, bucketName(bench, PURPOSE), { "sealed.csv": {} }, key);
    for (const name of [NAMED, OTHER]) await makeRole(bench, name, { team: "team-a" }, given);
  },
  async experiments(bench) {
    const read = call("s3", "GetObject", { Bucket: bucketName(bench, PURPOSE), Key: "sealed.csv" });
    const KeyId = labKeyAlias(bench);
    const dataKey = call("kms", "GenerateDataKey", { KeyId, KeySpec: "AES_256" });
    const named = role(bench, NAMED);
    const other = role(bench, OTHER);
    const decryptOutside = async () => {
      const inside = await bench.clients(named, "vpc");
      const { CiphertextBlob } = await inside.call("kms", "GenerateDataKey", { KeyId, KeySpec: "AES_256" });
      const outside = await bench.clients(named, "internet");
      await outside.call("kms", "Decrypt", { CiphertextBlob, KeyId });
    };
    const everything: Experiment[] = [
      {
        what: "the guest reads the object",
        as: other,
        from: "vpc",
        attempt: read,
        expect: "denied",
        why: "S3 lets the guest in, the key does not: it is not in the key's policy, and its own kms:* does not count",
      },
      {
        what: "the guest asks KMS for a data key",
        as: other,
        from: "vpc",
        attempt: dataKey,
        expect: "denied",
        by: "resource",
        why: "the same, without S3 between",
      },
      {
        what: "the analyst reads the object",
        as: named,
        from: "vpc",
        attempt: read,
        expect: "allowed",
        why: "S3 asks KMS in the analyst's name; that request does not come through our endpoint and must not have to",
      },
      {
        what: "the analyst asks KMS for a data key, through our endpoint",
        as: named,
        from: "vpc",
        attempt: dataKey,
        expect: "allowed",
        why: "client-side encryption from inside the VPC is what the endpoint is for",
      },
      {
        what: "the analyst's credentials, outside of our endpoint: a data key",
        as: named,
        from: "internet",
        attempt: dataKey,
        expect: "denied",
        by: "resource",
        why: "stolen credentials are worth nothing outside",
      },
      {
        what: "the analyst's credentials, outside of our endpoint: decrypt what was encrypted inside",
        as: named,
        from: "internet",
        attempt: inTurn(
          `aws kms decrypt --key-id ${KeyId} --ciphertext-blob fileb://data-key.encrypted`,
          decryptOutside,
        ),
        expect: "denied",
        by: "resource",
        why: "a copied ciphertext stays shut, too",
      },
      {
        what: "an administrator reads the key's policy",
        as: "admin",
        attempt: call("kms", "GetKeyPolicy", { KeyId: await labKey(bench), PolicyName: "default" }),
        expect: "allowed",
        why: "somebody must be able to manage the key",
      },
      {
        what: "an administrator uses the key",
        as: "admin",
        from: "vpc",
        attempt: dataKey,
        expect: "denied",
        by: "resource",
        why: "whoever manages keys needs no data",
      },
    ];
    return everything;
  },
  async undo(bench) {
    await removeBucket(bench, bucketName(bench, PURPOSE));
    await removeKey(bench);
    for (const name of [NAMED, OTHER]) await removeRole(bench, name);
  },
};
