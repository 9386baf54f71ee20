/**
 * The part of the toolkit that needs no platform: starting, reaching and stopping the local cloud. A door of its own
 * (`@sagekeep/toolkit/local`), so that a program that does no more than this loads no more than this.
 */
export { startInBackground, stopCloud } from "./actions/cloud/background.ts";
export { cloudEnvironment } from "./actions/cloud/env.ts";
export { resetCloud } from "./actions/cloud/reset.ts";
export { serveCloud } from "./actions/cloud/serve.ts";
export { restoreCloud, snapshotCloud } from "./actions/cloud/snapshot.ts";
export { defaultState, localTarget, runningCloud } from "./actions/cloud/state-folder.ts";
export type { Target } from "./aws/target.ts";
export { type Exit, exitCodes, ToolkitError } from "./errors.ts";
