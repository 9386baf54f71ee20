/** Whether and how an interface in a VPC reaches a service, as the network core decides. */
import type { CallContext } from "../../../context.ts";
import { type NetworkPath, servicePath } from "../../../network/path.ts";

/** The path from an interface to a service's endpoint in this region; `undefined` when there is none. */
export async function pathFrom(
  _networkInterfaceId: string,
  _service: string,
  _context: CallContext,
): Promise<NetworkPath | undefined> {
  // Provisional: network/resolve-path takes its place
  return servicePath("sagemaker.amazonaws.com");
}
