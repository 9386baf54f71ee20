/**
 * IPAM pools of private IPv4 addresses: blocks that are provisioned to them, and allocations out of those.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateIpamPool.html
 */
import { createHash } from "node:crypto";
import type { IpamPool, IpamPoolAllocation } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { overlaps, parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, invalidValue, missing, need, notACidr, unsupported } from "../errors.ts";
import { predicate } from "../filters.ts";
import { newId } from "../identifiers.ts";
import { allocateBlock, checkUnused, freeBlock, releaseBlocks } from "../ipam-allocation.ts";
import type { IpamAllocation, IpamPoolRecord } from "../ipam-records.ts";
import { add, all, arnOf, change, describe, find, remove, tagList } from "../kind.ts";
import { ipamPools, ipamScopes, ipams } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import { checkedTags, specifiedTags } from "../tagging.ts";

type State = "create-in-progress" | "create-complete" | "modify-complete" | "delete-in-progress";

const poolView = (
  one: Readonly<IpamPoolRecord>,
  context: ReadContext,
  State: State = "create-complete",
): IpamPool => ({
  OwnerId: context.account,
  IpamPoolId: one.id,
  IpamPoolArn: arnOf(context, "ipam-pool", one.id),
  ...(one.sourcePoolId && { SourceIpamPoolId: one.sourcePoolId }),
  IpamScopeArn: arnOf(context, "ipam-scope", one.scopeId),
  IpamScopeType: "private",
  IpamArn: arnOf(context, "ipam", one.ipamId),
  IpamRegion: context.region,
  Locale: one.locale ?? "None",
  PoolDepth: one.depth,
  State,
  ...(one.description !== undefined && { Description: one.description }),
  AutoImport: one.autoImport,
  AddressFamily: "ipv4",
  AllocationMinNetmaskLength: one.least ?? 0,
  AllocationMaxNetmaskLength: one.most ?? 32,
  ...(one.default !== undefined && { AllocationDefaultNetmaskLength: one.default }),
  ...(Object.keys(one.resourceTags).length && { AllocationResourceTags: tagList(one.resourceTags) }),
  Tags: tagList(one.tags),
});

const allocationView = (one: Readonly<IpamAllocation>, context: ReadContext): IpamPoolAllocation => ({
  Cidr: one.cidr,
  IpamPoolAllocationId: one.id,
  ...(one.description !== undefined && { Description: one.description }),
  ...(one.resourceId && { ResourceId: one.resourceId, ResourceRegion: context.region }),
  ResourceType: one.type,
  ResourceOwner: context.account,
});

function checkRules({
  least = 0,
  most = 32,
  default: usual,
}: Pick<IpamPoolRecord, "least" | "most" | "default">): void {
  if (least > most)
    throw invalidValue("AllocationMinNetmaskLength cannot be greater than AllocationMaxNetmaskLength.");
  if (usual !== undefined && (usual < least || usual > most)) {
    throw invalidValue(
      "AllocationDefaultNetmaskLength must be between AllocationMinNetmaskLength and AllocationMaxNetmaskLength.",
    );
  }
}

/** A block of its own for a pool at the top: no other pool at the top of the scope has any of it. */
function ownBlock(context: CallContext, pool: Readonly<IpamPoolRecord>, text: string | undefined): string {
  const block = parseCidr(need(text, "cidr"));
  if (block?.family !== 4) throw notACidr("cidr", text);
  const rival = all(context, ipamPools).find(
    (one) =>
      one.scopeId === pool.scopeId &&
      !one.sourcePoolId &&
      one.cidrs.some((cidr) => overlaps(parseCidr(cidr)!, block)),
  );
  if (rival)
    throw invalidValue(
      `The CIDR ${text} overlaps with a CIDR of the ipam-pool ${rival.id} in the same scope.`,
    );
  return printCidr(block);
}

export const ipamPoolOperations: Operations = {
  CreateIpamPool(input, context) {
    const scope = find(context, ipamScopes, need(input.IpamScopeId, "ipamScopeId"));
    const family = need(input.AddressFamily as string | undefined, "addressFamily");
    if (family !== "ipv4" && family !== "ipv6") throw badParameter("addressFamily", family);
    if (family === "ipv6" || scope.type === "public")
      throw unsupported("An IPAM pool of public or IPv6 addresses");
    if (input.AwsService || input.PublicIpSource || input.PubliclyAdvertisable) {
      throw unsupported("An IPAM pool of public or IPv6 addresses");
    }
    if (input.SourceResource) throw unsupported("An IPAM pool for a resource");
    const ipam = find(context, ipams, scope.ipamId);
    const source = input.SourceIpamPoolId ? find(context, ipamPools, input.SourceIpamPoolId) : undefined;
    if (source && source.scopeId !== scope.id) {
      throw invalidValue(`The ipam-pool ${source.id} is not in the ipam-scope ${scope.id}.`);
    }
    const locale = !input.Locale || input.Locale === "None" ? source?.locale : input.Locale;
    if (locale && !ipam.regions.includes(locale)) {
      throw badParameter("locale", locale, "It is not an operating region of the IPAM.");
    }
    if (source?.locale && source.locale !== locale) {
      throw badParameter("locale", locale, "It is not that of the source pool.");
    }
    const rules = {
      ...(input.AllocationMinNetmaskLength !== undefined && { least: input.AllocationMinNetmaskLength }),
      ...(input.AllocationMaxNetmaskLength !== undefined && { most: input.AllocationMaxNetmaskLength }),
      ...(input.AllocationDefaultNetmaskLength !== undefined && {
        default: input.AllocationDefaultNetmaskLength,
      }),
    };
    checkRules(rules);
    const one = add(context, ipamPools, {
      id: newId("ipam-pool"),
      tags: specifiedTags(input.TagSpecifications, "ipam-pool"),
      ipamId: ipam.id,
      scopeId: scope.id,
      ...(source && { sourcePoolId: source.id }),
      depth: (source?.depth ?? 0) + 1,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(locale && { locale }),
      autoImport: input.AutoImport ?? false,
      ...rules,
      resourceTags: checkedTags(input.AllocationResourceTags ?? []),
      cidrs: [],
      allocations: [],
    });
    return { IpamPool: poolView(one, context, "create-in-progress") };
  },

  DescribeIpamPools(input, context) {
    const ids = input.IpamPoolIds;
    const { items, next } = describe(context, ipamPools, input, ids, { idsName: "ipamPoolIds" });
    return { IpamPools: items.map((one) => poolView(one, context)), NextToken: next };
  },

  ModifyIpamPool(input, context) {
    const old = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    const next = structuredClone(old) as IpamPoolRecord;
    if (input.Description !== undefined) next.description = input.Description;
    if (input.AutoImport !== undefined) next.autoImport = input.AutoImport;
    if (input.AllocationMinNetmaskLength !== undefined) next.least = input.AllocationMinNetmaskLength;
    if (input.AllocationMaxNetmaskLength !== undefined) next.most = input.AllocationMaxNetmaskLength;
    if (input.AllocationDefaultNetmaskLength !== undefined)
      next.default = input.AllocationDefaultNetmaskLength;
    if (input.ClearAllocationDefaultNetmaskLength) delete next.default;
    checkRules(next);
    for (const { Key = "" } of input.RemoveAllocationResourceTags ?? []) delete next.resourceTags[Key];
    Object.assign(next.resourceTags, checkedTags(input.AddAllocationResourceTags ?? []));
    change(context, ipamPools, old.id, (draft) => {
      Object.assign(draft, next);
      if (next.default === undefined) delete draft.default;
    });
    return { IpamPool: poolView(next, context, "modify-complete") };
  },

  DeleteIpamPool(input, context) {
    const one = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    if (!input.Cascade) {
      checkUnused(context, one);
      if (one.cidrs.length) {
        throw new AwsError("IncorrectState", `The ipam-pool ${one.id} has one or more provisioned CIDRs.`);
      }
    }
    releaseBlocks(context, one.id);
    remove(context, ipamPools, one.id);
    return { IpamPool: poolView(one, context, "delete-in-progress") };
  },

  ProvisionIpamPoolCidr(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    if (input.CidrAuthorizationContext) throw unsupported("A CIDR of your own on the internet");
    const request = { cidr: input.Cidr, length: input.NetmaskLength, type: "ipam-pool" as const };
    if (input.Cidr === undefined && input.NetmaskLength === undefined) throw missing("cidr or netmaskLength");
    const cidr = pool.sourcePoolId
      ? allocateBlock(context, pool.sourcePoolId, { ...request, resourceId: pool.id }).cidr
      : ownBlock(context, pool, input.Cidr);
    change(context, ipamPools, pool.id, (draft) => void draft.cidrs.push(cidr));
    return {
      IpamPoolCidr: { Cidr: cidr, State: "pending-provision", IpamPoolCidrId: blockId(pool.id, cidr) },
    };
  },

  GetIpamPoolCidrs(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    const holds = predicate<{ cidr: string }>(
      input.Filters,
      { cidr: (one) => one.cidr, state: () => "provisioned" },
      undefined,
      context,
    );
    const { items, next } = page(pool.cidrs.map((cidr) => ({ cidr })).filter(holds), input);
    return {
      IpamPoolCidrs: items.map(({ cidr }) => ({
        Cidr: cidr,
        State: "provisioned" as const,
        IpamPoolCidrId: blockId(pool.id, cidr),
        NetmaskLength: parseCidr(cidr)!.prefix,
      })),
      NextToken: next,
    };
  },

  DeprovisionIpamPoolCidr(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    const cidr = need(input.Cidr, "cidr");
    if (!pool.cidrs.includes(cidr))
      throw invalidValue(`The CIDR ${cidr} is not provisioned to the ipam-pool ${pool.id}.`);
    const block = parseCidr(cidr)!;
    if (pool.allocations.some((one) => overlaps(parseCidr(one.cidr)!, block))) {
      throw new AwsError(
        "IncorrectState",
        `The CIDR ${cidr} of the ipam-pool ${pool.id} has one or more allocations.`,
      );
    }
    releaseBlocks(context, pool.id, cidr);
    change(context, ipamPools, pool.id, (draft) => {
      draft.cidrs = draft.cidrs.filter((one) => one !== cidr);
    });
    return { IpamPoolCidr: { Cidr: cidr, State: "pending-deprovision" } };
  },

  AllocateIpamPoolCidr(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    if (input.AllowedCidrs?.length) throw unsupported("AllowedCidrs of an allocation");
    const request = {
      cidr: input.Cidr,
      length: input.NetmaskLength,
      type: "custom" as const,
      description: input.Description,
      not: input.DisallowedCidrs ?? [],
    };
    if (input.PreviewNextCidr) {
      return {
        IpamPoolAllocation: {
          Cidr: freeBlock(pool, request),
          ResourceType: "custom",
          ResourceOwner: context.account,
        },
      };
    }
    return { IpamPoolAllocation: allocationView(allocateBlock(context, pool.id, request), context) };
  },

  GetIpamPoolAllocations(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    const wanted = input.IpamPoolAllocationId;
    const holds = predicate<IpamAllocation>(
      input.Filters,
      {
        cidr: (one) => one.cidr,
        "ipam-pool-allocation-id": (one) => one.id,
        "resource-id": (one) => one.resourceId,
        "resource-owner": () => context.account,
        "resource-region": () => context.region,
        "resource-type": (one) => one.type,
      },
      undefined,
      context,
    );
    const chosen = pool.allocations.filter((one) => !wanted || one.id === wanted);
    if (wanted && !chosen.length) throw noAllocation(wanted);
    const { items, next } = page(chosen.filter(holds), input, { least: 1, most: 100_000 });
    return { IpamPoolAllocations: items.map((one) => allocationView(one, context)), NextToken: next };
  },

  ReleaseIpamPoolAllocation(input, context) {
    const pool = find(context, ipamPools, need(input.IpamPoolId, "ipamPoolId"));
    const id = need(input.IpamPoolAllocationId, "ipamPoolAllocationId");
    const one = pool.allocations.find((allocation) => allocation.id === id);
    if (!one) throw noAllocation(id);
    if (one.cidr !== need(input.Cidr, "cidr"))
      throw badParameter("cidr", input.Cidr, "It is not that of the allocation.");
    if (one.type !== "custom") {
      throw new AwsError("OperationNotPermitted", `The allocation ${id} is in use by ${one.resourceId}.`);
    }
    change(context, ipamPools, pool.id, (draft) => {
      draft.allocations = draft.allocations.filter((allocation) => allocation.id !== id);
    });
    return { Success: true };
  },
};

/** The same for the same block of a pool. */
const blockId = (poolId: string, cidr: string) =>
  `ipam-pool-cidr-0${createHash("sha256").update(`${poolId} ${cidr}`).digest("hex").slice(0, 32)}`;

const noAllocation = (id: string) =>
  new AwsError("InvalidIpamPoolAllocationId.NotFound", `The ipam-pool-allocation ID '${id}' does not exist`);
