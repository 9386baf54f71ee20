/** The way from a platform to its templates. */

import type { Platform } from "@sagekeep/spec";
import type { DeployedStack, Synthesized } from "./output.ts";
import { PROFILES_A_STACK } from "./scope.ts";

export interface SynthesizeOptions {
  /** Compile for this account instead of the file's, for example that of a local cloud. */
  readonly account?: string;
  /** Compile for this Region instead of the file's. */
  readonly region?: string;
  /**
   * The platform's stacks as they are deployed now, so that users of large teams keep their stack.
   * @default none: users fill stacks in the order of the file
   */
  readonly deployed?: readonly DeployedStack[];
  /** Today as an ISO date, for notices. @default the clock's date, UTC */
  readonly today?: string;
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
  const places = new Map((options.deployed ?? []).flatMap(profilesOf));
  return compile(target(platform, options), {
    deployedStackOf: (user) => places.get(user),
    today: options.today ?? new Date().toISOString().slice(0, 10),
  });
}

/** Whether `deployed` can make a difference: only users of teams that fill more than one stack have a choice. */
export function placesMatter(platform: Platform, deployed: readonly DeployedStack[]): boolean {
  return (
    platform.teams.some((team) => team.users.length > PROFILES_A_STACK) ||
    deployed.some((stack) => /-users-\d+$/.test(stack.name) && profilesOf(stack).length > 0)
  );
}

/** The platform as it would be in another account or Region. */
export function target(platform: Platform, options: SynthesizeOptions): Platform {
  return {
    ...platform,
    account: options.account ?? platform.account,
    region: options.region ?? platform.region,
  };
}

/** User profile → stack. */
function profilesOf(stack: DeployedStack): [string, string][] {
  return Object.values(stack.template.Resources ?? {})
    .filter((resource) => resource.Type === "AWS::SageMaker::UserProfile")
    .map((resource) => [String(resource.Properties?.UserProfileName), stack.name]);
}
