/**
 * Giving blocks of IPAM pools to VPCs, to pools below them, and to nobody in particular, and taking them back.
 * https://docs.aws.amazon.com/vpc/latest/ipam/allocate-cidrs-ipam.html
 */
import { randomBytes } from "node:crypto";
import type { CallContext, ReadContext } from "../../context.ts";
import { type Cidr, contains, overlaps, parseCidr, printCidr, sizeOf } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { invalidValue, missing, notACidr } from "./errors.ts";
import type { IpamAllocation, IpamPoolRecord } from "./ipam-records.ts";
import { all, change, find } from "./kind.ts";
import { ipamPools } from "./kinds.ts";
import type { Tags } from "./records.ts";

export interface Request {
  cidr?: string | undefined;
  length?: number | undefined;
  type: IpamAllocation["type"];
  resourceId?: string | undefined;
  description?: string | undefined;
  /** Of the resource; the pool may want some. */
  tags?: Tags;
  /** Blocks that will not do, though they are free. */
  not?: readonly string[];
}

const tooBig = () => invalidValue("The allocation size is too big for the pool.");

/** The block that a request would get. @throws AwsError when the pool's rules or what is left do not allow one */
export function freeBlock(pool: Readonly<IpamPoolRecord>, request: Request): string {
  const taken = [...pool.allocations.map((one) => one.cidr), ...(request.not ?? [])].map(
    (one) => parseCidr(one)!,
  );
  if (request.cidr !== undefined) {
    const block = parseCidr(request.cidr);
    if (block?.family !== 4) throw notACidr("cidr", request.cidr);
    checkLength(pool, block.prefix);
    if (!pool.cidrs.some((one) => contains(parseCidr(one)!, block))) {
      throw invalidValue(`The requested CIDR ${request.cidr} is not in the pool ${pool.id}.`);
    }
    if (taken.some((one) => overlaps(one, block))) {
      throw invalidValue(
        `The requested CIDR ${request.cidr} conflicts with an allocation of the pool ${pool.id}.`,
      );
    }
    return printCidr(block);
  }
  const length = request.length ?? pool.default;
  if (length === undefined) throw missing("netmaskLength");
  checkLength(pool, length);
  for (const text of pool.cidrs) {
    const whole = parseCidr(text)!;
    if (whole.prefix > length) continue;
    const found = firstFree(whole, length, taken);
    if (found) return printCidr(found);
  }
  throw tooBig();
}

function firstFree(whole: Cidr, length: number, taken: readonly Cidr[]): Cidr | undefined {
  const end = whole.base + sizeOf(whole);
  for (let base = whole.base; base < end; ) {
    const block: Cidr = { family: 4, base, prefix: length };
    const clash = taken.find((one) => overlaps(one, block));
    if (!clash) return block;
    // beyond what is in the way, on a border of this size
    const step = sizeOf(block);
    const next = clash.base + sizeOf(clash);
    base = ((next + step - 1n) / step) * step;
  }
  return undefined;
}

function checkLength({ id, least = 0, most = 32 }: Readonly<IpamPoolRecord>, length: number): void {
  if (length >= least && length <= most) return;
  throw invalidValue(
    `The netmask length ${length} is not within the allocation rules of the pool ${id} (${least}-${most}).`,
  );
}

function checkTags(pool: Readonly<IpamPoolRecord>, tags: Tags): void {
  const lacking = Object.entries(pool.resourceTags).filter(([key, value]) => tags[key] !== value);
  if (!lacking.length) return;
  throw invalidValue(
    `The resource does not have the tags that the pool ${pool.id} requires: ${lacking.map(([key, value]) => `${key}=${value}`).join(", ")}.`,
  );
}

/** Takes a block out of a pool. */
export function allocateBlock(context: CallContext, poolId: string, request: Request): IpamAllocation {
  const pool = find(context, ipamPools, poolId);
  if (request.type === "vpc") {
    if (pool.locale !== context.region) {
      throw invalidValue(
        `The locale of the pool ${pool.id} (${pool.locale ?? "None"}) is not the region of the VPC (${context.region}).`,
      );
    }
    checkTags(pool, request.tags ?? {});
  }
  const one: IpamAllocation = {
    id: `ipam-pool-alloc-0${randomBytes(16).toString("hex")}`,
    cidr: freeBlock(pool, request),
    type: request.type,
    ...(request.resourceId && { resourceId: request.resourceId }),
    ...(request.description && { description: request.description }),
  };
  change(context, ipamPools, pool.id, (draft) => void draft.allocations.push(one));
  return one;
}

/** Gives back what a resource has, or one block of it. */
export function releaseBlocks(context: CallContext, resourceId: string, cidr?: string): void {
  const gone = (one: Readonly<IpamAllocation>) =>
    one.resourceId === resourceId && (cidr === undefined || one.cidr === cidr);
  for (const pool of all(context, ipamPools)) {
    if (!pool.allocations.some(gone)) continue;
    change(context, ipamPools, pool.id, (draft) => {
      draft.allocations = draft.allocations.filter((one) => !gone(one));
    });
  }
}

/** @throws AwsError while something of the pool is in use */
export function checkUnused(context: ReadContext, pool: Readonly<IpamPoolRecord>): void {
  if (pool.allocations.length || all(context, ipamPools).some((one) => one.sourcePoolId === pool.id)) {
    throw new AwsError("IncorrectState", `The ipam-pool ${pool.id} has one or more allocations.`);
  }
}
