/**
 * VPC Block Public Access: stops what goes through internet gateways, in a whole region, but for exclusions.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
import type { VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import {
  type BlockExclusion,
  type BlockMode,
  type BlockOptions,
  blockOptions,
} from "../../../network/block-public-access.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, combination, missing, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, arnOf, change, describe, find, tagList } from "../kind.ts";
import { blockExclusions, subnets, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";

const optionsView = (context: ReadContext, options: BlockOptions): VpcBlockPublicAccessOptions => ({
  AwsAccountId: context.account,
  AwsRegion: context.region,
  State: options.updated ? "update-complete" : "default-state",
  InternetGatewayBlockMode: options.mode,
  ...(options.updated && { LastUpdateTimestamp: new Date(options.updated) }),
  ManagedBy: "account",
  ExclusionsAllowed: options.exclusionsAllowed,
});

const exclusionView = (
  one: Readonly<BlockExclusion>,
  State: VpcBlockPublicAccessExclusion["State"],
): VpcBlockPublicAccessExclusion => ({
  ExclusionId: one.id,
  InternetGatewayExclusionMode: one.mode,
  ResourceArn: one.resource,
  State,
  CreationTimestamp: new Date(one.created),
  LastUpdateTimestamp: new Date(one.updated),
  ...(one.deleted !== undefined && { DeletionTimestamp: new Date(one.deleted) }),
  Tags: tagList(one.tags),
});

const MODES: readonly string[] = ["off", "block-bidirectional", "block-ingress"];

function modeOf(value: string | undefined): BlockExclusion["mode"] {
  const mode = need(value, "internetGatewayExclusionMode");
  if (mode === "allow-bidirectional" || mode === "allow-egress") return mode;
  throw badParameter("internetGatewayExclusionMode", mode);
}

export const blockPublicAccessOperations: Operations = {
  DescribeVpcBlockPublicAccessOptions: (_, context) => ({
    VpcBlockPublicAccessOptions: optionsView(context, blockOptions(context)),
  }),

  ModifyVpcBlockPublicAccessOptions(input, context) {
    const mode = need(input.InternetGatewayBlockMode as string | undefined, "internetGatewayBlockMode");
    if (!MODES.includes(mode)) throw badParameter("internetGatewayBlockMode", mode);
    const options = { ...blockOptions(context), mode: mode as BlockMode, updated: context.now };
    context.table<BlockOptions>("ec2.block-public-access").put("options", options);
    return {
      VpcBlockPublicAccessOptions: { ...optionsView(context, options), State: "update-in-progress" },
    };
  },

  CreateVpcBlockPublicAccessExclusion(input, context) {
    if (input.VpcId && input.SubnetId) {
      throw combination("The parameters vpcId and subnetId cannot be used together");
    }
    if (!input.VpcId && !input.SubnetId) throw missing("vpcId or subnetId");
    const mode = modeOf(input.InternetGatewayExclusionMode);
    const resource = input.VpcId
      ? arnOf(context, "vpc", find(context, vpcs, input.VpcId).id)
      : arnOf(context, "subnet", find(context, subnets, input.SubnetId!).id);
    if (all(context, blockExclusions).some((one) => one.resource === resource && one.deleted === undefined)) {
      throw new AwsError(
        "VpcBlockPublicAccessExclusionAlreadyExists",
        `An exclusion already exists for the resource ${resource}.`,
      );
    }
    const one = add(context, blockExclusions, {
      id: newId("vpcbpa-exclude"),
      tags: specifiedTags(input.TagSpecifications, "vpc-block-public-access-exclusion"),
      mode,
      resource,
      created: context.now,
      updated: context.now,
    });
    return { VpcBlockPublicAccessExclusion: exclusionView(one, "create-in-progress") };
  },

  DescribeVpcBlockPublicAccessExclusions(input, context) {
    forget(context, blockExclusions);
    const { items, next } = describe(context, blockExclusions, input, input.ExclusionIds);
    return {
      VpcBlockPublicAccessExclusions: items.map((one) => exclusionView(one, exclusionState(one))),
      NextToken: next,
    };
  },

  ModifyVpcBlockPublicAccessExclusion(input, context) {
    const { id } = live(context, blockExclusions, need(input.ExclusionId, "exclusionId"));
    const mode = modeOf(input.InternetGatewayExclusionMode);
    const one = change(context, blockExclusions, id, (draft) => {
      draft.mode = mode;
      draft.updated = context.now;
    });
    return { VpcBlockPublicAccessExclusion: exclusionView(one, "update-in-progress") };
  },

  DeleteVpcBlockPublicAccessExclusion(input, context) {
    const { id } = live(context, blockExclusions, need(input.ExclusionId, "exclusionId"));
    const one = change(context, blockExclusions, id, (draft) => {
      draft.deleted = context.now;
    });
    return { VpcBlockPublicAccessExclusion: exclusionView(one, "delete-in-progress") };
  },
};

const exclusionState = (one: Readonly<BlockExclusion>) =>
  one.deleted === undefined
    ? one.updated > one.created
      ? ("update-complete" as const)
      : ("create-complete" as const)
    : ("delete-complete" as const);
