/**
 * VPC Block Public Access: whether it stops what goes through an internet gateway.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
import type { ReadContext } from "../context.ts";

export type BlockMode = "off" | "block-bidirectional" | "block-ingress";

export interface BlockOptions {
  mode: BlockMode;
  exclusionsAllowed: "allowed" | "not-allowed";
  updated: number;
}

export interface BlockExclusion {
  id: string;
  tags: Record<string, string>;
  mode: "allow-bidirectional" | "allow-egress";
  /** ARN of a VPC or subnet. */
  resource: string;
  created: number;
  updated: number;
  deleted?: number;
}

export const blockOptions = (context: ReadContext): BlockOptions =>
  context.table<BlockOptions>("ec2.block-public-access").get("options") ?? {
    mode: "off",
    exclusionsAllowed: "allowed",
    updated: 0,
  };

/** What is still let through in a subnet that everything else is blocked in. */
export function excludedAs(
  context: ReadContext,
  vpcId: string,
  subnetId?: string,
): BlockExclusion["mode"] | undefined {
  const modes = context
    .table<BlockExclusion>("ec2.vpc-block-public-access-exclusion")
    .list()
    .filter((one) => one.deleted === undefined)
    .filter(
      ({ resource }) => resource.endsWith(`/${vpcId}`) || (subnetId && resource.endsWith(`/${subnetId}`)),
    )
    .map((one) => one.mode);
  return modes.includes("allow-bidirectional") ? "allow-bidirectional" : modes[0];
}

/** Mode that a VPC or subnet shows. */
export function shownMode(context: ReadContext, vpcId: string, subnetId?: string): BlockMode {
  const { mode } = blockOptions(context);
  if (mode === "off") return mode;
  const excluded = excludedAs(context, vpcId, subnetId);
  if (excluded === "allow-bidirectional") return "off";
  return excluded === "allow-egress" ? "block-ingress" : mode;
}

/**
 * Why a connection out through an internet gateway is stopped, or `undefined`. A blocked entry stops what has a public
 * address of its own; what a NAT gateway sends goes out all the same.
 */
export function blocksInternet(
  context: ReadContext,
  vpcId: string,
  subnetId: string,
  behindNat: boolean,
): string | undefined {
  const mode = shownMode(context, vpcId, subnetId);
  if (mode === "off" || (mode === "block-ingress" && behindNat)) return undefined;
  return `VPC Block Public Access (${mode}) stops traffic of ${subnetId} through the internet gateway`;
}
