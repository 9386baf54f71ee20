/**
 * Amazon VPC Lattice: service networks, resources behind gateways, and who may reach them; as much as endpoints of
 * the types Resource and ServiceNetwork need. Listeners, rules, target groups and access logs are not part of it.
 */
import type * as VpcLattice from "@aws-sdk/client-vpc-lattice";
import type { CallContext } from "../../context.ts";
import type { Service } from "../../service.ts";
import { authorizationOf } from "./authorization.ts";
import { once } from "./client-tokens.ts";
import type { Operations } from "./operation.ts";
import { policyOperations } from "./operations/policies.ts";
import { resourceAssociationOperations } from "./operations/resource-associations.ts";
import { resourceConfigurationOperations } from "./operations/resource-configurations.ts";
import { resourceGatewayOperations } from "./operations/resource-gateways.ts";
import { serviceNetworkOperations } from "./operations/service-networks.ts";
import { serviceOperations } from "./operations/services.ts";
import { checkTags, named, tagOperations } from "./operations/tags.ts";
import { vpcAssociationOperations } from "./operations/vpc-associations.ts";
import type { Tags } from "./records.ts";
import { resourcePolicies } from "./state.ts";

const parts: Operations[] = [
  policyOperations,
  resourceAssociationOperations,
  resourceConfigurationOperations,
  resourceGatewayOperations,
  serviceNetworkOperations,
  serviceOperations,
  tagOperations,
  vpcAssociationOperations,
];

type Handle = (input: { clientToken?: string; tags?: Tags }, context: CallContext) => unknown;

/** Creations are idempotent by client token. */
const creating =
  (handle: Handle): Handle =>
  (input, context) => {
    checkTags(input.tags);
    return once(context, input, () => handle(input, context));
  };

const operations = Object.fromEntries(
  Object.entries(Object.assign({}, ...parts) as Record<string, Handle>).map(([name, handle]) => [
    name,
    name.startsWith("Create") ? creating(handle) : handle,
  ]),
) as Operations;

export const service: Service<typeof VpcLattice> = {
  key: "vpc-lattice",
  actionPrefix: "vpc-lattice",
  principal: "vpc-lattice.amazonaws.com",
  operations,
  authorization: authorizationOf(Object.keys(operations)),
  resource(arn, context) {
    const found = named(context, arn);
    if (!found) return undefined;
    const policy = resourcePolicies(context).get(arn);
    return {
      account: found.one.account,
      tags: { ...found.one.tags },
      ...(policy && { policy: { name: found.one.id, document: policy.document } }),
    };
  },
};
