/**
 * Which resources each action is authorized on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonvpclattice.html
 */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check } from "../../service.ts";
import type { Entity, Tags } from "./records.ts";
import * as S from "./state.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs differ by operation
type Input = any;
type Keys = Record<string, string | string[] | undefined>;

const arnNamed = (context: ReadContext, kind: S.Kind<Entity>, identifier: unknown): string =>
  String(identifier).startsWith("arn:") ? String(identifier) : S.arnOf(context, kind, String(identifier));

/** The member of a request that names a resource → what it names. */
const NAMES: Record<string, S.Kind<Entity>> = {
  serviceNetworkIdentifier: S.serviceNetworks,
  serviceIdentifier: S.services,
  resourceGatewayIdentifier: S.resourceGateways,
  resourceConfigurationIdentifier: S.resourceConfigurations,
  resourceConfigurationGroupIdentifier: S.resourceConfigurations,
  serviceNetworkVpcAssociationIdentifier: S.vpcAssociations,
  serviceNetworkServiceAssociationIdentifier: S.serviceAssociations,
  serviceNetworkResourceAssociationIdentifier: S.resourceAssociations,
  resourceEndpointAssociationIdentifier: S.endpointAssociations,
};

/** What a Create makes. */
const MADE: Record<string, S.Kind<Entity>> = {
  CreateServiceNetwork: S.serviceNetworks,
  CreateService: S.services,
  CreateResourceGateway: S.resourceGateways,
  CreateResourceConfiguration: S.resourceConfigurations,
  CreateServiceNetworkVpcAssociation: S.vpcAssociations,
  CreateServiceNetworkServiceAssociation: S.serviceAssociations,
  CreateServiceNetworkResourceAssociation: S.resourceAssociations,
};

function tagKeys(tags: Tags | undefined, keys: string[] | undefined): Keys {
  const names = Object.keys(tags ?? {}).concat(keys ?? []);
  if (!names.length) return {};
  return {
    "aws:TagKeys": names,
    ...Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** Condition keys that tell what the request is about. */
function requestKeys(input: Input, context: ReadContext): Keys {
  const arn = (kind: S.Kind<Entity>, identifier: unknown) =>
    identifier ? arnNamed(context, kind, identifier) : undefined;
  return {
    "vpc-lattice:AuthType": input.authType,
    "vpc-lattice:VpcId": input.vpcIdentifier,
    "vpc-lattice:SecurityGroupIds": input.securityGroupIds,
    "vpc-lattice:ServiceNetworkArn": arn(S.serviceNetworks, input.serviceNetworkIdentifier),
    "vpc-lattice:ServiceArn": arn(S.services, input.serviceIdentifier),
    "vpc-lattice:ResourceConfigurationArn": arn(
      S.resourceConfigurations,
      input.resourceConfigurationIdentifier,
    ),
    "vpc-lattice:PrivateDnsPreference": input.dnsOptions?.privateDnsPreference,
    "vpc-lattice:PrivateDnsSpecifiedDomains": input.dnsOptions?.privateDnsSpecifiedDomains,
    ...tagKeys(input.tags, input.tagKeys),
  };
}

/** The condition keys of an association that is there. */
function associationKeys(context: ReadContext, identifier: unknown): Keys {
  const one = S.tableOf(context, S.vpcAssociations).get(String(identifier).split("/").pop() ?? "");
  const network = one && S.tableOf(context, S.serviceNetworks).get(one.networkId);
  return { "vpc-lattice:VpcId": one?.vpcId, "vpc-lattice:ServiceNetworkArn": network?.arn };
}

const ruleOf =
  (operation: string): AuthorizationRule<Input> =>
  (input, context) => {
    const action = `vpc-lattice:${operation}`;
    const keys = compact({
      ...requestKeys(input, context),
      ...associationKeys(context, input.serviceNetworkVpcAssociationIdentifier),
    });
    const check = (resource: string, more: Partial<Check> = {}): Check => ({
      action,
      resource,
      context: keys,
      ...more,
    });
    if (operation === "ListTagsForResource" || (operation.startsWith("List") && !input.resourceArn)) {
      return [check(input.resourceArn ?? "*")];
    }
    if (input.resourceArn) return [check(String(input.resourceArn))];
    if (input.resourceIdentifier) {
      const kind = String(input.resourceIdentifier).startsWith("svc-") ? S.services : S.serviceNetworks;
      return [check(arnNamed(context, kind, input.resourceIdentifier))];
    }
    const made = MADE[operation];
    const existing = Object.entries(NAMES)
      .filter(([member]) => input[member])
      .map(([member, kind]) => check(arnNamed(context, kind, input[member])));
    if (!made) return existing.length ? existing : [check("*")];
    return [...existing, check(S.arnOf(context, made, "*"), { facts: { account: context.account } })];
  };

const compact = (keys: Keys): Keys =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined && value !== ""));

export const authorizationOf = (operations: readonly string[]): AuthorizationTable =>
  Object.fromEntries(operations.map((name) => [name, ruleOf(name)]));
