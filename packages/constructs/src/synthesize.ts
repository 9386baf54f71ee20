/** The way from a platform to its templates. */

import type { Platform } from "@sagekeep/spec";
import type { Synthesized } from "./output.ts";

export interface SynthesizeOptions {
  /** Compile for this account instead of the file's, for example that of a local cloud. */
  readonly account?: string;
  /** Compile for this Region instead of the file's. */
  readonly region?: string;
}

/**
 * Compiles a platform to CloudFormation templates, in memory and in deploy order.
 *
 * The templates need no bootstrap and no assets: each can be handed to `aws cloudformation deploy` as it is.
 * AWS CDK is loaded on the first call.
 */
export async function synthesize(platform: Platform, options: SynthesizeOptions = {}): Promise<Synthesized> {
  // CDK would run its own template validation on every synth (about 3 s): ours runs in `plan` and in tests.
  process.env.CDK_VALIDATION ??= "false";
  const { compile } = await import("./compile.ts");
  return compile(target(platform, options));
}

/** The platform as it would be in another account or Region. */
export function target(platform: Platform, options: SynthesizeOptions): Platform {
  return {
    ...platform,
    account: options.account ?? platform.account,
    region: options.region ?? platform.region,
  };
}
