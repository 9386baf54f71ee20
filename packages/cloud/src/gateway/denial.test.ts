/** Denials in AWS's words: whom they name, and how. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import type { Caller } from "../identity/caller.ts";

let cloud: Cloud;
const account = "111122223333";
const iam = (operation: string, input: object, caller?: Caller) =>
  cloud.call("iam", operation, input, caller ? { caller } : {});
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const why = (promise: Promise<unknown>) =>
  promise.then(
    () => "allowed",
    (error) => `${error.code}: ${error.message}`,
  );

/** A user with everything, and this denied by a managed policy of its own. */
async function user(name: string, ...statements: object[]): Promise<Caller> {
  await iam("CreateUser", { UserName: name });
  await iam("PutUserPolicy", {
    UserName: name,
    PolicyName: "own",
    PolicyDocument: policy(...(statements.length > 0 ? statements : [everything])),
  });
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return { principal: { kind: "user", arn, account }, account, arn, userId: "AIDAEXAMPLE" };
}

const managed = async (name: string, ...statements: object[]) =>
  (await iam("CreatePolicy", { PolicyName: name, PolicyDocument: policy(...statements) })).Policy.Arn;

beforeAll(async () => {
  cloud = await startCloud({ account });
});
afterAll(() => cloud.close());

describe("explicit denials", () => {
  const noBuckets = { Effect: "Deny", Action: "s3:CreateBucket", Resource: "*" };

  it("name the managed policy that denies, of identity or boundary", async () => {
    const PolicyArn = await managed("NoBuckets", noBuckets);
    const ada = await user("ada");
    await iam("AttachUserPolicy", { UserName: "ada", PolicyArn });
    const sentence = `AccessDenied: User: ${ada.arn} is not authorized to perform: s3:CreateBucket on resource: "arn:aws:s3:::mine" with an explicit deny in`;
    const make = () => why(cloud.call("s3", "CreateBucket", { Bucket: "mine" }, { caller: ada }));
    expect(await make()).toBe(`${sentence} an identity-based policy: ${PolicyArn}`);
    await iam("DetachUserPolicy", { UserName: "ada", PolicyArn });
    const boundary = await managed("Bounds", everything, noBuckets);
    await iam("PutUserPermissionsBoundary", { UserName: "ada", PermissionsBoundary: boundary });
    expect(await make()).toBe(`${sentence} a permissions boundary: ${boundary}`);
  });

  it("do not where an inline or a resource-based policy denies", async () => {
    const bob = await user("bob", everything, noBuckets);
    expect(await why(cloud.call("s3", "CreateBucket", { Bucket: "b" }, { caller: bob }))).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
    await cloud.call("s3", "CreateBucket", { Bucket: "closed-one" });
    await cloud.call("s3", "PutBucketPolicy", {
      Bucket: "closed-one",
      Policy: policy({
        Effect: "Deny",
        Principal: { AWS: bob.arn },
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::closed-one",
      }),
    });
    expect(await why(cloud.call("s3", "ListObjectsV2", { Bucket: "closed-one" }, { caller: bob }))).toMatch(
      /with an explicit deny in a resource-based policy$/,
    );
  });
});

describe("IAM", () => {
  it("names entities by kind and by the name that was asked for, new ones by ARN", async () => {
    const eve = await user("eve", { Effect: "Allow", Action: "s3:*", Resource: "*" });
    const AssumeRolePolicyDocument = policy({
      Effect: "Allow",
      Principal: { Service: "ec2.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
    await iam("CreateRole", { RoleName: "Node", AssumeRolePolicyDocument });
    const arn = (what: string) => `arn:aws:iam::${account}:${what}`;
    const PolicyArn = arn("policy/Any");
    for (const [operation, input, shown] of [
      ["GetRole", { RoleName: "node" }, "role node"],
      [
        "PutRolePolicy",
        { RoleName: "Node", PolicyName: "p", PolicyDocument: policy(everything) },
        "role Node",
      ],
      ["CreateRole", { RoleName: "Other", AssumeRolePolicyDocument }, arn("role/Other")],
      ["TagRole", { RoleName: "Node", Tags: [{ Key: "a", Value: "b" }] }, arn("role/Node")],
      ["GetUser", {}, "user eve"],
      ["ListAccessKeys", { UserName: "nobody" }, "user nobody"],
      ["GetGroup", { GroupName: "Builders" }, "group Builders"],
      ["GetPolicy", { PolicyArn }, `policy ${PolicyArn}`],
      ["CreatePolicy", { PolicyName: "Any", PolicyDocument: policy(everything) }, "policy Any"],
      ["GetInstanceProfile", { InstanceProfileName: "Node" }, "instance profile Node"],
      ["CreateInstanceProfile", { InstanceProfileName: "Node" }, arn("instance-profile/Node")],
      ["ListRoles", {}, arn("role/")],
      ["GetAccountSummary", {}, "*"],
    ] as const) {
      expect(await why(iam(operation, input, eve))).toBe(
        `AccessDenied: User: ${eve.arn} is not authorized to perform: iam:${operation} on resource: ${shown} because no identity-based policy allows the iam:${operation} action`,
      );
    }
  });

  it("asks for the right to tag what is made with tags", async () => {
    const tagless = await user("tagless", everything, { Effect: "Deny", Action: "iam:Tag*", Resource: "*" });
    const Tags = [{ Key: "team", Value: "a" }];
    const made = { UserName: "made", Tags };
    expect(await why(iam("CreateUser", made, tagless))).toMatch(
      /iam:TagUser on resource: arn:aws:iam::111122223333:user\/made with an explicit deny/,
    );
    expect(
      await why(iam("CreatePolicy", { PolicyName: "T", PolicyDocument: policy(everything), Tags }, tagless)),
    ).toMatch(/iam:TagPolicy on resource: arn:aws:iam::111122223333:policy\/T with/);
    expect(await why(iam("CreateUser", { UserName: "made" }, tagless))).toBe("allowed");
  });
});

describe("strangers", () => {
  const other = "444455556666";

  it("are told by KMS neither whether there is a key nor why", async () => {
    const { KeyMetadata } = await cloud.call("kms", "CreateKey", {});
    expect(
      await why(
        cloud.call(
          "kms",
          "Encrypt",
          { KeyId: KeyMetadata.Arn, Plaintext: Buffer.from("x") },
          { account: other },
        ),
      ),
    ).toBe(
      `AccessDeniedException: User: arn:aws:iam::${other}:root is not authorized to perform: kms:Encrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    );
  });

  it("are told by S3 nothing but that access is denied", async () => {
    await cloud.call("s3", "CreateBucket", { Bucket: "not-for-strangers" });
    expect(
      await why(cloud.call("s3", "ListObjectsV2", { Bucket: "not-for-strangers" }, { account: other })),
    ).toBe("AccessDenied: Access Denied");
  });

  it("who have a ciphertext only are not told its key", async () => {
    const { KeyMetadata } = await cloud.call("kms", "CreateKey", {});
    const { CiphertextBlob } = await cloud.call("kms", "Encrypt", {
      KeyId: KeyMetadata.KeyId,
      Plaintext: Buffer.from("x"),
    });
    const mallory = await user("mallory", { Effect: "Allow", Action: "s3:*", Resource: "*" });
    expect(await why(cloud.call("kms", "Decrypt", { CiphertextBlob }, { caller: mallory }))).toBe(
      `AccessDeniedException: User: ${mallory.arn} is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action`,
    );
  });
});

it("EC2's message, opened, tells who asked for what on what", async () => {
  const carol = await user("carol", { Effect: "Allow", Action: ["s3:*", "sts:*"], Resource: "*" });
  const denied = await why(cloud.call("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" }, { caller: carol }));
  const EncodedMessage = /Encoded authorization failure message: (\S+)$/.exec(denied)?.[1];
  const { DecodedMessage } = await cloud.call(
    "sts",
    "DecodeAuthorizationMessage",
    { EncodedMessage },
    { caller: carol },
  );
  const { allowed, explicitDeny, context } = JSON.parse(DecodedMessage);
  expect({ allowed, explicitDeny }).toEqual({ allowed: false, explicitDeny: false });
  const arn = `arn:aws:ec2:us-east-1:${account}:vpc/*`;
  expect(context).toMatchObject({ principal: { arn: carol.arn }, action: "ec2:CreateVpc", resource: arn });
  const told = Object.fromEntries(
    context.conditions.items.map((one: { key: string; values: { items: { value: string }[] } }) => [
      one.key,
      one.values.items[0]?.value,
    ]),
  );
  expect(told).toMatchObject({
    "aws:Region": "us-east-1",
    "aws:Service": "ec2",
    "aws:Resource": "vpc/*",
    "aws:Type": "vpc",
    "aws:Account": account,
    "aws:ARN": arn,
  });
});
