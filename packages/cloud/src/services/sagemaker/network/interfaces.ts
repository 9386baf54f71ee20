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

/** Tag by which what SageMaker leaves behind is found. */
export const MANAGED_TAG = "ManagedByAmazonSageMakerResource";

/** Makes an interface and answers its id. @throws ValidationException for subnets and groups that EC2 does not know */
export async function createInterface(request: InterfaceRequest, context: CallContext): Promise<string> {
  const { subnetId, securityGroupIds, description, owner } = request;
  try {
    const { NetworkInterface } = await context.call("ec2", "CreateNetworkInterface", {
      SubnetId: subnetId,
      ...(securityGroupIds.length > 0 && { Groups: [...securityGroupIds] }),
      Description: description,
      TagSpecifications: [{ ResourceType: "network-interface", Tags: [{ Key: MANAGED_TAG, Value: owner }] }],
    });
    return NetworkInterface.NetworkInterfaceId as string;
  } catch (error) {
    throw asValidation(error);
  }
}

/** EC2's refusals as SageMaker passes them on. */
export function asValidation(error: unknown): unknown {
  return isAwsError(error) && /^Invalid|NotFound|InsufficientFreeAddresses/.test(error.code)
    ? validation(error.message)
    : error;
}

/** Deletes interfaces; those that are gone already are no matter. */
export async function deleteInterfaces(ids: readonly unknown[], context: CallContext): Promise<void> {
  for (const id of ids) {
    if (typeof id !== "string") continue;
    try {
      await context.call("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: id });
    } catch (error) {
      if (!isAwsError(error)) throw error;
    }
  }
}
