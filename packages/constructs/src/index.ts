/** A platform becomes CloudFormation. The CDK constructs themselves are in `@sagekeep/constructs/cdk`. */

export { type Attempt, fillAttempt } from "./access/attempt.ts";
export { accessExpectations, type Expectation } from "./access/expectations.ts";
export {
  type Change,
  type ChangeKind,
  comparePlatforms,
  type PlatformChanges,
  type Refusal,
} from "./changes.ts";
export { ConstructsError } from "./errors.ts";
export type * from "./output.ts";
export { readout } from "./readout.ts";
export { exportName } from "./scope.ts";
export { placesMatter, type SynthesizeOptions, synthesize } from "./synthesize.ts";
