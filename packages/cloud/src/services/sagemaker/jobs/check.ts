/** Checks that SageMaker makes of every job before it takes it. */
import { collect } from "../authorization/collect.ts";
import type { Fields } from "../engine/model.ts";
import { validation } from "../errors.ts";

/** Subnets and security groups come together. */
export function checkVpc(input: Fields): void {
  for (const config of collect(input, (member) => member === "VpcConfig")) {
    const { Subnets, SecurityGroupIds } = (config ?? {}) as {
      Subnets?: string[];
      SecurityGroupIds?: string[];
    };
    if ((Subnets?.length ?? 0) > 0 && (SecurityGroupIds?.length ?? 0) > 0) continue;
    throw validation("VpcConfig must specify both Subnets and SecurityGroupIds.");
  }
}
