/** Customer managed policies and their versions, and AWS's own. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { checkIdentityPolicy, policySize } from "../document.ts";
import { countUses, stamp } from "../entities.ts";
import {
  alreadyExists,
  deleteConflict,
  invalidInput,
  limitExceeded,
  noSuchEntity,
  noSuchPolicy,
  quota,
} from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { type AwsManaged, allAwsManaged, awsManaged } from "../managed/aws-managed.ts";
import { versionsOf } from "../managed/older-versions.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { attachments, keyOf, type ManagedPolicy, policies } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";
import { checkPolicyArn } from "./attachments.ts";

const SIZE = 6144;
const VERSIONS = 5;

/** A policy as AWS shows it. Only GetPolicy shows an empty list of tags. */
function shownPolicy(
  policy: AwsManaged | ManagedPolicy,
  context: ReadContext,
  detail: "created" | "listed" | "full",
): Iam.Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: countUses(context, policy.arn, "attached"),
    PermissionsBoundaryUsageCount: countUses(context, policy.arn, "boundary"),
    IsAttachable: policy.path !== "/aws-service-role/",
    ...(detail === "full" && policy.description && { Description: policy.description }),
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
    ...(detail === "full" ? { Tags: policy.tags.map((tag) => ({ ...tag })) } : {}),
  };
}

function findPolicy(arn: string, context: ReadContext): AwsManaged | ManagedPolicy {
  checkPolicyArn(arn);
  const policy = awsManaged(arn) ?? policies(context).get(arn);
  if (!policy) throw noSuchPolicy(arn);
  return policy;
}

/** A policy that the account may change. @throws NoSuchEntity, or AccessDenied-like InvalidInput for AWS's own */
export function ownPolicy(arn: string, context: ReadContext): Readonly<ManagedPolicy> {
  checkPolicyArn(arn);
  const policy = policies(context).get(arn);
  if (!policy) {
    if (awsManaged(arn)) throw invalidInput("Cannot perform the operation on an AWS managed policy.");
    throw noSuchPolicy(arn);
  }
  return policy;
}

function missingVersion(arn: string, version: string) {
  return noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);
}

function versionOf(arn: string, version: string, context: ReadContext): Readonly<ManagedPolicy> {
  checkPolicyArn(arn);
  const policy = policies(context).get(arn);
  if (!policy?.versions.some((one) => one.id === version)) throw missingVersion(arn, version);
  return policy;
}

function shownVersion({ id, created }: { id: string; created?: number }, defaultVersion: string) {
  return {
    VersionId: id,
    IsDefaultVersion: id === defaultVersion,
    ...(created !== undefined && { CreateDate: new Date(created) }),
  };
}

function checkedDocument(document: string): string {
  checkIdentityPolicy(document);
  if (policySize(document) > SIZE) throw quota("PolicySize", SIZE);
  return document;
}

export const managedPolicyOperations: Handlers<typeof Iam, CallContext> = {
  CreatePolicy(input, context) {
    checkName("policy", "policyName", input.PolicyName);
    const path = checkPath(input.Path);
    const document = checkedDocument(input.PolicyDocument);
    const arn = iamArn(context.account, "policy", path, input.PolicyName);
    // names are unique in the account, whatever the path
    const taken = policies(context)
      .list()
      .some((one) => keyOf(one.name) === keyOf(input.PolicyName));
    if (taken) {
      throw alreadyExists(
        `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
      );
    }
    const now = stamp(context);
    const policy = policies(context).put(arn, {
      name: input.PolicyName,
      path,
      id: uniqueId("ANPA"),
      arn,
      ...(input.Description !== undefined && { description: input.Description }),
      created: now,
      updated: now,
      defaultVersion: "v1",
      versions: [{ id: "v1", document, created: now }],
      next: 2,
      tags: newTags(input.Tags, "exact"),
    });
    // in the order they were given; every later answer sorts them
    const tags = (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value }));
    return { Policy: { ...shownPolicy(policy, context, "created"), ...shownTags(tags) } };
  },

  GetPolicy({ PolicyArn }, context) {
    return { Policy: shownPolicy(findPolicy(PolicyArn, context), context, "full") };
  },

  ListPolicies(input, context) {
    const prefix = input.PathPrefix ?? "/";
    const scope = input.Scope ?? "All";
    const all: (AwsManaged | ManagedPolicy)[] = [
      ...(scope === "AWS" ? [] : policies(context).list()),
      ...(scope === "Local" ? [] : allAwsManaged()),
    ];
    let attached: Set<string> | undefined;
    if (input.OnlyAttached || input.PolicyUsageFilter) {
      const use = input.PolicyUsageFilter === "PermissionsBoundary" ? "boundary" : "attached";
      attached = new Set();
      for (const [key] of attachments(context).entries()) {
        const [arn = "", how] = key.split("|");
        if (how === use) attached.add(arn);
      }
      if (!input.OnlyAttached && input.PolicyUsageFilter === "PermissionsPolicy") attached = undefined;
    }
    const chosen = all
      .filter((one) => one.path.startsWith(prefix) && (!attached || attached.has(one.arn)))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    const { items, more } = page(chosen, (one) => one.arn, input);
    return { Policies: items.map((one) => shownPolicy(one, context, "listed")), ...more };
  },

  DeletePolicy({ PolicyArn }, context) {
    const policy = ownPolicy(PolicyArn, context);
    if (attachments(context).entries({ prefix: `${PolicyArn}|`, limit: 1 }).length > 0) {
      throw deleteConflict("Cannot delete a policy attached to entities.");
    }
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    policies(context).delete(PolicyArn);
    return {};
  },

  CreatePolicyVersion(input, context) {
    const policy = ownPolicy(input.PolicyArn, context);
    const document = checkedDocument(input.PolicyDocument);
    if (policy.versions.length >= VERSIONS) {
      throw limitExceeded(
        `A managed policy can have up to ${VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const id = `v${policy.next}`;
    const created = stamp(context);
    policies(context).update(input.PolicyArn, (draft) => {
      draft.versions.push({ id, document, created });
      draft.next++;
      draft.updated = created;
      if (input.SetAsDefault) draft.defaultVersion = id;
    });
    return {
      PolicyVersion: {
        VersionId: id,
        IsDefaultVersion: input.SetAsDefault ?? false,
        CreateDate: new Date(created),
      },
    };
  },

  GetPolicyVersion({ PolicyArn, VersionId }, context) {
    checkPolicyArn(PolicyArn);
    const aws = awsManaged(PolicyArn);
    const versions = aws ? versionsOf(aws) : policies(context).get(PolicyArn)?.versions;
    const version = versions?.find((one) => one.id === VersionId);
    if (!version) throw missingVersion(PolicyArn, VersionId);
    const { defaultVersion } = findPolicy(PolicyArn, context);
    return {
      PolicyVersion: {
        Document: encodeURIComponent(version.document),
        ...shownVersion(version, defaultVersion),
      },
    };
  },

  ListPolicyVersions(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    const versions = "versions" in policy ? [...policy.versions].reverse() : versionsOf(policy);
    const order = new Map(versions.map((one, i) => [one.id, String(i).padStart(4, "0")]));
    const { items, more } = page(versions, (one) => order.get(one.id) ?? "", input);
    return {
      Versions: items.map((one) => shownVersion(one, policy.defaultVersion)),
      ...more,
    };
  },

  SetDefaultPolicyVersion({ PolicyArn, VersionId }, context) {
    versionOf(PolicyArn, VersionId, context);
    policies(context).update(PolicyArn, (draft) => {
      draft.defaultVersion = VersionId;
      draft.updated = stamp(context);
    });
    return {};
  },

  DeletePolicyVersion({ PolicyArn, VersionId }, context) {
    const policy = versionOf(PolicyArn, VersionId, context);
    if (policy.defaultVersion === VersionId) {
      throw deleteConflict("Cannot delete the default version of a policy.");
    }
    policies(context).update(PolicyArn, (draft) => {
      draft.versions = draft.versions.filter((one) => one.id !== VersionId);
    });
    return {};
  },

  ListEntitiesForPolicy(input, context) {
    findPolicy(input.PolicyArn, context);
    const use = input.PolicyUsageFilter === "PermissionsBoundary" ? ["boundary"] : ["attached"];
    if (input.PolicyUsageFilter === undefined) use.push("boundary");
    const wanted = input.EntityFilter ?? "All";
    const prefix = input.PathPrefix ?? "/";
    const found = new Map<string, { kind: string; id: string; name: string }>();
    for (const one of use) {
      for (const [key, { kind, name }] of attachments(context).entries({
        prefix: `${input.PolicyArn}|${one}|`,
      })) {
        if (wanted !== "All" && wanted !== kind) continue;
        const [, , table = ""] = key.split("|");
        const entity = context.accountTable<{ id: string; path: string }>(`iam.${table}`).get(keyOf(name));
        if (entity?.path.startsWith(prefix)) found.set(`${kind}|${name}`, { kind, name, id: entity.id });
      }
    }
    const all = [...found.values()].sort((a, b) => (`${a.kind}${a.name}` < `${b.kind}${b.name}` ? -1 : 1));
    const { items, more } = page(all, (one) => `${one.kind}${one.name}`, input);
    const of = (kind: string) => items.filter((one) => one.kind === kind);
    return {
      PolicyGroups: of("Group").map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of("User").map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of("Role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...more,
    };
  },
};
