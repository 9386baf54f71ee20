/** How an interface in a VPC reaches a service, as the network core decides; what flow logs see of it is recorded. */
import type { CallContext } from "../../../context.ts";
import { recordFlows } from "../../../network/flow-records.ts";
import type { NetworkPath, NetworkPosition } from "../../../network/path.ts";
import { resolvePath } from "../../../network/resolve.ts";
import type { RequestContext } from "../../../runtime/request-context.ts";
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

/** The path from an interface to a service's endpoint in this region; `undefined` when the connection never arrives. */
export function pathFrom(
  made: MadeInterface,
  service: string,
  context: CallContext,
): NetworkPath | undefined {
  const { path, flows } = resolvePath(context, made.id, { service });
  recordFlows((context as RequestContext).runtime, flows);
  return path;
}
