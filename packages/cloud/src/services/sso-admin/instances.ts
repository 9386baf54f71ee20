/** Instances, permission sets and who has them where. */
import { randomBytes, randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-sso-admin";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";
import { checkIdentityPolicy } from "../iam/document.ts";
import { awsManaged } from "../iam/managed/aws-managed.ts";
import { storeGroups, storeKey, storeUsers } from "../identitystore/state.ts";
import { conflict, invalid, notFound } from "./errors.ts";
import { page } from "./paging.ts";
import { provision, withdraw } from "./provision.ts";
import {
  accountAssignments,
  type Instance,
  instances,
  type Operation,
  operationsDone,
  type PermissionSet,
  permissionSets,
} from "./state.ts";

const hex = (bytes: number) => randomBytes(bytes).toString("hex");

export function findInstance(arn: string, context: ReadContext): Readonly<Instance> {
  const found = instances(context).get(arn);
  if (!found) throw notFound(`Instance ${arn}`);
  return found;
}

function findSet(instance: string, arn: string, context: ReadContext): Readonly<PermissionSet> {
  findInstance(instance, context);
  const found = permissionSets(context).get(arn);
  if (!found || found.instance !== instance) throw notFound(`PermissionSet ${arn}`);
  return found;
}

/** @throws ResourceNotFound for a user or group that is not in the instance's store */
export function checkPrincipal(instance: Instance, type: string, id: string, context: ReadContext): void {
  const table = type === "GROUP" ? storeGroups(context) : storeUsers(context);
  if (!table.has(storeKey(instance.storeId, id))) throw notFound(`${type} ${id}`);
}

const shownSet = (one: PermissionSet): Sdk.PermissionSet => ({
  Name: one.name,
  PermissionSetArn: one.arn,
  ...(one.description !== undefined && { Description: one.description }),
  CreatedDate: new Date(one.created),
  SessionDuration: one.duration,
  ...(one.relayState !== undefined && { RelayState: one.relayState }),
});

const shownInstance = (one: Instance): Sdk.InstanceMetadata => ({
  InstanceArn: one.arn,
  IdentityStoreId: one.storeId,
  OwnerAccountId: one.owner,
  ...(one.name !== undefined && { Name: one.name }),
  CreatedDate: new Date(one.created),
  Status: "ACTIVE",
});

function change(
  instance: string,
  arn: string,
  context: CallContext,
  edit: (draft: PermissionSet) => void,
): void {
  findSet(instance, arn, context);
  permissionSets(context).update(arn, (draft) => edit(draft));
}

function assignmentStatus(
  one: Operation,
  status: "IN_PROGRESS" | "SUCCEEDED",
): Sdk.AccountAssignmentOperationStatus {
  return {
    Status: status,
    RequestId: one.RequestId,
    TargetId: one.account,
    TargetType: "AWS_ACCOUNT",
    PermissionSetArn: one.permissionSet,
    ...(one.principalType && { PrincipalType: one.principalType }),
    ...(one.principalId !== undefined && { PrincipalId: one.principalId }),
    CreatedDate: new Date(one.created),
  };
}

function record(one: Omit<Operation, "RequestId" | "created">, context: CallContext): Operation {
  const done: Operation = { ...one, RequestId: randomUUID(), created: context.now };
  operationsDone(context).put(done.RequestId, done);
  return done;
}

function findOperation(id: string, context: CallContext): Readonly<Operation> {
  const found = operationsDone(context).get(id);
  if (!found) throw notFound(`Request ${id}`);
  return found;
}

export const instanceOperations: Handlers<typeof Sdk, CallContext> = {
  CreateInstance({ Name, Tags }, context) {
    if (instances(context).count() > 0) throw conflict("An instance already exists in this account.");
    const arn = `arn:aws:sso:::instance/ssoins-${hex(8)}`;
    instances(context).put(arn, {
      arn,
      storeId: `d-${hex(5)}`,
      owner: context.account,
      ...(Name !== undefined && { name: Name }),
      created: context.now,
      tags: (Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
    });
    return { InstanceArn: arn };
  },

  ListInstances(input, context) {
    const { items, next } = page(instances(context).list(), input);
    return { Instances: items.map(shownInstance), ...next };
  },

  DescribeInstance: ({ InstanceArn }, context) => shownInstance(findInstance(InstanceArn, context)),

  DeleteInstance({ InstanceArn }, context) {
    findInstance(InstanceArn, context);
    instances(context).delete(InstanceArn);
    return {};
  },

  CreatePermissionSet(input, context) {
    findInstance(input.InstanceArn, context);
    const taken = permissionSets(context)
      .list()
      .some((one) => one.instance === input.InstanceArn && one.name === input.Name);
    if (taken) throw conflict(`PermissionSet with name ${input.Name} already exists.`);
    const arn = `arn:aws:sso:::permissionSet/${input.InstanceArn.split("/")[1]}/ps-${hex(8)}`;
    const made = permissionSets(context).put(arn, {
      arn,
      instance: input.InstanceArn,
      name: input.Name,
      ...(input.Description !== undefined && { description: input.Description }),
      duration: input.SessionDuration ?? "PT1H",
      ...(input.RelayState !== undefined && { relayState: input.RelayState }),
      created: context.now,
      managed: [],
      customer: [],
      tags: (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
    });
    return { PermissionSet: shownSet(made) };
  },

  DescribePermissionSet: ({ InstanceArn, PermissionSetArn }, context) => ({
    PermissionSet: shownSet(findSet(InstanceArn, PermissionSetArn, context)),
  }),

  ListPermissionSets(input, context) {
    findInstance(input.InstanceArn, context);
    const all = permissionSets(context)
      .list()
      .filter((one) => one.instance === input.InstanceArn);
    const { items, next } = page(all, input);
    return { PermissionSets: items.map((one) => one.arn), ...next };
  },

  UpdatePermissionSet(input, context) {
    change(input.InstanceArn, input.PermissionSetArn, context, (draft) => {
      draft.duration = input.SessionDuration ?? draft.duration;
      if (input.Description !== undefined) draft.description = input.Description;
      if (input.RelayState !== undefined) draft.relayState = input.RelayState;
    });
    return {};
  },

  DeletePermissionSet({ InstanceArn, PermissionSetArn }, context) {
    findSet(InstanceArn, PermissionSetArn, context);
    if (accountAssignments(context).list({ prefix: `${PermissionSetArn}|`, limit: 1 }).length > 0) {
      throw conflict("PermissionSet is assigned to accounts; delete the assignments first.");
    }
    permissionSets(context).delete(PermissionSetArn);
    return {};
  },

  AttachManagedPolicyToPermissionSet({ InstanceArn, PermissionSetArn, ManagedPolicyArn }, context) {
    const policy = awsManaged(ManagedPolicyArn);
    if (!policy) throw notFound(`ManagedPolicy ${ManagedPolicyArn}`);
    const set = findSet(InstanceArn, PermissionSetArn, context);
    if (set.managed.some((one) => one.Arn === ManagedPolicyArn)) {
      throw conflict("Permission set with provided managed policy already exists.");
    }
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      draft.managed.push({ Name: policy.name, Arn: ManagedPolicyArn });
    });
    return {};
  },

  DetachManagedPolicyFromPermissionSet({ InstanceArn, PermissionSetArn, ManagedPolicyArn }, context) {
    const set = findSet(InstanceArn, PermissionSetArn, context);
    if (!set.managed.some((one) => one.Arn === ManagedPolicyArn)) {
      throw notFound(`ManagedPolicy ${ManagedPolicyArn}`);
    }
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      draft.managed = draft.managed.filter((one) => one.Arn !== ManagedPolicyArn);
    });
    return {};
  },

  ListManagedPoliciesInPermissionSet(input, context) {
    const set = findSet(input.InstanceArn, input.PermissionSetArn, context);
    const { items, next } = page(set.managed, input);
    return { AttachedManagedPolicies: items.map((one) => ({ ...one })), ...next };
  },

  AttachCustomerManagedPolicyReferenceToPermissionSet(input, context) {
    const { Name = "", Path } = input.CustomerManagedPolicyReference;
    change(input.InstanceArn, input.PermissionSetArn, context, (draft) => {
      if (!draft.customer.some((one) => one.Name === Name)) {
        draft.customer.push({ Name, ...(Path !== undefined && { Path }) });
      }
    });
    return {};
  },

  DetachCustomerManagedPolicyReferenceFromPermissionSet(input, context) {
    change(input.InstanceArn, input.PermissionSetArn, context, (draft) => {
      draft.customer = draft.customer.filter((one) => one.Name !== input.CustomerManagedPolicyReference.Name);
    });
    return {};
  },

  ListCustomerManagedPolicyReferencesInPermissionSet(input, context) {
    const { items, next } = page(findSet(input.InstanceArn, input.PermissionSetArn, context).customer, input);
    return { CustomerManagedPolicyReferences: items.map((one) => ({ ...one })), ...next };
  },

  PutInlinePolicyToPermissionSet({ InstanceArn, PermissionSetArn, InlinePolicy }, context) {
    checkIdentityPolicy(InlinePolicy, "inline");
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      draft.inline = InlinePolicy;
    });
    return {};
  },

  GetInlinePolicyForPermissionSet: ({ InstanceArn, PermissionSetArn }, context) => ({
    InlinePolicy: findSet(InstanceArn, PermissionSetArn, context).inline ?? "",
  }),

  DeleteInlinePolicyFromPermissionSet({ InstanceArn, PermissionSetArn }, context) {
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      delete draft.inline;
    });
    return {};
  },

  PutPermissionsBoundaryToPermissionSet({ InstanceArn, PermissionSetArn, PermissionsBoundary }, context) {
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      draft.boundary = PermissionsBoundary as NonNullable<PermissionSet["boundary"]>;
    });
    return {};
  },

  GetPermissionsBoundaryForPermissionSet({ InstanceArn, PermissionSetArn }, context) {
    const { boundary } = findSet(InstanceArn, PermissionSetArn, context);
    if (!boundary) throw notFound("PermissionsBoundary");
    return { PermissionsBoundary: structuredClone(boundary) as Sdk.PermissionsBoundary };
  },

  DeletePermissionsBoundaryFromPermissionSet({ InstanceArn, PermissionSetArn }, context) {
    change(InstanceArn, PermissionSetArn, context, (draft) => {
      delete draft.boundary;
    });
    return {};
  },

  CreateAccountAssignment(input, context) {
    const instance = findInstance(input.InstanceArn, context);
    const set = findSet(input.InstanceArn, input.PermissionSetArn, context);
    if (input.TargetType !== "AWS_ACCOUNT" || !/^\d{12}$/.test(input.TargetId)) {
      throw invalid("TargetId must be an account id.");
    }
    checkPrincipal(instance, input.PrincipalType, input.PrincipalId, context);
    accountAssignments(context).put(`${set.arn}|${input.TargetId}|${input.PrincipalId}`, {
      permissionSet: set.arn,
      account: input.TargetId,
      principalType: input.PrincipalType as "USER" | "GROUP",
      principalId: input.PrincipalId,
    });
    provision(set, input.TargetId, context);
    const done = record(
      {
        kind: "creation",
        permissionSet: set.arn,
        account: input.TargetId,
        principalType: input.PrincipalType as "USER",
        principalId: input.PrincipalId,
      },
      context,
    );
    return { AccountAssignmentCreationStatus: assignmentStatus(done, "IN_PROGRESS") };
  },

  DeleteAccountAssignment(input, context) {
    const set = findSet(input.InstanceArn, input.PermissionSetArn, context);
    if (!accountAssignments(context).delete(`${set.arn}|${input.TargetId}|${input.PrincipalId}`)) {
      throw notFound("AccountAssignment");
    }
    withdraw(set, input.TargetId, context);
    const done = record(
      {
        kind: "deletion",
        permissionSet: set.arn,
        account: input.TargetId,
        principalType: input.PrincipalType as "USER",
        principalId: input.PrincipalId,
      },
      context,
    );
    return { AccountAssignmentDeletionStatus: assignmentStatus(done, "IN_PROGRESS") };
  },

  DescribeAccountAssignmentCreationStatus: ({ AccountAssignmentCreationRequestId }, context) => ({
    AccountAssignmentCreationStatus: assignmentStatus(
      findOperation(AccountAssignmentCreationRequestId, context),
      "SUCCEEDED",
    ),
  }),

  DescribeAccountAssignmentDeletionStatus: ({ AccountAssignmentDeletionRequestId }, context) => ({
    AccountAssignmentDeletionStatus: assignmentStatus(
      findOperation(AccountAssignmentDeletionRequestId, context),
      "SUCCEEDED",
    ),
  }),

  ListAccountAssignments(input, context) {
    findSet(input.InstanceArn, input.PermissionSetArn, context);
    const all = accountAssignments(context).list({ prefix: `${input.PermissionSetArn}|${input.AccountId}|` });
    const { items, next } = page(all, input);
    return { AccountAssignments: items.map(shownAssignment), ...next };
  },

  ListAccountAssignmentsForPrincipal(input, context) {
    findInstance(input.InstanceArn, context);
    const all = accountAssignments(context)
      .list()
      .filter(
        (one) =>
          one.principalId === input.PrincipalId &&
          (input.Filter?.AccountId === undefined || one.account === input.Filter.AccountId),
      );
    const { items, next } = page(all, input);
    return { AccountAssignments: items.map(shownAssignment), ...next };
  },

  ListAccountsForProvisionedPermissionSet(input, context) {
    findSet(input.InstanceArn, input.PermissionSetArn, context);
    const all = accountAssignments(context).list({ prefix: `${input.PermissionSetArn}|` });
    const { items, next } = page([...new Set(all.map((one) => one.account))], input);
    return { AccountIds: items, ...next };
  },

  ListPermissionSetsProvisionedToAccount(input, context) {
    findInstance(input.InstanceArn, context);
    const all = accountAssignments(context)
      .list()
      .filter((one) => one.account === input.AccountId);
    const { items, next } = page([...new Set(all.map((one) => one.permissionSet))], input);
    return { PermissionSets: items, ...next };
  },

  ProvisionPermissionSet({ InstanceArn, PermissionSetArn, TargetId, TargetType }, context) {
    const set = findSet(InstanceArn, PermissionSetArn, context);
    const assigned = accountAssignments(context).list({ prefix: `${PermissionSetArn}|` });
    const accounts = TargetType === "AWS_ACCOUNT" ? [TargetId ?? ""] : assigned.map((one) => one.account);
    for (const account of new Set(accounts)) provision(set, account, context);
    const done = record(
      { kind: "provisioning", permissionSet: set.arn, account: accounts[0] ?? "" },
      context,
    );
    return { PermissionSetProvisioningStatus: provisioningStatus(done, "IN_PROGRESS") };
  },

  DescribePermissionSetProvisioningStatus: ({ ProvisionPermissionSetRequestId }, context) => ({
    PermissionSetProvisioningStatus: provisioningStatus(
      findOperation(ProvisionPermissionSetRequestId, context),
      "SUCCEEDED",
    ),
  }),
};

function shownAssignment(one: {
  permissionSet: string;
  account: string;
  principalType: string;
  principalId: string;
}) {
  return {
    AccountId: one.account,
    PermissionSetArn: one.permissionSet,
    PrincipalType: one.principalType as "USER",
    PrincipalId: one.principalId,
  };
}

function provisioningStatus(
  one: Operation,
  status: "IN_PROGRESS" | "SUCCEEDED",
): Sdk.PermissionSetProvisioningStatus {
  return {
    Status: status,
    RequestId: one.RequestId,
    AccountId: one.account,
    PermissionSetArn: one.permissionSet,
    CreatedDate: new Date(one.created),
  };
}
