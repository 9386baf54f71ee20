/** Endpoints beyond those that Studio needs. */

import type { Construct } from "constructs";
import { buildEndpoints } from "./endpoints.ts";
import { addParameter, isCommon } from "./network-stack.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export class EndpointsStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "endpoints", { ...props, summary: "endpoints beyond those that Studio needs" });
    const { arns } = this;
    const names = this.platform.network.endpoints.filter((name) => !isCommon(name));
    const subnets = { vpc: arns.vpc(), privateIds: arns.subnets(), privateTables: [] };
    for (const [name, id] of buildEndpoints(this, subnets, arns.imported("network:EndpointGroup"), names))
      addParameter(this, `endpoint-${name}`, id, `endpoint ${name}`);
  }
}
