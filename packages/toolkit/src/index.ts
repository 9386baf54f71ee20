/** @packageDocumentation The actions behind the command line, the labs and the console. */

export type { Explanation } from "@sagekeep/engine";
export { type Expected, expectedAccount, translation } from "./account/expected.ts";
export { exportsOf } from "./account/exports.ts";
export { Judge, type Position } from "./account/judge.ts";
export { readAccount } from "./account/read-account.ts";
export type { AccountSnapshot, Gap } from "./account/snapshot.ts";
export { findWho } from "./account/who.ts";
export { type CallAnswer, type CallOptions, callOperation } from "./actions/call/call.ts";
export { becomeCaller, type Caller, type Who } from "./actions/call/caller.ts";
export { enterVpc, type Place, placeDescription } from "./actions/call/enter-vpc.ts";
export { serviceNamed } from "./actions/call/names.ts";
export { type AccountCapacity, capacityOfAccount } from "./actions/capacity/account-capacity.ts";
export { type CapacityOptions, type CapacityReport, capacityOf } from "./actions/capacity/capacity.ts";
export { type Attempt, attempt, type Operation, outcomeOf } from "./actions/check/attempt.ts";
export { type AccessMatrix, type AccessResult, checkAccess } from "./actions/check/check-access.ts";
export { startInBackground, stopCloud } from "./actions/cloud/background.ts";
export { type CloudEnvironment, cloudEnvironment } from "./actions/cloud/env.ts";
export { resetCloud } from "./actions/cloud/reset.ts";
export { type ServeOptions, serveCloud } from "./actions/cloud/serve.ts";
export { restoreCloud, type StateFileOptions, snapshotCloud } from "./actions/cloud/snapshot.ts";
export {
  administratorTarget,
  defaultState,
  labAdminFile,
  localTarget,
  type RunningCloud,
  rootCredentials,
  runningCloud,
  targetOf,
} from "./actions/cloud/state-folder.ts";
export { type AccountCost, costOfAccount } from "./actions/cost/account-cost.ts";
export { type Assumptions, type CostReport, estimateCost } from "./actions/cost/estimate.ts";
export { loadPrices, type Offer, refreshPrices } from "./actions/cost/price-list.ts";
export {
  checkAccount,
  compileFor,
  compilePlatform,
  type DeployOutcome,
  deployPlatform,
} from "./actions/deploy/deploy-platform.ts";
export {
  StackDeployer,
  type StackInput,
  type StackOutcome,
  type StackPlan,
} from "./actions/deploy/deploy-stack.ts";
export { deployedStacks } from "./actions/deploy/deployed-stacks.ts";
export { type PlatformPlan, planPlatform } from "./actions/deploy/plan-platform.ts";
export { writeStacks } from "./actions/deploy/write-stacks.ts";
export {
  type DestroyOptions,
  type DestroyOutcome,
  type DestroyPlan,
  type DestroyTarget,
  destroyPlatform,
  planDestroy,
} from "./actions/destroy/destroy.ts";
export type { Remaining } from "./actions/destroy/remaining.ts";
export { type DriftReport, findDrift } from "./actions/drift/drift.ts";
export { findStackDrift, type StackDrift } from "./actions/drift/stack-drift.ts";
export {
  changesFor,
  type ExplainedAccess,
  type ExplainOptions,
  explainAccess,
} from "./actions/explain/explain.ts";
export { type InitOptions, initPlatform } from "./actions/init/init.ts";
export type { Answer, LayerReason, StatementReason } from "./actions/simulate/answer.ts";
export {
  type LineError,
  type SimulateOptions,
  simulate,
  simulateLine,
  simulateStream,
} from "./actions/simulate/simulate.ts";
export { studioEnvironment } from "./actions/studio/environment.ts";
export {
  domainIdOf,
  findProfileDomain,
  openPresignedUrl,
  type StudioSession,
  signIn,
} from "./actions/studio/sign-in.ts";
export { fromAccount, fromFiles, type TrailEvent } from "./actions/trail/events.ts";
export { queryEvents } from "./actions/trail/query.ts";
export { type ReplayReport, replay } from "./actions/trail/replay.ts";
export { athenaTable, selectEvents, type TrailFilter } from "./actions/trail/sql.ts";
export { type UpOptions, type UpOutcome, up } from "./actions/up/up.ts";
export { addUser, dropUser, moveUser, userNamed } from "./actions/users/edit-users.ts";
export { type Offboarding, offboard } from "./actions/users/offboard.ts";
export { type AccessPath, type WhoCan, whoCan } from "./actions/who-can/who-can.ts";
export {
  Clients,
  type InputOf,
  type OperationName,
  type OutputOf,
  type ServiceKey,
  serviceKeys,
} from "./aws/clients.ts";
export { advanceClock, type DenialReasons, denialReasons, openPosition, signOn } from "./aws/control.ts";
export { getJson } from "./aws/http.ts";
export { as, type Credentials, likeOf, type Target } from "./aws/target.ts";
export { type Exit, exitCodes, ToolkitError } from "./errors.ts";
export { type Io, type Message, silent, step } from "./messages.ts";
export { openPlatform, type PlatformFile } from "./platform/platform-file.ts";
