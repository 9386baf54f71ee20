/** Whether and how an interface in a VPC reaches a service, as the network core decides. */
import type { CallContext } from "../../../context.ts";
import { type NetworkPath, type NetworkPosition, servicePath } from "../../../network/path.ts";
import type { MadeInterface } from "./interfaces.ts";

/** The position of an interface. */
export function positionOf(made: MadeInterface, context: CallContext): NetworkPosition {
  const { id, vpcId, subnetId, privateIp, securityGroupIds } = made;
  return {
    kind: "vpc",
    id,
    account: context.account,
    region: context.region,
    vpcId,
    subnetId,
    networkInterfaceId: id,
    privateIp,
    securityGroupIds,
  };
}

/** The path from an interface to a service's endpoint in this region; `undefined` when there is none. */
export function pathFrom(
  _made: MadeInterface,
  _service: string,
  _context: CallContext,
): NetworkPath | undefined {
  // Provisional: network/resolve-path takes its place
  return servicePath("sagemaker.amazonaws.com");
}
