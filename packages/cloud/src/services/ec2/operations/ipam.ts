/**
 * IPAM: IPAMs and their scopes. Pools are in ipam-pools.ts.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateIpam.html
 */
import type { Ipam, IpamScope } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { invalidValue, need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import type { IpamRecord, IpamScopeRecord } from "../ipam-records.ts";
import { add, all, arnOf, change, describe, find, remove, tagList } from "../kind.ts";
import { ipamPools, ipamScopes, ipams } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { specifiedTags } from "../tagging.ts";

const MAX_IPAMS = 1;

type State = "create-in-progress" | "create-complete" | "modify-complete" | "delete-in-progress";

const ipamView = (
  one: Readonly<IpamRecord>,
  context: ReadContext,
  State: State = "create-complete",
): Ipam => ({
  OwnerId: context.account,
  IpamId: one.id,
  IpamArn: arnOf(context, "ipam", one.id),
  IpamRegion: context.region,
  PublicDefaultScopeId: one.publicScopeId,
  PrivateDefaultScopeId: one.privateScopeId,
  ScopeCount: all(context, ipamScopes).filter(({ ipamId }) => ipamId === one.id).length,
  ...(one.description !== undefined && { Description: one.description }),
  OperatingRegions: one.regions.map((RegionName) => ({ RegionName })),
  State,
  Tags: tagList(one.tags),
  ResourceDiscoveryAssociationCount: 0,
  Tier: one.tier,
});

const scopeView = (
  one: Readonly<IpamScopeRecord>,
  context: ReadContext,
  State: State = "create-complete",
): IpamScope => ({
  OwnerId: context.account,
  IpamScopeId: one.id,
  IpamScopeArn: arnOf(context, "ipam-scope", one.id),
  IpamArn: arnOf(context, "ipam", one.ipamId),
  IpamRegion: context.region,
  IpamScopeType: one.type,
  IsDefault: one.isDefault,
  ...(one.description !== undefined && { Description: one.description }),
  PoolCount: all(context, ipamPools).filter(({ scopeId }) => scopeId === one.id).length,
  State,
  Tags: tagList(one.tags),
});

const inUse = (what: string, id: string) =>
  new AwsError("DependencyViolation", `The ${what} '${id}' has dependencies and cannot be deleted.`);

/** What a cascade takes along: private scopes with their pools, allocations and all. */
function deleteContents(context: CallContext, one: Readonly<IpamRecord>): void {
  for (const pool of all(context, ipamPools)) if (pool.ipamId === one.id) remove(context, ipamPools, pool.id);
  for (const scope of all(context, ipamScopes))
    if (scope.ipamId === one.id) remove(context, ipamScopes, scope.id);
}

export const ipamOperations: Operations = {
  CreateIpam(input, context) {
    if (all(context, ipams).length >= MAX_IPAMS) {
      throw new AwsError(
        "ResourceLimitExceeded",
        `You have reached the limit of ${MAX_IPAMS} IPAM in the region.`,
      );
    }
    if (input.EnablePrivateGua) throw unsupported("EnablePrivateGua of an IPAM");
    if (input.MeteredAccount === "resource-owner") throw unsupported("A metered account of an IPAM");
    const id = newId("ipam");
    const scope = (type: "public" | "private") =>
      add(context, ipamScopes, { id: newId("ipam-scope"), tags: {}, ipamId: id, type, isDefault: true }).id;
    const named = (input.OperatingRegions ?? []).flatMap((one) => one.RegionName ?? []);
    const one = add(context, ipams, {
      id,
      tags: specifiedTags(input.TagSpecifications, "ipam"),
      ...(input.Description !== undefined && { description: input.Description }),
      // the home region is always one
      regions: [...new Set([...named, context.region])],
      tier: input.Tier ?? "advanced",
      publicScopeId: scope("public"),
      privateScopeId: scope("private"),
    });
    return { Ipam: ipamView(one, context, "create-in-progress") };
  },

  DescribeIpams(input, context) {
    const { items, next } = describe(context, ipams, input, input.IpamIds, { idsName: "ipamIds" });
    return { Ipams: items.map((one) => ipamView(one, context)), NextToken: next };
  },

  ModifyIpam(input, context) {
    const { id } = find(context, ipams, need(input.IpamId, "ipamId"));
    if (input.EnablePrivateGua) throw unsupported("EnablePrivateGua of an IPAM");
    if (input.MeteredAccount === "resource-owner") throw unsupported("A metered account of an IPAM");
    const gone = new Set((input.RemoveOperatingRegions ?? []).map((one) => one.RegionName));
    if (gone.has(context.region))
      throw invalidValue("The home region of an IPAM is always an operating region.");
    const one = change(context, ipams, id, (draft) => {
      if (input.Description !== undefined) draft.description = input.Description;
      if (input.Tier) draft.tier = input.Tier;
      const added = (input.AddOperatingRegions ?? []).flatMap((region) => region.RegionName ?? []);
      draft.regions = [...new Set([...draft.regions, ...added])].filter((region) => !gone.has(region));
    });
    return { Ipam: ipamView(one, context, "modify-complete") };
  },

  DeleteIpam(input, context) {
    const one = find(context, ipams, need(input.IpamId, "ipamId"));
    const mine = ({ ipamId }: { ipamId: string }) => ipamId === one.id;
    const more =
      all(context, ipamPools).some(mine) ||
      all(context, ipamScopes).some((scope) => mine(scope) && !scope.isDefault);
    if (more && !input.Cascade) throw inUse("ipam", one.id);
    const view = ipamView(one, context, "delete-in-progress");
    deleteContents(context, one);
    remove(context, ipams, one.id);
    return { Ipam: view };
  },

  CreateIpamScope(input, context) {
    const ipam = find(context, ipams, need(input.IpamId, "ipamId"));
    if (input.ExternalAuthorityConfiguration) throw unsupported("An external authority of an IPAM scope");
    const one = add(context, ipamScopes, {
      id: newId("ipam-scope"),
      tags: specifiedTags(input.TagSpecifications, "ipam-scope"),
      ipamId: ipam.id,
      type: "private",
      isDefault: false,
      ...(input.Description !== undefined && { description: input.Description }),
    });
    return { IpamScope: scopeView(one, context, "create-in-progress") };
  },

  DescribeIpamScopes(input, context) {
    const ids = input.IpamScopeIds;
    const { items, next } = describe(context, ipamScopes, input, ids, { idsName: "ipamScopeIds" });
    return { IpamScopes: items.map((one) => scopeView(one, context)), NextToken: next };
  },

  ModifyIpamScope(input, context) {
    const { id } = find(context, ipamScopes, need(input.IpamScopeId, "ipamScopeId"));
    const one = change(context, ipamScopes, id, (draft) => {
      if (input.Description !== undefined) draft.description = input.Description;
    });
    return { IpamScope: scopeView(one, context, "modify-complete") };
  },

  DeleteIpamScope(input, context) {
    const one = find(context, ipamScopes, need(input.IpamScopeId, "ipamScopeId"));
    if (one.isDefault) {
      throw new AwsError(
        "OperationNotPermitted",
        `The ipam-scope '${one.id}' is a default scope and cannot be deleted.`,
      );
    }
    if (all(context, ipamPools).some(({ scopeId }) => scopeId === one.id)) throw inUse("ipam-scope", one.id);
    remove(context, ipamScopes, one.id);
    return { IpamScope: scopeView(one, context, "delete-in-progress") };
  },
};
