/** Checks that SageMaker makes of every job before it takes it. */
import type { CallContext } from "../../../context.ts";
import { collect } from "../authorization/collect.ts";
import type { Fields } from "../engine/model.ts";
import { validation } from "../errors.ts";
import { checkNetwork } from "../network/interfaces.ts";

/** Subnets and security groups come together, are there, and are of one VPC. */
export function checkVpc(input: Fields, context: CallContext): void {
  for (const config of collect(input, (member) => member === "VpcConfig")) {
    const { Subnets, SecurityGroupIds } = (config ?? {}) as {
      Subnets?: string[];
      SecurityGroupIds?: string[];
    };
    if (Subnets?.length && SecurityGroupIds?.length) {
      checkNetwork(Subnets, SecurityGroupIds, context);
      continue;
    }
    throw validation("VpcConfig must specify both Subnets and SecurityGroupIds.");
  }
}
