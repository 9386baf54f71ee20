/** Roots, organisational units, policies and where they are attached; tags, trusted services, delegation. */

import type * as Sdk from "@aws-sdk/client-organizations";
import type { CallContext } from "../../context.ts";
import { policyProblem } from "../../gateway/compiled.ts";
import type { Handlers } from "../../wire/types.ts";
import {
  childNotFound,
  constraint,
  duplicateAttachment,
  duplicatePolicy,
  duplicateUnit,
  invalidInput,
  malformedPolicy,
  notAttached,
  parentNotFound,
  policyInUse,
  policyNotFound,
  rootNotFound,
  targetNotFound,
  typeEnabled,
  typeNotEnabled,
  unitNotEmpty,
  unitNotFound,
} from "./errors.ts";
import {
  type Node,
  type Organization,
  organizations,
  type Policy,
  type PolicyType,
  policies,
  type Tag,
} from "./state.ts";
import { arnOf, childrenOf, firstPolicies, fullAccessId, managed, nodesOf, page, randomId } from "./tree.ts";

/** Policies of one type that one target may have. */
const PER_TARGET = 5;
const SIZE = 5120;

const shownUnit = (one: Node): Sdk.OrganizationalUnit => ({ Id: one.id, Arn: one.arn, Name: one.name });
const summary = (one: Policy): Sdk.PolicySummary => ({
  Id: one.id,
  Arn: one.arn,
  Name: one.name,
  Description: one.description,
  Type: one.type,
  AwsManaged: one.awsManaged,
});
const shownRoot = (one: Node, organization: Organization): Sdk.Root => ({
  Id: one.id,
  Arn: one.arn,
  Name: one.name,
  PolicyTypes: organization.enabled.map((Type) => ({ Type, Status: "ENABLED" })),
});

/** @throws MalformedPolicyDocument */
function checkContent(type: PolicyType, content: string): void {
  if (content.length > SIZE) {
    throw constraint(
      "POLICY_CONTENT_LIMIT_EXCEEDED",
      `You have exceeded the maximum policy size for ${type.toLowerCase().replaceAll("_", " ")}.`,
    );
  }
  let policy: { Version?: unknown; Statement?: unknown };
  try {
    policy = JSON.parse(content) as typeof policy;
  } catch {
    throw malformedPolicy();
  }
  if (typeof policy !== "object" || policy === null) throw malformedPolicy();
  if (type !== "SERVICE_CONTROL_POLICY" && type !== "RESOURCE_CONTROL_POLICY") return;
  const statements = (Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]) as Record<
    string,
    unknown
  >[];
  for (const one of statements) {
    if (typeof one !== "object" || one === null) throw malformedPolicy();
    if (one.Effect !== "Allow" && one.Effect !== "Deny") throw malformedPolicy();
    if (one.Action === undefined && one.NotAction === undefined) throw malformedPolicy();
    if (one.Resource === undefined && one.NotResource === undefined) throw malformedPolicy();
    if (type === "SERVICE_CONTROL_POLICY") {
      if (one.Principal !== undefined || one.NotPrincipal !== undefined) throw malformedPolicy();
    } else if (one.Effect !== "Deny" || one.Principal !== "*" || one.NotAction !== undefined) {
      throw malformedPolicy();
    }
  }
  if (policyProblem(content, type === "SERVICE_CONTROL_POLICY" ? "scp" : "rcp") !== undefined)
    throw malformedPolicy();
}

function findPolicy(id: string, organization: Organization, context: CallContext): Readonly<Policy> {
  const found = policies(context, organization.id).get(id);
  if (!found) throw policyNotFound();
  return found;
}

function findTarget(id: string, organization: Organization, context: CallContext): Readonly<Node> {
  const found = nodesOf(organization, context).get(id);
  if (!found) throw targetNotFound();
  return found;
}

/** Where a resource's tags are: a node, or a policy. */
function tagsOf(
  id: string,
  organization: Organization,
  context: CallContext,
): { tags: readonly Tag[]; change: (next: (old: Tag[]) => Tag[]) => void } {
  const table = id.startsWith("p-") ? policies(context, organization.id) : nodesOf(organization, context);
  const row = table.get(id);
  if (!row) throw targetNotFound();
  return {
    tags: row.tags,
    change: (next) => {
      (
        table as typeof table & { update: (key: string, edit: (draft: { tags: Tag[] }) => void) => unknown }
      ).update(id, (draft: { tags: Tag[] }) => {
        draft.tags = next(draft.tags);
      });
    },
  };
}

export const unitAndPolicyOperations: Handlers<typeof Sdk, CallContext> = {
  ListRoots(_input, context) {
    const organization = managed(context, true);
    const root = nodesOf(organization, context).get(organization.root);
    return { Roots: root ? [shownRoot(root, organization)] : [] };
  },

  CreateOrganizationalUnit({ ParentId, Name, Tags }, context) {
    const organization = managed(context);
    const parent = nodesOf(organization, context).get(ParentId);
    if (!parent || parent.kind === "ACCOUNT") throw parentNotFound();
    const siblings = childrenOf(ParentId, organization, context);
    if (siblings.some((one) => one.kind === "ORGANIZATIONAL_UNIT" && one.name === Name))
      throw duplicateUnit();
    const id = `ou-${organization.root.slice(2)}-${randomId(8)}`;
    const unit = nodesOf(organization, context).put(id, {
      id,
      kind: "ORGANIZATIONAL_UNIT",
      arn: arnOf(organization, "ou", id),
      name: Name,
      parent: ParentId,
      policies: firstPolicies(organization),
      tags: (Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
    });
    return { OrganizationalUnit: shownUnit(unit) };
  },

  DescribeOrganizationalUnit({ OrganizationalUnitId }, context) {
    const organization = managed(context, true);
    const unit = nodesOf(organization, context).get(OrganizationalUnitId);
    if (unit?.kind !== "ORGANIZATIONAL_UNIT") throw unitNotFound();
    return { OrganizationalUnit: shownUnit(unit) };
  },

  UpdateOrganizationalUnit({ OrganizationalUnitId, Name }, context) {
    const organization = managed(context);
    const unit = nodesOf(organization, context).get(OrganizationalUnitId);
    if (unit?.kind !== "ORGANIZATIONAL_UNIT") throw unitNotFound();
    const siblings = childrenOf(unit.parent ?? "", organization, context);
    if (Name !== undefined && siblings.some((one) => one.name === Name && one.id !== unit.id)) {
      throw duplicateUnit();
    }
    const changed = nodesOf(organization, context).update(OrganizationalUnitId, (draft) => {
      draft.name = Name ?? draft.name;
    });
    return { OrganizationalUnit: shownUnit(changed as Node) };
  },

  DeleteOrganizationalUnit({ OrganizationalUnitId }, context) {
    const organization = managed(context);
    const unit = nodesOf(organization, context).get(OrganizationalUnitId);
    if (unit?.kind !== "ORGANIZATIONAL_UNIT") throw unitNotFound();
    if (childrenOf(unit.id, organization, context).length > 0) throw unitNotEmpty();
    nodesOf(organization, context).delete(unit.id);
    return {};
  },

  ListOrganizationalUnitsForParent(input, context) {
    const organization = managed(context, true);
    const parent = nodesOf(organization, context).get(input.ParentId);
    if (!parent || parent.kind === "ACCOUNT") throw parentNotFound();
    const all = childrenOf(input.ParentId, organization, context).filter(
      (one) => one.kind === "ORGANIZATIONAL_UNIT",
    );
    const { items, next } = page(all, input);
    return { OrganizationalUnits: items.map(shownUnit), ...next };
  },

  ListChildren(input, context) {
    const organization = managed(context, true);
    const parent = nodesOf(organization, context).get(input.ParentId);
    if (!parent || parent.kind === "ACCOUNT") throw parentNotFound();
    const all = childrenOf(input.ParentId, organization, context).filter(
      (one) => one.kind === input.ChildType,
    );
    const { items, next } = page(all, input);
    return { Children: items.map((one) => ({ Id: one.id, Type: input.ChildType })), ...next };
  },

  ListParents({ ChildId }, context) {
    const organization = managed(context, true);
    const child = nodesOf(organization, context).get(ChildId);
    const parent = child?.parent === undefined ? undefined : nodesOf(organization, context).get(child.parent);
    if (!parent) throw childNotFound();
    return {
      Parents: [{ Id: parent.id, Type: parent.kind === "ROOT" ? "ROOT" : "ORGANIZATIONAL_UNIT" }],
    };
  },

  EnablePolicyType({ RootId, PolicyType }, context) {
    const organization = managed(context);
    if (RootId !== organization.root) throw rootNotFound();
    if (organization.enabled.includes(PolicyType as PolicyType)) throw typeEnabled();
    const changed = organizations(context).update(organization.id, (draft) => {
      draft.enabled.push(PolicyType as PolicyType);
    }) as Organization;
    const full = fullAccessId(PolicyType as PolicyType);
    if (full) {
      const table = nodesOf(organization, context);
      for (const one of table.list()) {
        table.update(one.id, (draft) => {
          draft.policies.push(full);
        });
      }
    }
    const root = nodesOf(organization, context).get(RootId) as Node;
    return { Root: shownRoot(root, changed) };
  },

  DisablePolicyType({ RootId, PolicyType }, context) {
    const organization = managed(context);
    if (RootId !== organization.root) throw rootNotFound();
    if (!organization.enabled.includes(PolicyType as PolicyType)) throw typeNotEnabled();
    const changed = organizations(context).update(organization.id, (draft) => {
      draft.enabled = draft.enabled.filter((one) => one !== PolicyType);
    }) as Organization;
    const table = nodesOf(organization, context);
    for (const one of table.list()) {
      table.update(one.id, (draft) => {
        draft.policies = draft.policies.filter(
          (id) => policies(context, organization.id).get(id)?.type !== PolicyType,
        );
      });
    }
    return { Root: shownRoot(table.get(RootId) as Node, changed) };
  },

  CreatePolicy({ Name, Description, Content, Type, Tags }, context) {
    const organization = managed(context);
    if (organization.features !== "ALL")
      throw constraint("ACCOUNT_CREATION_NOT_COMPLETE", "All features must be enabled.");
    checkContent(Type as PolicyType, Content);
    const table = policies(context, organization.id);
    if (table.list().some((one) => one.name === Name && one.type === Type)) throw duplicatePolicy();
    const id = `p-${randomId(8)}`;
    const made = table.put(id, {
      id,
      arn: arnOf(organization, "policy", `${Type.toLowerCase()}/${id}`),
      name: Name,
      description: Description,
      type: Type as PolicyType,
      awsManaged: false,
      content: Content,
      tags: (Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
    });
    return { Policy: { PolicySummary: summary(made), Content: made.content } };
  },

  DescribePolicy({ PolicyId }, context) {
    const one = findPolicy(PolicyId, managed(context, true), context);
    return { Policy: { PolicySummary: summary(one), Content: one.content } };
  },

  UpdatePolicy({ PolicyId, Name, Description, Content }, context) {
    const organization = managed(context);
    const one = findPolicy(PolicyId, organization, context);
    if (one.awsManaged) throw invalidInput("IMMUTABLE_POLICY");
    if (Content !== undefined) checkContent(one.type, Content);
    const table = policies(context, organization.id);
    if (
      Name !== undefined &&
      table.list().some((two) => two.name === Name && two.id !== PolicyId && two.type === one.type)
    ) {
      throw duplicatePolicy();
    }
    const changed = table.update(PolicyId, (draft) => {
      draft.name = Name ?? draft.name;
      draft.description = Description ?? draft.description;
      draft.content = Content ?? draft.content;
    }) as Policy;
    return { Policy: { PolicySummary: summary(changed), Content: changed.content } };
  },

  DeletePolicy({ PolicyId }, context) {
    const organization = managed(context);
    const one = findPolicy(PolicyId, organization, context);
    if (one.awsManaged) throw invalidInput("IMMUTABLE_POLICY");
    const used = nodesOf(organization, context)
      .list()
      .some((node) => node.policies.includes(PolicyId));
    if (used) throw policyInUse();
    policies(context, organization.id).delete(PolicyId);
    return {};
  },

  ListPolicies(input, context) {
    const organization = managed(context, true);
    const all = policies(context, organization.id)
      .list()
      .filter((one) => one.type === input.Filter);
    const { items, next } = page(all, input);
    return { Policies: items.map(summary), ...next };
  },

  ListPoliciesForTarget(input, context) {
    const organization = managed(context, true);
    const target = findTarget(input.TargetId, organization, context);
    const all = target.policies
      .flatMap((id) => policies(context, organization.id).get(id) ?? [])
      .filter((one) => one.type === input.Filter);
    const { items, next } = page(all, input);
    return { Policies: items.map(summary), ...next };
  },

  ListTargetsForPolicy(input, context) {
    const organization = managed(context, true);
    findPolicy(input.PolicyId, organization, context);
    const all = nodesOf(organization, context)
      .list()
      .filter((one) => one.policies.includes(input.PolicyId));
    const { items, next } = page(all, input);
    return {
      Targets: items.map((one) => ({ TargetId: one.id, Arn: one.arn, Name: one.name, Type: one.kind })),
      ...next,
    };
  },

  AttachPolicy({ PolicyId, TargetId }, context) {
    const organization = managed(context);
    const policy = findPolicy(PolicyId, organization, context);
    const target = findTarget(TargetId, organization, context);
    if (!organization.enabled.includes(policy.type)) throw typeNotEnabled();
    if (target.policies.includes(PolicyId)) throw duplicateAttachment();
    const same = target.policies.filter(
      (id) => policies(context, organization.id).get(id)?.type === policy.type,
    );
    if (same.length >= PER_TARGET) {
      throw constraint(
        "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        "You have attached the maximum number of policies of this type to the specified target.",
      );
    }
    nodesOf(organization, context).update(TargetId, (draft) => {
      draft.policies.push(PolicyId);
    });
    return {};
  },

  DetachPolicy({ PolicyId, TargetId }, context) {
    const organization = managed(context);
    const policy = findPolicy(PolicyId, organization, context);
    const target = findTarget(TargetId, organization, context);
    if (!target.policies.includes(PolicyId)) throw notAttached();
    if (PolicyId === "p-RCPFullAWSAccess") {
      throw invalidInput("IMMUTABLE_POLICY", "RCPFullAWSAccess can't be detached.");
    }
    const rest = target.policies.filter((id) => id !== PolicyId);
    const isScp = policy.type === "SERVICE_CONTROL_POLICY";
    if (isScp && !rest.some((id) => policies(context, organization.id).get(id)?.type === policy.type)) {
      throw constraint(
        "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        "You cannot remove the last policy of this type from the specified target.",
      );
    }
    nodesOf(organization, context).update(TargetId, (draft) => {
      draft.policies = rest;
    });
    return {};
  },

  TagResource({ ResourceId, Tags }, context) {
    const organization = managed(context);
    const keys = Tags.map((tag) => tag.Key);
    tagsOf(ResourceId, organization, context).change((old) => [
      ...old.filter((tag) => !keys.includes(tag.Key)),
      ...Tags.map(({ Key = "", Value = "" }) => ({ Key, Value })),
    ]);
    return {};
  },

  UntagResource({ ResourceId, TagKeys }, context) {
    tagsOf(ResourceId, managed(context), context).change((old) =>
      old.filter((tag) => !TagKeys.includes(tag.Key)),
    );
    return {};
  },

  ListTagsForResource({ ResourceId }, context) {
    return { Tags: tagsOf(ResourceId, managed(context, true), context).tags.map((tag) => ({ ...tag })) };
  },
};
