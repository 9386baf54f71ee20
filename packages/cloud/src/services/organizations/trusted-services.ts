/** Services that the organisation trusts, and accounts that administer them for it. */
import type * as Sdk from "@aws-sdk/client-organizations";
import type { CallContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import { accountNotFound, constraint, invalidInput, notInUse, notRegistered } from "./errors.ts";
import { checkServicePrincipal } from "./service-principals.ts";
import { type Organization, organizations } from "./state.ts";
import { managed, nodesOf, page } from "./tree.ts";

export const trustedServiceOperations: Handlers<typeof Sdk, CallContext> = {
  EnableAWSServiceAccess({ ServicePrincipal }, context) {
    const organization = managed(context);
    checkServicePrincipal(ServicePrincipal);
    organizations(context).update(organization.id, (draft) => {
      draft.services[ServicePrincipal] ??= context.now;
    });
    return {};
  },

  DisableAWSServiceAccess({ ServicePrincipal }, context) {
    const organization = managed(context);
    checkServicePrincipal(ServicePrincipal);
    organizations(context).update(organization.id, (draft) => {
      delete draft.services[ServicePrincipal];
    });
    return {};
  },

  ListAWSServiceAccessForOrganization(input, context) {
    const organization = managed(context, true);
    const { items, next } = page(Object.entries(organization.services).sort(), input);
    return {
      EnabledServicePrincipals: items.map(([ServicePrincipal, since]) => ({
        ServicePrincipal,
        DateEnabled: new Date(since),
      })),
      ...next,
    };
  },

  RegisterDelegatedAdministrator({ AccountId, ServicePrincipal }, context) {
    const organization = managed(context);
    if (nodesOf(organization, context).get(AccountId)?.kind !== "ACCOUNT") throw accountNotFound();
    notManagement(AccountId, organization);
    checkServicePrincipal(ServicePrincipal);
    if (organization.delegated[AccountId]?.[ServicePrincipal]) {
      throw new AwsError(
        "AccountAlreadyRegisteredException",
        "The provided account is already a delegated administrator for your organization.",
      );
    }
    organizations(context).update(organization.id, (draft) => {
      draft.delegated[AccountId] = { ...draft.delegated[AccountId], [ServicePrincipal]: context.now };
    });
    return {};
  },

  DeregisterDelegatedAdministrator({ AccountId, ServicePrincipal }, context) {
    const organization = managed(context);
    if (nodesOf(organization, context).get(AccountId)?.kind !== "ACCOUNT") throw accountNotFound();
    notManagement(AccountId, organization);
    const services = organization.delegated[AccountId];
    if (!services) throw notRegistered();
    if (!services[ServicePrincipal]) {
      throw invalidInput(
        "UNRECOGNIZED_SERVICE_PRINCIPAL",
        "You specified an unrecognized service principal.",
      );
    }
    organizations(context).update(organization.id, (draft) => {
      delete draft.delegated[AccountId]?.[ServicePrincipal];
      if (Object.keys(draft.delegated[AccountId] ?? {}).length === 0) delete draft.delegated[AccountId];
    });
    return {};
  },

  ListDelegatedAdministrators(input, context) {
    const organization = managed(context, true);
    if (input.ServicePrincipal !== undefined) checkServicePrincipal(input.ServicePrincipal);
    const all = Object.entries(organization.delegated).flatMap(([id, services]) => {
      const node = nodesOf(organization, context).get(id);
      if (!node || (input.ServicePrincipal !== undefined && !services[input.ServicePrincipal])) return [];
      return [{ node, since: Math.min(...Object.values(services)) }];
    });
    const { items, next } = page(all, input);
    return {
      DelegatedAdministrators: items.map(({ node, since }) => ({
        Id: node.id,
        Arn: node.arn,
        Email: node.email ?? "",
        Name: node.name,
        Status: node.status ?? "ACTIVE",
        JoinedMethod: node.joinedMethod ?? "CREATED",
        JoinedTimestamp: new Date(node.joined ?? 0),
        DelegationEnabledDate: new Date(since),
      })),
      ...next,
    };
  },

  ListDelegatedServicesForAccount(input, context) {
    const organization = managed(context, true);
    // one that is in no organization: as AWS says it
    if (nodesOf(organization, context).get(input.AccountId)?.kind !== "ACCOUNT") throw notInUse();
    const services = organization.delegated[input.AccountId];
    if (!services) throw notRegistered();
    const { items, next } = page(Object.entries(services).sort(), input);
    return {
      DelegatedServices: items.map(([ServicePrincipal, since]) => ({
        ServicePrincipal,
        DelegationEnabledDate: new Date(since),
      })),
      ...next,
    };
  },
};

/** @throws ConstraintViolation: the management account needs no delegation */
function notManagement(account: string, organization: Organization): void {
  if (account !== organization.management) return;
  throw constraint(
    "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
    "You cannot register master account/yourself as delegated administrator for your organization.",
  );
}
