/** The organisation itself, its accounts and how they come and go. */
import { randomInt } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-organizations";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";
import { noteUse } from "../iam/entities.ts";
import { putRole } from "../iam/operations/roles.ts";
import { membershipOf } from "./directory.ts";
import {
  accountNotFound,
  alreadyIn,
  constraint,
  destinationNotFound,
  duplicateAccount,
  handshakeNotFound,
  invalidHandshake,
  invalidInput,
  organizationNotEmpty,
  parentNotFound,
  sourceNotFound,
} from "./errors.ts";
import {
  createStatuses,
  type Handshake,
  handshakes,
  memberships,
  type Node,
  nodes,
  type Organization,
  organizations,
  policies,
} from "./state.ts";
import {
  addAwsPolicies,
  arnOf,
  childrenOf,
  firstPolicies,
  managed,
  nodesOf,
  organizationHere,
  page,
  randomId,
} from "./tree.ts";

const DAYS_15 = 15 * 24 * 3600 * 1000;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

function shownOrganization(one: Organization): Sdk.Organization {
  return {
    Id: one.id,
    Arn: one.arn,
    FeatureSet: one.features,
    MasterAccountArn: arnOf(one, "account", one.management),
    MasterAccountId: one.management,
    MasterAccountEmail: one.email,
    AvailablePolicyTypes:
      one.features === "ALL" ? [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }] : [],
  };
}

function shownAccount(one: Node): Sdk.Account {
  return {
    Id: one.id,
    Arn: one.arn,
    Email: one.email ?? "",
    Name: one.name,
    Status: one.status ?? "ACTIVE",
    State: one.status ?? "ACTIVE",
    JoinedMethod: one.joinedMethod ?? "CREATED",
    JoinedTimestamp: new Date(one.joined ?? 0),
  };
}

function addAccount(
  organization: Organization,
  account: {
    id: string;
    name: string;
    email: string;
    joinedMethod: "INVITED" | "CREATED";
    tags?: Node["tags"];
  },
  context: CallContext,
): Readonly<Node> {
  memberships(context).put(account.id, { organization: organization.id });
  return nodes(context, organization.id).put(account.id, {
    id: account.id,
    kind: "ACCOUNT",
    arn: arnOf(organization, "account", account.id),
    name: account.name,
    email: account.email,
    status: "ACTIVE",
    joinedMethod: account.joinedMethod,
    joined: context.now,
    parent: organization.root,
    policies: firstPolicies(organization),
    tags: account.tags ?? [],
  });
}

function newAccountId(context: ReadContext): string {
  for (;;) {
    const id = `${randomInt(100_000, 999_999)}${randomInt(100_000, 999_999)}`;
    if (!memberships(context).has(id)) return id;
  }
}

const shownHandshake = (one: Handshake, organization: Organization | undefined): Sdk.Handshake => ({
  Id: one.id,
  Arn: `arn:aws:organizations::${organization?.management}:handshake/${one.organization}/invite/${one.id}`,
  Parties: [
    { Id: one.organization.slice(2), Type: "ORGANIZATION" },
    { Id: one.account, Type: "ACCOUNT" },
  ],
  State: one.state,
  RequestedTimestamp: new Date(one.requested),
  ExpirationTimestamp: new Date(one.expires),
  Action: "INVITE",
  Resources: [
    {
      Type: "ORGANIZATION",
      Value: one.organization,
      Resources: [
        { Type: "MASTER_EMAIL", Value: organization?.email ?? "" },
        { Type: "ORGANIZATION_FEATURE_SET", Value: organization?.features ?? "ALL" },
      ],
    },
    { Type: "ACCOUNT", Value: one.account },
    ...(one.notes !== undefined ? [{ Type: "NOTES" as const, Value: one.notes }] : []),
  ],
});

function settle(
  id: string,
  to: "ACCEPTED" | "DECLINED" | "CANCELED",
  context: CallContext,
  isParty: (one: Handshake, organization: Organization) => boolean,
): { Handshake: Sdk.Handshake } {
  const found = handshakes(context).get(id);
  const organization = found && organizations(context).get(found.organization);
  if (!found || !organization || !isParty(found, organization)) throw handshakeNotFound();
  if (found.state !== "OPEN" || found.expires <= context.now) throw invalidHandshake();
  if (to === "ACCEPTED") {
    if (memberships(context).has(found.account)) throw alreadyIn();
    addAccount(
      organization,
      {
        id: found.account,
        name: `account-${found.account}`,
        email: `${found.account}@example.com`,
        joinedMethod: "INVITED",
      },
      context,
    );
  }
  const settled = handshakes(context).update(id, (draft) => {
    draft.state = to;
  }) as Handshake;
  return { Handshake: shownHandshake(settled, organization) };
}

export const accountOperations: Handlers<typeof Sdk, CallContext> = {
  CreateOrganization({ FeatureSet }, context) {
    if (memberships(context).has(context.account)) throw alreadyIn();
    const id = `o-${randomId(10)}`;
    const root = `r-${randomId(4)}`;
    const organization: Organization = {
      id,
      arn: `arn:aws:organizations::${context.account}:organization/${id}`,
      management: context.account,
      email: `management-${context.account}@example.com`,
      features: FeatureSet ?? "ALL",
      root,
      enabled: [],
      services: {},
      delegated: {},
    };
    organizations(context).put(id, organization);
    nodes(context, id).put(root, {
      id: root,
      kind: "ROOT",
      arn: arnOf(organization, "root", root),
      name: "Root",
      policies: [],
      tags: [],
    });
    addAwsPolicies(organization, context);
    const own = { id: context.account, name: "master", email: organization.email };
    addAccount(organization, { ...own, joinedMethod: "INVITED" }, context);
    return { Organization: shownOrganization(organization) };
  },

  DescribeOrganization: (_input, context) => ({ Organization: shownOrganization(organizationHere(context)) }),

  DeleteOrganization(_input, context) {
    const organization = managed(context);
    const others = nodesOf(organization, context)
      .list()
      .filter((one) => one.kind !== "ROOT" && one.id !== organization.management);
    const own = policies(context, organization.id)
      .list()
      .filter((one) => !one.awsManaged);
    if (others.length > 0 || own.length > 0) throw organizationNotEmpty();
    for (const one of nodesOf(organization, context).list()) nodesOf(organization, context).delete(one.id);
    for (const one of policies(context, organization.id).list()) {
      policies(context, organization.id).delete(one.id);
    }
    memberships(context).delete(organization.management);
    organizations(context).delete(organization.id);
    return {};
  },

  CreateAccount(input, context) {
    const organization = managed(context);
    const taken = nodesOf(organization, context)
      .list()
      .some((one) => one.email === input.Email);
    const status = `car-${randomId(32)}`;
    if (taken) {
      return {
        CreateAccountStatus: {
          Id: status,
          AccountName: input.AccountName,
          State: "FAILED",
          RequestedTimestamp: new Date(context.now),
          FailureReason: "EMAIL_ALREADY_EXISTS",
        },
      };
    }
    const id = newAccountId(context);
    const tags = (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value }));
    addAccount(
      organization,
      { id, name: input.AccountName, email: input.Email, joinedMethod: "CREATED", tags },
      context,
    );
    const there = context.in(id);
    const name = input.RoleName ?? "OrganizationAccountAccessRole";
    putRole(
      {
        name,
        path: "/",
        attached: [ADMINISTRATOR],
        tags: [],
        maxSession: 3600,
        trust: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: `arn:aws:iam::${organization.management}:root` },
              Action: "sts:AssumeRole",
            },
          ],
        }),
      },
      there,
    );
    noteUse(there, ADMINISTRATOR, "attached", "role", name, true);
    createStatuses(context, organization.id).put(status, {
      id: status,
      name: input.AccountName,
      account: id,
      requested: context.now,
    });
    // AWS takes a while; whoever asks next finds it done
    return {
      CreateAccountStatus: {
        Id: status,
        AccountName: input.AccountName,
        State: "IN_PROGRESS",
        RequestedTimestamp: new Date(context.now),
      },
    };
  },

  DescribeCreateAccountStatus({ CreateAccountRequestId }, context) {
    const organization = managed(context, true);
    const one = createStatuses(context, organization.id).get(CreateAccountRequestId);
    if (!one) throw invalidInput("INVALID_PATTERN_TARGET_ID", "You specified a request that doesn't exist.");
    return { CreateAccountStatus: shownStatus(one) };
  },

  ListCreateAccountStatus(input, context) {
    const organization = managed(context, true);
    const all = createStatuses(context, organization.id).list();
    const wanted = input.States?.length && !input.States.includes("SUCCEEDED") ? [] : all;
    const { items, next } = page(wanted, input);
    return { CreateAccountStatuses: items.map(shownStatus), ...next };
  },

  CloseAccount({ AccountId }, context) {
    const organization = managed(context);
    const node = nodesOf(organization, context).get(AccountId);
    if (node?.kind !== "ACCOUNT") throw accountNotFound();
    if (AccountId === organization.management) {
      throw constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You attempted to close the management account.");
    }
    nodesOf(organization, context).update(AccountId, (draft) => {
      draft.status = "SUSPENDED";
    });
    return {};
  },

  RemoveAccountFromOrganization({ AccountId }, context) {
    const organization = managed(context);
    leave(AccountId, organization, context);
    return {};
  },

  LeaveOrganization(_input, context) {
    leave(context.account, organizationHere(context), context);
    return {};
  },

  DescribeAccount({ AccountId }, context) {
    const organization = managed(context, true);
    const node = nodesOf(organization, context).get(AccountId);
    if (node?.kind !== "ACCOUNT") throw accountNotFound();
    return { Account: shownAccount(node) };
  },

  ListAccounts(input, context) {
    const organization = managed(context, true);
    const all = nodesOf(organization, context)
      .list()
      .filter((one) => one.kind === "ACCOUNT");
    const { items, next } = page(all, input);
    return { Accounts: items.map(shownAccount), ...next };
  },

  ListAccountsForParent(input, context) {
    const organization = managed(context, true);
    const parent = nodesOf(organization, context).get(input.ParentId);
    if (!parent || parent.kind === "ACCOUNT") throw parentNotFound();
    const all = childrenOf(input.ParentId, organization, context).filter((one) => one.kind === "ACCOUNT");
    const { items, next } = page(all, input);
    return { Accounts: items.map(shownAccount), ...next };
  },

  MoveAccount({ AccountId, SourceParentId, DestinationParentId }, context) {
    const organization = managed(context);
    const table = nodesOf(organization, context);
    const node = table.get(AccountId);
    if (node?.kind !== "ACCOUNT") throw accountNotFound();
    if (!table.get(SourceParentId) || node.parent !== SourceParentId) throw sourceNotFound();
    const destination = table.get(DestinationParentId);
    if (!destination || destination.kind === "ACCOUNT") throw destinationNotFound();
    if (node.parent === DestinationParentId) throw duplicateAccount();
    table.update(AccountId, (draft) => {
      draft.parent = DestinationParentId;
    });
    return {};
  },

  InviteAccountToOrganization(input, context) {
    const organization = managed(context);
    const { Type, Id } = input.Target;
    if (Type !== "ACCOUNT" || !/^\d{12}$/.test(Id ?? "")) {
      throw invalidInput("INVALID_PARTY_TYPE_TARGET", "The local cloud invites accounts by their id only.");
    }
    if (membershipOf(Id as string, context)) throw alreadyIn();
    const id = `h-${randomId(32)}`;
    const one = handshakes(context).put(id, {
      id,
      organization: organization.id,
      account: Id as string,
      state: "OPEN",
      requested: context.now,
      expires: context.now + DAYS_15,
      ...(input.Notes !== undefined && { notes: input.Notes }),
    });
    return { Handshake: shownHandshake(one, organization) };
  },

  AcceptHandshake: ({ HandshakeId }, context) =>
    settle(HandshakeId, "ACCEPTED", context, (one) => one.account === context.account),
  DeclineHandshake: ({ HandshakeId }, context) =>
    settle(HandshakeId, "DECLINED", context, (one) => one.account === context.account),
  CancelHandshake: ({ HandshakeId }, context) =>
    settle(
      HandshakeId,
      "CANCELED",
      context,
      (_one, organization) => organization.management === context.account,
    ),

  DescribeHandshake({ HandshakeId }, context) {
    const one = handshakes(context).get(HandshakeId);
    const organization = one && organizations(context).get(one.organization);
    if (!one || (one.account !== context.account && organization?.management !== context.account)) {
      throw handshakeNotFound();
    }
    return { Handshake: shownHandshake(one, organization) };
  },

  ListHandshakesForAccount(input, context) {
    const all = handshakes(context)
      .list()
      .filter((one) => one.account === context.account);
    const { items, next } = page(all, input);
    return {
      Handshakes: items.map((one) => shownHandshake(one, organizations(context).get(one.organization))),
      ...next,
    };
  },

  ListHandshakesForOrganization(input, context) {
    const organization = managed(context, true);
    const all = handshakes(context)
      .list()
      .filter((one) => one.organization === organization.id);
    const { items, next } = page(all, input);
    return { Handshakes: items.map((one) => shownHandshake(one, organization)), ...next };
  },
};

function shownStatus(one: {
  id: string;
  name: string;
  account: string;
  requested: number;
}): Sdk.CreateAccountStatus {
  return {
    Id: one.id,
    AccountName: one.name,
    State: "SUCCEEDED",
    RequestedTimestamp: new Date(one.requested),
    CompletedTimestamp: new Date(one.requested),
    AccountId: one.account,
  };
}

function leave(account: string, organization: Organization, context: CallContext): void {
  const node = nodesOf(organization, context).get(account);
  if (node?.kind !== "ACCOUNT") throw accountNotFound();
  if (account === organization.management) {
    throw constraint(
      "MASTERACCOUNT_MISSING_CONTACT_INFO",
      "You can't remove the management account from an organization.",
    );
  }
  nodesOf(organization, context).delete(account);
  memberships(context).delete(account);
}
