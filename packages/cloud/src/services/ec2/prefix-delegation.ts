/**
 * Prefixes delegated to network interfaces: /28 blocks of IPv4, /80 of IPv6, whole and aligned.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
 */
import type { ReadContext } from "../../context.ts";
import { type Cidr, contains, overlaps, parseCidr, parseIp, printCidr, sizeOf } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { interfacesIn, reservedBlocks } from "./addressing.ts";
import { combination, invalidValue } from "./errors.ts";
import type { SubnetRecord } from "./records.ts";

const LENGTH = { 4: 28, 6: 80 } as const;

interface Wanted {
  count?: number | undefined;
  blocks?: readonly (string | undefined)[] | undefined;
}

/**
 * The blocks that are asked for by name or number; none when nothing is asked for.
 * @throws AwsError when one is malformed, outside of the subnet or in use, or too few are left
 */
export function delegatePrefixes(
  context: ReadContext,
  subnet: Readonly<SubnetRecord>,
  family: 4 | 6,
  { count = 0, blocks = [] }: Wanted,
): string[] {
  if (!count && !blocks.length) return [];
  if (count && blocks.length) {
    throw combination(
      `The parameter ipv${family}PrefixCount cannot be used with the parameter ipv${family}Prefix`,
    );
  }
  const whole = parseCidr(family === 4 ? subnet.cidr : subnet.ipv6Cidrs[0]?.cidr);
  if (!whole) throw invalidValue(`The subnet '${subnet.id}' does not have an IPv${family} CIDR block`);
  const there = interfacesIn(context, subnet.id);
  const length = LENGTH[family];
  const taken: Cidr[] = [
    ...there
      .flatMap((one) => (family === 4 ? one.ipv4Prefixes : one.ipv6Prefixes) ?? [])
      .map((one) => parseCidr(one)!),
    ...there.flatMap((one) => (family === 4 ? one.privateIps : one.ipv6Ips)).map(single),
    // the first addresses of a subnet are AWS's own, and of IPv4 the last one
    { ...whole, prefix: family === 4 ? 30 : 126 },
    ...(family === 4 ? [{ ...whole, base: whole.base + sizeOf(whole) - 1n, prefix: 32 }] : []),
  ];
  const free = (block: Cidr) => !taken.some((one) => overlaps(one, block));
  const found: string[] = [];
  for (const text of blocks) {
    const block = parseCidr(text);
    if (block?.family !== family || block.prefix !== length || printCidr(block) !== printed(text)) {
      throw invalidValue(`Value (${text}) for parameter ipv${family}Prefix is invalid.`);
    }
    if (!contains(whole, block)) {
      throw invalidValue(`The prefix ${text} does not fall within the subnet's address range`);
    }
    if (!free(block)) throw new AwsError("InvalidIPAddress.InUse", `The prefix ${text} is in use.`);
    taken.push(block);
    found.push(printCidr(block));
  }
  const kept = reservedBlocks(context, subnet.id, ["explicit"]);
  const step = 1n << BigInt((family === 4 ? 32 : 128) - length);
  for (let base = whole.base; found.length < blocks.length + count; base += step) {
    if (base >= whole.base + sizeOf(whole)) {
      throw new AwsError(
        "InsufficientCidrBlocks",
        "The specified subnet does not have enough free cidr blocks to satisfy the request.",
      );
    }
    const block: Cidr = { family, base, prefix: length };
    const clash = kept.find((one) => overlaps(one, block));
    if (clash) base = clash.base + (sizeOf(clash) > step ? sizeOf(clash) - step : 0n);
    else if (free(block)) {
      taken.push(block);
      found.push(printCidr(block));
    }
  }
  return found;
}

const single = (ip: string): Cidr => {
  const { family, value } = parseIp(ip)!;
  return { family, base: value, prefix: family === 4 ? 32 : 128 };
};

/** A block in AWS's spelling, its host bits kept. */
const printed = (text: string | undefined): string => {
  const [ip = "", prefix = ""] = (text ?? "").split("/");
  const parsed = parseIp(ip);
  return parsed ? printCidr({ family: parsed.family, base: parsed.value, prefix: Number(prefix) }) : "";
};
