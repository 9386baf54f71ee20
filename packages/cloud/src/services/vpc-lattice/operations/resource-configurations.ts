/**
 * Resource configurations: a resource behind a gateway, by name or address, or a group of such.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html
 */
import type { ReadContext } from "../../../context.ts";
import { checkDefinition, checkPorts, checkShape } from "../definition.ts";
import { conflict, invalid } from "../errors.ts";
import type { Operations } from "../operation.ts";
import { childrenOf } from "../reachable.ts";
import type { ResourceConfigurationRecord } from "../records.ts";
import {
  add,
  change,
  checkName,
  dates,
  endpointAssociations,
  find,
  newEntity,
  own,
  page,
  remove,
  resourceAssociations,
  resourceConfigurations,
  resourceGateways,
  where,
} from "../state.ts";

const ALL_PORTS = ["1-65535"];

const summary = (one: Readonly<ResourceConfigurationRecord>) => ({
  id: one.id,
  arn: one.arn,
  name: one.name,
  type: one.type,
  status: "ACTIVE" as const,
  resourceGatewayId: one.gatewayId,
  ...(one.groupId && { resourceConfigurationGroupId: one.groupId }),
  ...(one.customDomainName && { customDomainName: one.customDomainName }),
  ...(one.groupDomain && { groupDomain: one.groupDomain }),
});

const view = (one: Readonly<ResourceConfigurationRecord>) => ({
  ...summary(one),
  allowAssociationToShareableServiceNetwork: one.shareable,
  ...(one.type !== "GROUP" && { portRanges: [...one.portRanges] }),
  protocol: "TCP" as const,
  ...(one.definition && { resourceConfigurationDefinition: structuredClone(one.definition) }),
});

/** The group, if it is one. */
function groupNamed(context: ReadContext, identifier: string): Readonly<ResourceConfigurationRecord> {
  const group = find(context, resourceConfigurations, identifier);
  if (group.type !== "GROUP") {
    throw invalid(
      `Resource configuration ${group.id} is not of type GROUP`,
      "resourceConfigurationGroupIdentifier",
    );
  }
  return group;
}

export const resourceConfigurationOperations: Operations = {
  CreateResourceConfiguration(input, context) {
    const type = checkShape(input);
    checkName(context, resourceConfigurations, input.name ?? "");
    const group =
      type === "CHILD" ? groupNamed(context, input.resourceConfigurationGroupIdentifier ?? "") : undefined;
    const gatewayId =
      group?.gatewayId ?? find(context, resourceGateways, input.resourceGatewayIdentifier ?? "").id;
    if (
      group?.groupDomain &&
      input.customDomainName &&
      !input.customDomainName.endsWith(`.${group.groupDomain}`)
    ) {
      throw invalid(
        `customDomainName ${input.customDomainName} is not a subdomain of ${group.groupDomain}`,
        "customDomainName",
      );
    }
    const one = add(context, resourceConfigurations, {
      ...newEntity(context, resourceConfigurations, input.tags),
      name: input.name ?? "",
      type,
      gatewayId,
      ...(group && { groupId: group.id }),
      portRanges: type === "GROUP" ? [] : checkPorts(input.portRanges?.length ? input.portRanges : ALL_PORTS),
      ...(type !== "GROUP" && { definition: checkDefinition(input.resourceConfigurationDefinition) }),
      shareable: input.allowAssociationToShareableServiceNetwork ?? true,
      ...(input.customDomainName && { customDomainName: input.customDomainName }),
      ...(input.groupDomain && { groupDomain: input.groupDomain }),
    });
    return { ...view(one), createdAt: new Date(one.created) };
  },

  GetResourceConfiguration(input, context) {
    const one = find(context, resourceConfigurations, input.resourceConfigurationIdentifier ?? "");
    return { ...view(one), ...dates(one), amazonManaged: false };
  },

  ListResourceConfigurations(input, context) {
    const { resourceGatewayIdentifier: gateway, resourceConfigurationGroupIdentifier: group } = input;
    const gatewayId = gateway && find(context, resourceGateways, gateway).id;
    const groupId = group && groupNamed(context, group).id;
    const items = own(context, resourceConfigurations).filter(
      (one) =>
        (!gatewayId || one.gatewayId === gatewayId) &&
        (!groupId || one.groupId === groupId) &&
        !input.domainVerificationIdentifier,
    );
    return page(
      items.map((one) => ({ ...summary(one), ...dates(one), amazonManaged: false })),
      input,
    );
  },

  UpdateResourceConfiguration(input, context) {
    const old = find(context, resourceConfigurations, input.resourceConfigurationIdentifier ?? "");
    if (old.type === "GROUP") {
      for (const name of ["portRanges", "resourceConfigurationDefinition"] as const) {
        if (input[name] !== undefined) throw invalid(`Unexpected attribute ${name} for type GROUP`);
      }
    }
    if (input.resourceConfigurationDefinition) {
      checkShape({
        ...identityOf(old),
        resourceConfigurationDefinition: input.resourceConfigurationDefinition,
      });
    }
    const one = change(context, resourceConfigurations, old.id, (draft) => {
      if (input.portRanges) draft.portRanges = checkPorts(input.portRanges);
      if (input.resourceConfigurationDefinition) {
        draft.definition = checkDefinition(input.resourceConfigurationDefinition);
      }
      draft.shareable = input.allowAssociationToShareableServiceNetwork ?? draft.shareable;
    });
    const {
      customDomainName: _,
      groupDomain: __,
      ...rest
    } = { customDomainName: "", groupDomain: "", ...view(one) };
    return rest;
  },

  DeleteResourceConfiguration(input, context) {
    const one = find(context, resourceConfigurations, input.resourceConfigurationIdentifier ?? "");
    const uses = [
      ["service network(s)", where(context, resourceAssociations, (a) => a.configurationId === one.id)],
      ["VPC endpoint(s)", where(context, endpointAssociations, (a) => a.targetId === one.id)],
      ["child resource configuration(s)", childrenOf(context, one.id)],
    ] as const;
    const [what] = uses.find(([, all]) => all.length > 0) ?? [];
    if (what) {
      throw conflict(
        `ResourceConfiguration ${one.id} has ${what} associated.`,
        resourceConfigurations.name,
        one.id,
      );
    }
    remove(context, resourceConfigurations, one);
    return {};
  },
};

/** What a configuration is, in the members of the request that made it. */
const identityOf = (one: Readonly<ResourceConfigurationRecord>) => ({
  type: one.type,
  ...(one.type !== "CHILD" && { resourceGatewayIdentifier: one.gatewayId }),
  ...(one.groupId && { resourceConfigurationGroupIdentifier: one.groupId }),
});
