/** Network interfaces that SageMaker makes in its users' subnets, and takes away again. */
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { validation } from "../errors.ts";

export interface InterfaceRequest {
  subnetId: string;
  securityGroupIds: readonly string[];
  description: string;
  /** ARN of what it serves; its tag `ManagedByAmazonSageMakerResource`. */
  owner: string;
}

export interface MadeInterface {
  id: string;
  vpcId: string;
  subnetId: string;
  privateIp: string;
  securityGroupIds: string[];
}

/** Tag by which what SageMaker leaves behind is found. */
export const MANAGED_TAG = "ManagedByAmazonSageMakerResource";

/** Makes an interface. @throws ValidationException for subnets and groups that EC2 does not know, or addresses used up */
export function createInterface(request: InterfaceRequest, context: CallContext): MadeInterface {
  const { subnetId, securityGroupIds, description, owner } = request;
  const { NetworkInterface: made } = ec2("CreateNetworkInterface", context, {
    SubnetId: subnetId,
    ...(securityGroupIds.length > 0 && { Groups: [...securityGroupIds] }),
    Description: description,
    TagSpecifications: [{ ResourceType: "network-interface", Tags: [{ Key: MANAGED_TAG, Value: owner }] }],
    Requester: { id: context.account, owner: "amazon-sagemaker" },
  });
  return {
    id: made.NetworkInterfaceId,
    vpcId: made.VpcId,
    subnetId: made.SubnetId,
    privateIp: made.PrivateIpAddress,
    securityGroupIds: (made.Groups as { GroupId: string }[]).map(({ GroupId }) => GroupId),
  };
}

/** An operation of EC2 as part of SageMaker's own work. @throws ValidationException with EC2's sentence */
// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
export function ec2(operation: string, context: CallContext, input: object): any {
  try {
    return context.callSync("ec2", operation, input);
  } catch (error) {
    throw isAwsError(error) && error.code !== "NotImplemented" ? validation(error.message) : error;
  }
}

/** Deletes interfaces; those that are gone already are no matter. */
export function deleteInterfaces(ids: readonly unknown[], context: CallContext): void {
  for (const id of ids) {
    if (typeof id !== "string") continue;
    try {
      context.callSync("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: id });
    } catch (error) {
      if (!isAwsError(error)) throw error;
    }
  }
}

/**
 * Checks that subnets and groups are there and of one VPC, and answers it.
 * @throws ValidationException in EC2's words, or for a mix of VPCs
 */
export function checkNetwork(
  subnetIds: readonly string[],
  securityGroupIds: readonly string[],
  context: CallContext,
): string | undefined {
  const vpcs = new Set<string>();
  if (subnetIds.length > 0) {
    for (const { VpcId } of ec2("DescribeSubnets", context, { SubnetIds: [...subnetIds] }).Subnets)
      vpcs.add(VpcId);
  }
  if (securityGroupIds.length > 0) {
    const { SecurityGroups } = ec2("DescribeSecurityGroups", context, { GroupIds: [...securityGroupIds] });
    for (const { VpcId } of SecurityGroups) vpcs.add(VpcId);
  }
  if (vpcs.size > 1) throw validation("All subnets and security groups must belong to the same VPC.");
  return [...vpcs][0];
}
