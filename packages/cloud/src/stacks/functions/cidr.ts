/** `Fn::Cidr`: so many blocks of a size, one after the other from the start of a block. IPv4 and IPv6. */
import ipaddr from "ipaddr.js";
import { templateError } from "../template/errors.ts";
import { scalarText, type Value } from "../template/value.ts";
import type { Evaluator } from "./evaluate.ts";
import { isUnknown, KNOWN_AFTER_APPLY } from "./scope.ts";

/** `[ipBlock, count, cidrBits]`: `cidrBits` is the number of host bits, by default 8. */
export function cidr(argument: Value, evaluator: Evaluator): Value {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3) {
    throw templateError(
      "every Fn::Cidr object requires two or three parameters: ipBlock, count, and cidrBits",
    );
  }
  const resolved = argument.map((one) => evaluator.value(one));
  const [block, countText, bitsText] = resolved.map((one) => scalarText(one));
  const count = Number(countText);
  if (countText === undefined || !Number.isInteger(count) || count < 1 || count > 256) {
    throw templateError("Fn::Cidr count must be a number between 1 and 256");
  }
  if (isUnknown(resolved[0])) return Array.from({ length: count }, () => KNOWN_AFTER_APPLY);
  return subnets(block ?? "", count, bitsText === undefined ? 8 : Number(bitsText));
}

function subnets(block: string, count: number, hostBits: number): string[] {
  let address: ipaddr.IPv4 | ipaddr.IPv6;
  let length: number;
  try {
    [address, length] = ipaddr.parseCIDR(block);
  } catch {
    throw templateError(`Fn::Cidr ipBlock ${block} is not a valid CIDR block`);
  }
  const width = address.kind() === "ipv4" ? 32 : 128;
  const prefix = width - hostBits;
  if (!Number.isInteger(hostBits) || hostBits < 1 || prefix < length || prefix > width) {
    throw templateError(`Fn::Cidr cidrBits ${hostBits} does not fit in ${block}`);
  }
  if (BigInt(count) > 1n << BigInt(prefix - length)) {
    throw templateError(`Fn::Cidr cannot make ${count} blocks of ${hostBits} bits out of ${block}`);
  }
  const mask = (1n << BigInt(width)) - (1n << BigInt(width - length));
  const start = number(address) & mask;
  return Array.from({ length: count }, (_, index) => {
    const value = start + (BigInt(index) << BigInt(hostBits));
    return `${text(value, width)}/${prefix}`;
  });
}

function number(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return BigInt(`0x${Buffer.from(address.toByteArray()).toString("hex")}`);
}

function text(value: bigint, width: number): string {
  const hex = value.toString(16).padStart(width / 4, "0");
  return ipaddr.fromByteArray([...Buffer.from(hex, "hex")]).toString();
}
