/** Lists of what there is none of, settings of an account, and words for values out of bounds. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { noneOperations } from "./operations/none-of-these.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

it("lists none of what cannot be made here, and knows no id of it", async () => {
  for (const operation of Object.keys(noneOperations)) {
    const lists = Object.values(await ec2(operation, { MaxResults: 10 })).filter(Array.isArray);
    expect([operation, lists]).toEqual([operation, [[]]]);
  }
  expect(await failure(ec2("DescribeImages", { ImageIds: ["ami-0123abcd"] }))).toBe(
    "InvalidAMIID.NotFound: The image id '[ami-0123abcd]' does not exist",
  );
  const tags = { Resources: ["i-0123abcd"], Tags: [{ Key: "a", Value: "b" }] };
  expect(await failure(ec2("CreateTags", tags))).toBe(
    "InvalidInstanceID.NotFound: The instance ID 'i-0123abcd' does not exist",
  );
});

it("lists VPCs as without ClassicLink, for clients that still ask", async () => {
  const { Vpc } = await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const tags = [{ Key: "a", Value: "b" }];
  await ec2("CreateTags", { Resources: [Vpc.VpcId], Tags: tags });
  const chosen = { VpcIds: [Vpc.VpcId] };
  expect((await ec2("DescribeVpcClassicLink", chosen)).Vpcs).toEqual([
    { VpcId: Vpc.VpcId, ClassicLinkEnabled: false, Tags: tags },
  ]);
  const enabled = [{ Name: "is-classic-link-enabled", Values: ["true"] }];
  expect((await ec2("DescribeVpcClassicLink", { Filters: enabled })).Vpcs).toEqual([]);
  expect((await ec2("DescribeVpcClassicLinkDnsSupport", chosen)).Vpcs).toEqual([
    { VpcId: Vpc.VpcId, ClassicLinkDnsSupported: false },
  ]);
});

it("keeps what an account sets for a region", async () => {
  expect((await ec2("GetEbsEncryptionByDefault")).EbsEncryptionByDefault).toBe(false);
  await ec2("EnableEbsEncryptionByDefault");
  expect((await ec2("GetEbsEncryptionByDefault")).EbsEncryptionByDefault).toBe(true);
  const key = "11111111-2222-3333-4444-555555555555";
  await ec2("ModifyEbsDefaultKmsKeyId", { KmsKeyId: key });
  expect((await ec2("GetEbsDefaultKmsKeyId")).KmsKeyId).toBe(
    `arn:aws:kms:us-east-1:${cloud.account}:key/${key}`,
  );
  expect((await ec2("ResetEbsDefaultKmsKeyId")).KmsKeyId).toBe("alias/aws/ebs");
  await ec2("ModifyInstanceMetadataDefaults", { HttpTokens: "required", HttpPutResponseHopLimit: 2 });
  await ec2("ModifyInstanceMetadataDefaults", { HttpPutResponseHopLimit: -1 });
  expect((await ec2("GetInstanceMetadataDefaults")).AccountLevel).toEqual({
    HttpTokens: "required",
    ManagedBy: "account",
  });
  await ec2("EnableSnapshotBlockPublicAccess", { State: "block-all-sharing" });
  expect((await ec2("GetSnapshotBlockPublicAccessState")).State).toBe("block-all-sharing");
});

it("takes account attributes that the published model leaves out, and refuses others", async () => {
  const [one] = (await ec2("DescribeAccountAttributes", { AttributeNames: ["max-instances"] }))
    .AccountAttributes;
  expect(one.AttributeName).toBe("max-instances");
  expect(await failure(ec2("DescribeAccountAttributes", { AttributeNames: ["colour"] }))).toBe(
    "InvalidParameterValue: Value (colour) for parameter attributeName is invalid. Unknown attribute.",
  );
});
