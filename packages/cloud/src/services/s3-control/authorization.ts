/** Which actions on which resources each operation of S3 Control needs. */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable } from "../../service.ts";
import { type Keys, requestKeys } from "../s3/conditions.ts";
import { accessPoints } from "../s3/state.ts";
import { accountOf, nameOf, pointKey } from "./operations/access-points.ts";

interface PointInput {
  AccountId?: string;
  Name: string;
  VpcConfiguration?: { VpcId?: string };
  Tags?: { Key?: string; Value?: string }[];
}

/** The point itself is judged by the owner's identity policies: its own policy is about the data behind it. */
function onPoint(action: string, everywhere = false): AuthorizationRule<PointInput> {
  return (input, context) => {
    const account = accountOf(input, context);
    const name = nameOf(input.Name);
    const arn = `arn:aws:s3:${context.region}:${account}:accesspoint/${name}`;
    const found = accessPoints(context).get(pointKey(input, context));
    const vpc = found ? found.vpcId : input.VpcConfiguration?.VpcId;
    const keys: Keys = {
      ...requestKeys(context),
      "s3:DataAccessPointArn": arn,
      "s3:DataAccessPointAccount": account,
      "s3:AccessPointNetworkOrigin": vpc ? "VPC" : "Internet",
      ...requestTags(input.Tags),
    };
    return [
      {
        action: `s3:${action}`,
        resource: everywhere ? "*" : arn,
        facts: { account, ...(found?.tags && { tags: found.tags }) },
        context: keys,
      },
    ];
  };
}

function onAccount(action: string): AuthorizationRule<{ AccountId?: string }> {
  return (input, context) => [
    {
      action: `s3:${action}`,
      resource: "*",
      facts: { account: accountOf(input, context) },
      context: requestKeys(context),
    },
  ];
}

function onArn(action: string): AuthorizationRule<{
  ResourceArn: string;
  Tags?: { Key?: string; Value?: string }[];
  TagKeys?: string[];
}> {
  return (input, context: ReadContext) => [
    {
      action: `s3:${action}`,
      resource: input.ResourceArn,
      context: {
        ...requestKeys(context),
        ...requestTags(input.Tags),
        ...(input.TagKeys && { "aws:TagKeys": input.TagKeys }),
      },
    },
  ];
}

function requestTags(tags: { Key?: string; Value?: string }[] | undefined): Keys {
  const keys: Keys = {};
  for (const { Key = "", Value = "" } of tags ?? []) keys[`aws:RequestTag/${Key}`] = Value;
  if (tags?.length) keys["aws:TagKeys"] = tags.map(({ Key = "" }) => Key);
  return keys;
}

export const authorization: AuthorizationTable = {
  CreateAccessPoint: onPoint("CreateAccessPoint"),
  GetAccessPoint: onPoint("GetAccessPoint", true),
  ListAccessPoints: onAccount("ListAccessPoints"),
  DeleteAccessPoint: onPoint("DeleteAccessPoint"),
  GetAccessPointPolicy: onPoint("GetAccessPointPolicy"),
  PutAccessPointPolicy: onPoint("PutAccessPointPolicy"),
  DeleteAccessPointPolicy: onPoint("DeleteAccessPointPolicy"),
  GetAccessPointPolicyStatus: onPoint("GetAccessPointPolicyStatus"),
  GetPublicAccessBlock: onAccount("GetAccountPublicAccessBlock"),
  PutPublicAccessBlock: onAccount("PutAccountPublicAccessBlock"),
  DeletePublicAccessBlock: onAccount("PutAccountPublicAccessBlock"),
  ListTagsForResource: onArn("ListTagsForResource"),
  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
};
