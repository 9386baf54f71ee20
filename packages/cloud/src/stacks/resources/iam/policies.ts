/** IAM policies: managed ones, inline ones written as resources, and identity providers. */

import type { ValueMap } from "../../template/value.ts";
import { compact, declared, list, pick, policyText, type Work } from "../declared.ts";
import { listChanges } from "../ec2/shared.ts";
import { type HandlerTable, type ResourceHandler, type ResourceRequest, text } from "../handler.ts";
import { keyValues, tagList } from "../tags.ts";
import { unlessGone } from "./principals.ts";

const service = "iam";
const KINDS = [
  ["Role", "Roles"],
  ["User", "Users"],
  ["Group", "Groups"],
] as const;

/** `AWS::IAM::Policy`: one inline policy on several principals. */
const inlinePolicy: ResourceHandler = {
  async create(p, r) {
    // the id first, so that a failure half-way is taken back
    const physicalId = r.generatedName(60);
    r.made(physicalId);
    await putInline(p, {}, r);
    return { physicalId, attributes: { Id: physicalId } };
  },
  async update(physical, p, _, r) {
    await putInline(p, physical.properties, r);
  },
  async delete({ properties }, r) {
    await takeInline(properties, {}, r);
  },
};

async function putInline(p: ValueMap, old: ValueMap, r: ResourceRequest): Promise<void> {
  for (const [kind, property] of KINDS) {
    for (const name of list(p[property])) {
      await r.call(service, `Put${kind}Policy`, {
        [`${kind}Name`]: name,
        PolicyName: p.PolicyName,
        PolicyDocument: policyText(p.PolicyDocument),
      });
    }
  }
  await takeInline(old, p, r);
}

/** Removes the policy where `keep` no longer has it. */
async function takeInline(p: ValueMap, keep: ValueMap, r: ResourceRequest): Promise<void> {
  for (const [kind, property] of KINDS) {
    for (const name of list(p[property])) {
      if (keep.PolicyName === p.PolicyName && list(keep[property]).includes(name)) continue;
      await unlessGone(
        r.call(service, `Delete${kind}Policy`, { [`${kind}Name`]: name, PolicyName: p.PolicyName }),
      );
    }
  }
}

/** `AWS::IAM::RolePolicy` and its siblings: one inline policy on one principal. */
function singlePolicy(kind: "Role" | "User" | "Group"): ResourceHandler {
  const member = `${kind}Name`;
  const put = (p: ValueMap, r: ResourceRequest) =>
    r.call(service, `Put${kind}Policy`, {
      [member]: p[member],
      PolicyName: p.PolicyName,
      PolicyDocument: policyText(p.PolicyDocument ?? {}),
    });
  return {
    async create(p, r) {
      await put(p, r);
      return { physicalId: `${text(p.PolicyName)}|${text(p[member])}` };
    },
    async update(_, p, __, r) {
      await put(p, r);
    },
    async delete({ properties: p }, r) {
      await r.call(service, `Delete${kind}Policy`, { [member]: p[member], PolicyName: p.PolicyName });
    },
  };
}

async function attach(p: ValueMap, old: ValueMap, PolicyArn: string, r: ResourceRequest): Promise<void> {
  for (const [kind, property] of KINDS) {
    const [added, removed] = listChanges(old[property], p[property]);
    for (const name of removed)
      await unlessGone(r.call(service, `Detach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn }));
    for (const name of added)
      await r.call(service, `Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn });
  }
}

const managedPolicy: ResourceHandler = {
  nameProperty: "ManagedPolicyName",
  changing: ["AttachmentCount", "DefaultVersionId", "PermissionsBoundaryUsageCount", "UpdateDate"],
  async create(p, r) {
    const output = await r.call(
      service,
      "CreatePolicy",
      compact({
        PolicyName: text(p.ManagedPolicyName) || r.generatedName(128),
        PolicyDocument: policyText(p.PolicyDocument),
        ...pick(p, "Path", "Description"),
      }),
    );
    r.made(output.Policy.Arn);
    await attach(p, {}, output.Policy.Arn, r);
    return { physicalId: output.Policy.Arn };
  },
  async attributes({ physicalId }, r) {
    const { Policy } = await r.read(service, "GetPolicy", { PolicyArn: physicalId });
    return {
      PolicyArn: physicalId,
      PolicyId: Policy.PolicyId,
      AttachmentCount: Policy.AttachmentCount ?? 0,
      DefaultVersionId: Policy.DefaultVersionId,
      IsAttachable: Policy.IsAttachable ?? true,
      PermissionsBoundaryUsageCount: Policy.PermissionsBoundaryUsageCount ?? 0,
      CreateDate: new Date(Policy.CreateDate ?? 0).toISOString(),
      UpdateDate: new Date(Policy.UpdateDate ?? Policy.CreateDate ?? 0).toISOString(),
    };
  },
  async update({ physicalId, properties: old }, p, changes, r) {
    if (changes.some((one) => one.name === "PolicyDocument")) {
      await makeRoom(physicalId, r);
      await r.call(service, "CreatePolicyVersion", {
        PolicyArn: physicalId,
        PolicyDocument: policyText(p.PolicyDocument),
        SetAsDefault: true,
      });
    }
    await attach(p, old, physicalId, r);
  },
  async delete({ physicalId, properties: p }, r) {
    await attach({}, p, physicalId, r);
    const { Versions = [] } = await r.read(service, "ListPolicyVersions", { PolicyArn: physicalId });
    for (const one of Versions as Version[]) {
      if (!one.IsDefaultVersion)
        await r.call(service, "DeletePolicyVersion", { PolicyArn: physicalId, VersionId: one.VersionId });
    }
    await r.call(service, "DeletePolicy", { PolicyArn: physicalId });
  },
};

interface Version {
  VersionId: string;
  IsDefaultVersion?: boolean;
}

/** A policy has at most five versions: the oldest that is not in force makes place. */
async function makeRoom(PolicyArn: string, r: ResourceRequest): Promise<void> {
  const { Versions = [] } = await r.read(service, "ListPolicyVersions", { PolicyArn });
  const all = Versions as Version[];
  if (all.length < 5) return;
  const oldest = all
    .filter((one) => !one.IsDefaultVersion)
    .sort((a, b) => Number(a.VersionId.slice(1)) - Number(b.VersionId.slice(1)))[0];
  if (oldest) await r.call(service, "DeletePolicyVersion", { PolicyArn, VersionId: oldest.VersionId });
}

export const policyTypes: HandlerTable = {
  "AWS::IAM::Policy": inlinePolicy,
  "AWS::IAM::ManagedPolicy": managedPolicy,
  "AWS::IAM::RolePolicy": singlePolicy("Role"),
  "AWS::IAM::UserPolicy": singlePolicy("User"),
  "AWS::IAM::GroupPolicy": singlePolicy("Group"),
  "AWS::IAM::OIDCProvider": declared({
    service,
    create: {
      op: "CreateOpenIDConnectProvider",
      input: ({ p, r }) => ({
        ...pick(p, "Url", "ThumbprintList"),
        ClientIDList: p.ClientIdList,
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.OpenIDConnectProviderArn,
    steps: [
      {
        of: ["ClientIdList"],
        updateOnly: true,
        run: async ({ id, p, old, r }: Work) => {
          const [added, removed] = listChanges(old?.ClientIdList, p.ClientIdList);
          const OpenIDConnectProviderArn = id;
          for (const ClientID of added)
            await r.call(service, "AddClientIDToOpenIDConnectProvider", {
              OpenIDConnectProviderArn,
              ClientID,
            });
          for (const ClientID of removed)
            await r.call(service, "RemoveClientIDFromOpenIDConnectProvider", {
              OpenIDConnectProviderArn,
              ClientID,
            });
        },
      },
      {
        of: ["ThumbprintList"],
        updateOnly: true,
        op: "UpdateOpenIDConnectProviderThumbprint",
        input: ({ id, p }) => ({ OpenIDConnectProviderArn: id, ThumbprintList: p.ThumbprintList }),
      },
    ],
    attributes: (_, { id }) => ({ Arn: id }),
    delete: { op: "DeleteOpenIDConnectProvider", input: ({ id }) => ({ OpenIDConnectProviderArn: id }) },
    tags: {
      put: ({ id, r }, tags) =>
        r.call(service, "TagOpenIDConnectProvider", { OpenIDConnectProviderArn: id, Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) =>
        r.call(service, "UntagOpenIDConnectProvider", { OpenIDConnectProviderArn: id, TagKeys }),
    },
  }),
  "AWS::IAM::SAMLProvider": declared({
    service,
    create: {
      op: "CreateSAMLProvider",
      input: ({ p, r }) => ({
        ...pick(p, "AssertionEncryptionMode"),
        SAMLMetadataDocument: p.SamlMetadataDocument,
        Name: text(p.Name) || r.generatedName(128),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.SAMLProviderArn,
    steps: [
      {
        of: ["SamlMetadataDocument"],
        updateOnly: true,
        op: "UpdateSAMLProvider",
        input: ({ id, p }) => ({ SAMLProviderArn: id, SAMLMetadataDocument: p.SamlMetadataDocument }),
      },
    ],
    attributes: (_, { id }) => ({ Arn: id }),
    delete: { op: "DeleteSAMLProvider", input: ({ id }) => ({ SAMLProviderArn: id }) },
    nameProperty: "Name",
    tags: {
      put: ({ id, r }, tags) =>
        r.call(service, "TagSAMLProvider", { SAMLProviderArn: id, Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) => r.call(service, "UntagSAMLProvider", { SAMLProviderArn: id, TagKeys }),
    },
  }),
};
