/** IPv4 blocks: parse, compare, divide. Sizes as VPC takes them (subnets of /16 to /28; AWS keeps 5 addresses). */

export interface Cidr {
  /** First address as an unsigned number. */
  readonly first: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

/** AWS reserves the first four addresses of a subnet and the last one. */
const RESERVED = 5;

/** Parses `a.b.c.d/p`; undefined when it is not a block, or when host bits are set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (a > 255 || b > 255 || c > 255 || d > 255 || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return first % size({ first, prefix }) === 0 ? { first, prefix } : undefined;
}

export function formatCidr(block: Cidr): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(block.first / 2 ** shift) % 256);
  return `${parts.join(".")}/${block.prefix}`;
}

/** The block with host bits cleared, for a remedy: `10.0.0.5/16` gives `10.0.0.0/16`. */
export function alignedCidr(text: string): string | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  if (match === null || Number(match[2]) > 32) return undefined;
  const address = parseCidr(`${match[1]}/32`);
  const prefix = Number(match[2]);
  if (address === undefined) return undefined;
  return formatCidr({ first: address.first - (address.first % 2 ** (32 - prefix)), prefix });
}

/** Addresses in the block. */
export function size(block: Cidr): number {
  return 2 ** (32 - block.prefix);
}

/** Addresses a subnet can hand out. */
export function usable(block: Cidr): number {
  return Math.max(0, size(block) - RESERVED);
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + size(other) && other.first < one.first + size(one);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + size(inner) <= outer.first + size(outer);
}

/** The `index`-th of the 2^`bits` equal parts of a block. */
export function part(block: Cidr, bits: number, index: number): Cidr {
  const prefix = block.prefix + bits;
  return { first: block.first + index * 2 ** (32 - prefix), prefix };
}
