/**
 * Internet gateways and egress-only internet gateways.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
import type { InternetGateway } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { tokenOf } from "../client-tokens.ts";
import { dependency, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tableOf, tagList } from "../kind.ts";
import {
  addresses,
  egressOnlyGateways,
  internetGateways,
  natGateways,
  networkInterfaces,
  vpcs,
} from "../kinds.ts";
import { expecting, isMalformed } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import type { EgressOnlyGatewayRecord, InternetGatewayRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const view = (gateway: Readonly<InternetGatewayRecord>, context: ReadContext): InternetGateway => ({
  InternetGatewayId: gateway.id,
  OwnerId: context.account,
  // the API says "available" here, though the SDK's type does not know it
  Attachments: gateway.vpcId ? [{ State: "available" as "attached", VpcId: gateway.vpcId }] : [],
  Tags: tagList(gateway.tags),
});

const egressOnlyView = (gateway: Readonly<EgressOnlyGatewayRecord>) => ({
  EgressOnlyInternetGatewayId: gateway.id,
  Attachments: [{ State: "attached" as const, VpcId: gateway.vpcId }],
  Tags: tagList(gateway.tags),
});

const malformedGateway = expecting("InvalidInternetGatewayId.Malformed", "igw");
const gatewayOf = (context: ReadContext, id: string | undefined) =>
  find(context, internetGateways, need(id, "internetGatewayId"), malformedGateway);

export const gatewayOperations: Operations = {
  CreateInternetGateway(input, context) {
    const tags = specifiedTags(input.TagSpecifications, "internet-gateway");
    return { InternetGateway: view(add(context, internetGateways, { id: newId("igw"), tags }), context) };
  },

  DescribeInternetGateways(input, context) {
    const ids = input.InternetGatewayIds;
    const { items, next } = describe(context, internetGateways, input, ids, {
      idsName: "internetGatewayIds",
    });
    return { InternetGateways: items.map((one) => view(one, context)), NextToken: next };
  },

  AttachInternetGateway(input, context) {
    const gateway = gatewayOf(context, input.InternetGatewayId);
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"), expecting("InvalidVpcId.Malformed", "vpc"));
    if (gateway.vpcId) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
      );
    }
    const other = all(context, internetGateways).find((one) => one.vpcId === vpc.id);
    if (other) {
      throw new AwsError(
        "InvalidParameterValue",
        `Network ${vpc.id} already has an internet gateway attached`,
      );
    }
    change(context, internetGateways, gateway.id, (draft) => {
      draft.vpcId = vpc.id;
    });
    return {};
  },

  DetachInternetGateway(input, context) {
    const gateway = gatewayOf(context, input.InternetGatewayId);
    const vpcId = need(input.VpcId, "vpcId");
    if (gateway.vpcId !== vpcId) {
      throw new AwsError("Gateway.NotAttached", `resource ${gateway.id} is not attached to network ${vpcId}`);
    }
    const mapped =
      all(context, natGateways).some(
        (one) => one.vpcId === vpcId && one.connectivity === "public" && one.deleted === undefined,
      ) ||
      all(context, addresses).some(
        (one) =>
          one.networkInterfaceId &&
          tableOf(context, networkInterfaces).get(one.networkInterfaceId)?.vpcId === vpcId,
      );
    if (mapped) {
      throw dependency(
        `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
    }
    change(context, internetGateways, gateway.id, (draft) => {
      delete draft.vpcId;
    });
    return {};
  },

  DeleteInternetGateway(input, context) {
    const gateway = gatewayOf(context, input.InternetGatewayId);
    if (gateway.vpcId) {
      throw dependency(`The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
    }
    remove(context, internetGateways, gateway.id);
    return {};
  },

  CreateEgressOnlyInternetGateway(input, context) {
    const malformed = isMalformed("InvalidVpcId.Malformed", "vpc", "vpc", "");
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"), malformed);
    const tags = specifiedTags(input.TagSpecifications, "egress-only-internet-gateway");
    const gateway = add(context, egressOnlyGateways, { id: newId("eigw"), tags, vpcId: vpc.id });
    return { EgressOnlyInternetGateway: egressOnlyView(gateway), ClientToken: tokenOf(input) };
  },

  DescribeEgressOnlyInternetGateways(input, context) {
    const ids = input.EgressOnlyInternetGatewayIds;
    const { items, next } = describe(context, egressOnlyGateways, input, ids, { most: 255 });
    return { EgressOnlyInternetGateways: items.map(egressOnlyView), NextToken: next };
  },

  DeleteEgressOnlyInternetGateway(input, context) {
    const gateway = find(
      context,
      egressOnlyGateways,
      need(input.EgressOnlyInternetGatewayId, "egressOnlyInternetGatewayId"),
    );
    remove(context, egressOnlyGateways, gateway.id);
    return { ReturnCode: true };
  },
};
